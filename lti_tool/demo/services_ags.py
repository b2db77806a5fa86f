"""Assignment and Grade Services 2.0, with Moodle's addresses, media types, answers and quirks."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, json, request

from lti_tool.demo.gradebook import drop_column, fill_column, lineitem_json, record_score, result_json
from lti_tool.demo.lms import lms, refuse
from lti_tool.demo.state import Column, Data
from lti_tool.demo.token import require_scope
from lti_tool.lti.claims import SCOPE_LINEITEM, SCOPE_LINEITEM_READONLY, SCOPE_RESULT, SCOPE_SCORE

bp = Blueprint("ags", __name__, url_prefix="/services/<course>/lineitems")

LINEITEM = "application/vnd.ims.lis.v2.lineitem+json"
CONTAINER = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"


@bp.get("")
def lineitems(course: str) -> Response:
    """The columns of the course, filtered, page by page when `limit` says so (AGS 2.0 §3.2.4)."""
    _allow(course, SCOPE_LINEITEM, SCOPE_LINEITEM_READONLY)
    accept(CONTAINER)
    here = lms()
    with here.state.read() as data:
        found = [lineitem_json(here, column) for column in data.course_columns(course)]
    for query, name in (
        ("resource_id", "resourceId"),
        ("tag", "tag"),
        ("resource_link_id", "resourceLinkId"),
    ):
        wanted = request.args.get(query)
        if wanted:
            found = [item for item in found if item.get(name) == wanted]
    start, limit = whole("from", 0), whole("limit", 0)
    answer = answer_json(found[start : start + limit] if limit else found, CONTAINER)
    if limit and start + limit < len(found):
        following = urlencode({**request.args, "limit": limit, "from": start + limit}).replace("&", "&amp;")
        # Moodle prints typographic quotes and HTML entities into this header; tools have to read them.
        link = f"<{here.url(request.path)}?{following}>; rel=“next”"
        answer.headers["Link"] = link.encode().decode("latin-1")
    return answer


@bp.post("")
def create_lineitem(course: str) -> Response:
    """Make a column; the same label again makes a second one (AGS 2.0 §3.2.5)."""
    _allow(course, SCOPE_LINEITEM)
    body = _body(LINEITEM)
    here = lms()
    with here.state.change() as data:
        column = Column(id="", course=course, label="", maximum=0)
        fill_column(column, data, body)
        column.id = data.next_id()
        data.columns[column.id] = column
        return answer_json({**body, **lineitem_json(here, column)}, LINEITEM, 201)


@bp.get("/<column_id>/lineitem")
def lineitem(course: str, column_id: str) -> Response:
    _allow(course, SCOPE_LINEITEM, SCOPE_LINEITEM_READONLY)
    accept(LINEITEM, "*/*")
    here = lms()
    with here.state.read() as data:
        return answer_json(lineitem_json(here, _column(data, course, column_id)), LINEITEM)


@bp.put("/<column_id>/lineitem")
def update_lineitem(course: str, column_id: str) -> Response:
    """Replace a column's description: resourceId, tag and resourceLinkId that are left out are gone."""
    _allow(course, SCOPE_LINEITEM)
    body = _body(LINEITEM)
    here = lms()
    with here.state.change() as data:
        column = _column(data, course, column_id)
        fill_column(column, data, body)
        return answer_json(lineitem_json(here, column), LINEITEM)


@bp.delete("/<column_id>/lineitem")
def delete_lineitem(course: str, column_id: str) -> Response:
    _allow(course, SCOPE_LINEITEM)
    with lms().state.change() as data:
        drop_column(_column(data, course, column_id), data)
    return Response(status=204)


@bp.post("/<column_id>/lineitem/scores")
def scores(course: str, column_id: str) -> Response:
    """Take a score: 200 with an empty body, also when it erased the grade."""
    _allow(course, SCOPE_SCORE)
    body = _body(SCORE)
    here = lms()
    with here.state.change() as data:
        grade = record_score(_column(data, course, column_id), data, body, here.now())
        if grade is not None:
            here.accepted.append(replace(grade))
    return Response("", 200, content_type=SCORE)


@bp.get("/<column_id>/lineitem/results")
def results(course: str, column_id: str) -> Response:
    """The grades of a column. Asked with a `limit` it breaks with a 404 page, as Moodle's does."""
    _allow(course, SCOPE_RESULT)
    accept(RESULTS, "*/*")
    if "limit" in request.args:
        refuse(
            404,
            "Not Found",
            "<!doctype html><title>Error</title><p>Can not find data record</p>",
            "text/html",
        )
    here, person = lms(), request.args.get("user_id")
    with here.state.read() as data:
        column = _column(data, course, column_id)
        grades = [grade for grade in data.grades.values() if grade.column == column.id]
        found = [result_json(here, column, grade) for grade in grades if person in (None, grade.person)]
    return answer_json(found, RESULTS)


def accept(*types: str) -> None:
    """Refuse an Accept header that is not exactly one of `types`; no header at all is fine."""
    if request.headers.get("Accept", types[0]) not in types:
        refuse(400, "No handler found")


def answer_json(body: object, media_type: str, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type=media_type)


def whole(name: str, otherwise: int) -> int:
    """A query parameter that is a whole number from 0 up; `otherwise` when it is not."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else otherwise


def _allow(course: str, *scopes: str) -> None:
    if course not in lms().courses():
        refuse(404, "Not Found")
    require_scope(*scopes, type_id=request.args.get("type_id"))


def _body(media_type: str) -> Mapping[str, Any]:
    """The JSON object sent under exactly `media_type` (parameters after `;` are fine)."""
    if request.mimetype != media_type:
        refuse(400, "No handler found")
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        refuse(400, "Could not parse the body")
    return body


def _column(data: Data, course: str, column_id: str) -> Column:
    column = data.columns.get(column_id)
    if column is None or column.course != course:
        refuse(404, "Line item not found")
    return column
