"""Deep linking (2.0), the LMS's side: take what the tool's picker sends back and add it to the course."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.demo.gradebook import number
from lti_tool.demo.lms import Lms, Message, lms
from lti_tool.demo.state import Activity, Column, Data, Registration
from lti_tool.errors import InvalidToken
from lti_tool.lti.claims import CLAIM, DEEP_LINKING_RESPONSE, DL_CLAIM

bp = Blueprint("deep_linking", __name__)

LONGEST_TITLE = 255
HIGHEST_MAXIMUM = 100


@bp.post("/deep-linking/return/<ticket>")
def returned(ticket: str) -> ResponseReturnValue:
    """Verify the signed answer and add one activity an item. The address itself is the proof of who asked.

    No cookie is read: the form is posted from the tool's page inside our frame.
    """
    here = lms()
    message, registration = here.returns.look(ticket), here.state.registration
    if message is None or registration is None:
        return render_template("demo/invalid_request.html", what="return"), 400
    try:
        claims = here.tool_keys.verify(request.form.get("JWT", ""), registration)
        _check(claims, here, registration)
    except InvalidToken as error:
        return render_template("demo/invalid_request.html", what="jwt", detail=str(error)), 400
    here.returns.take(ticket)
    items = claims.get(DL_CLAIM + "content_items") or []
    added, refused = _add(here, message, registration, items)
    return render_template(
        "demo/added.html",
        added=added,
        refused=refused,
        note=claims.get(DL_CLAIM + "errormsg") or claims.get(DL_CLAIM + "msg"),
        message=message,
    )


def _check(claims: Mapping[str, Any], here: Lms, registration: Registration) -> None:
    """The claims of the answer (Deep Linking 2.0 §4.5); stricter than Moodle, which looks at iss only."""
    audience = claims.get("aud")
    wanted = (
        ("iss", claims.get("iss") == registration.client_id),
        ("aud", here.config.base_url in (audience if isinstance(audience, list) else [audience])),
        ("exp", "exp" in claims),
        ("nonce", bool(claims.get("nonce"))),
        ("deployment_id", claims.get(CLAIM + "deployment_id") == registration.deployment_id),
        ("message_type", claims.get(CLAIM + "message_type") == DEEP_LINKING_RESPONSE),
        ("version", claims.get(CLAIM + "version") == "1.3.0"),
        ("content_items", isinstance(claims.get(DL_CLAIM + "content_items") or [], list)),
    )
    for name, right in wanted:
        if not right:
            raise InvalidToken(f"the claim {name} is missing or wrong")


def _add(
    here: Lms, message: Message, registration: Registration, items: list[Any]
) -> tuple[list[str], list[str]]:
    """Titles of the activities added, and a sentence for each item that was not."""
    added, refused = [], []
    with here.state.change() as data:
        for item in items:
            title = _title(item, registration, message.language)
            problem = _problem(item, title)
            if problem:
                refused.append(problem)
            else:
                _place(data, message.course.id, item, title)
                added.append(title)
    return added, refused


def _title(item: Any, registration: Registration, language: str) -> str:
    title = item.get("title") if isinstance(item, dict) else None
    return re.sub(r"<[^>]*>", "", str(title)) if title else registration.name(language)


def _problem(item: Any, title: str) -> str:
    """Why an item cannot become an activity; empty when it can."""
    problem, maximum = "", _maximum(item)
    if not isinstance(item, dict) or item.get("type") not in {"ltiResourceLink", "link"}:
        problem = _("“%(title)s” is not an LTI resource link.", title=title)
    elif len(title) > LONGEST_TITLE:
        problem = _(
            "“%(title)s…” has a title of more than %(most)s characters.", title=title[:40], most=LONGEST_TITLE
        )
    elif maximum is not None and not (maximum == int(maximum) and 1 <= maximum <= HIGHEST_MAXIMUM):
        problem = _(
            "“%(title)s”: the highest score must be a whole number from 1 to %(most)s.",
            title=title,
            most=HIGHEST_MAXIMUM,
        )
    return problem


def _maximum(item: Any) -> float | None:
    """scoreMaximum of the item's line item; None when the item is not graded, 0 when it is no number."""
    lineitem = item.get("lineItem") if isinstance(item, dict) else None
    return (number(lineitem.get("scoreMaximum")) or 0) if isinstance(lineitem, dict) else None


def _place(data: Data, course: str, item: Mapping[str, Any], title: str) -> None:
    activity = Activity(
        id=data.next_id(),
        course=course,
        titles={"": title},
        text=str(item.get("text") or ""),
        url=str(item.get("url") or ""),
        custom={str(name): str(value) for name, value in (item.get("custom") or {}).items()},
        column=None,
    )
    data.activities[activity.id] = activity
    lineitem, maximum = item.get("lineItem") or {}, _maximum(item)
    if maximum is not None:
        activity.column = data.next_id()
        data.columns[activity.column] = Column(
            id=activity.column,
            course=course,
            label=title,
            maximum=maximum,
            resource_id=lineitem.get("resourceId"),
            tag=lineitem.get("tag"),
            link_id=activity.id,
        )
