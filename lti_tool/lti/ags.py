"""Assignment and Grade Services 2.0: line items, scores and results.

Moodle compares media types as whole strings, so each request names exactly one. `limit` is never sent: Moodle
answers it with a 404 for results and with a Link header full of typographic quotes for line items.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lti_tool.errors import BadAnswer, Exchange
from lti_tool.lti.claims import SCOPE_LINEITEM, SCOPE_LINEITEM_READONLY, SCOPE_RESULT, SCOPE_SCORE
from lti_tool.lti.http import BODY_LIMIT, Answer, Http, shown
from lti_tool.lti.paging import LONGEST, PAGE_LIMIT, pages, with_query
from lti_tool.lti.tokens import Token
from lti_tool.lti.urls import origin

LINEITEM = "application/vnd.ims.lis.v2.lineitem+json"
LINEITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"

MAXIMUM = 100
"""Of every column of ours: Moodle loses the grades of a column whose maximum is no integer from 1 to 100."""
LABEL_LIMIT = 255
RESULT_PAGES = 1000
RESULT_BYTES = 8 * 1024 * 1024
"""Of one page: an LMS that knows no pages sends the results of 10,000 people at once."""


@dataclass(frozen=True)
class Score:
    """The final score of one person, as the LMS shall show it (AGS §3.4).

    `user_id` is the LMS's own id; `percent` 0-100; times are aware. A later score without comment erases the
    last comment, so the comment belongs to every score.
    """

    user_id: str
    percent: int
    timestamp: datetime
    submitted_at: datetime | None = None
    comment: str = ""


@dataclass(frozen=True)
class LineItem:
    """A column of the gradebook (AGS §3.2). `link_id`: the LMS's id of the activity it belongs to, "" for none."""

    url: str
    label: str
    resource_id: str
    tag: str
    link_id: str = ""


def scores_url(lineitem_url: str) -> str:
    """Where scores for a line item go (AGS §3.4.1); its query stays behind the path."""
    return _below(lineitem_url, "scores")


def results_url(lineitem_url: str) -> str:
    """Where results of a line item are read (AGS §3.3.1)."""
    return _below(lineitem_url, "results")


def send_score(http: Http, token: Token, lineitem_url: str, score: Score) -> Answer:
    """Send a final score; whatever status comes back is the caller's to judge.

    Only complete, fully graded scores are ever sent: LMSs erase the grade for anything less (AGS §3.4.4).
    Raises Unreachable, ForbiddenAddress, or BadAnswer (code "scope") when the token lacks the scope.
    """
    url = scores_url(lineitem_url)
    _need(token, {SCOPE_SCORE}, "POST", url)
    return http.post(url, json=_score(score), headers=_media(SCORE), bearer=token.value)


def read_result(http: Http, token: Token, lineitem_url: str, user_id: str) -> dict[str, Any] | None:
    """The result the LMS holds for one person (AGS §3.3), or None. Raises OutboundError.

    An LMS that ignores the filter and lists everybody is read through.
    """
    url = with_query(results_url(lineitem_url), user_id=user_id)
    _need(token, {SCOPE_RESULT}, "GET", url)
    for result in _members(http, token, url, RESULTS):
        if str(result.get("userId")) == user_id:
            return result
    return None


def list_results(http: Http, token: Token, lineitem_url: str) -> dict[str, dict[str, Any]]:
    """What the LMS shows of everybody in a column (AGS §3.3), by `sub`, all pages. Raises OutboundError.

    Of several results of one person the last that has a score counts.
    """
    url = results_url(lineitem_url)
    _need(token, {SCOPE_RESULT}, "GET", url)
    found: dict[str, dict[str, Any]] = {}
    for result in _members(http, token, url, RESULTS, limit=RESULT_PAGES, body_limit=RESULT_BYTES):
        person = str(result.get("userId"))
        if person not in found or result.get("resultScore") is not None:
            found[person] = result
    return found


def find_lineitem(
    http: Http, token: Token, lineitems_url: str, resource_id: str, tag: str | None = None
) -> LineItem | None:
    """Our line item for `resource_id` (and `tag`), looked for on all pages (AGS §3.2.15), or None.

    An LMS may ignore the filters, so what it sends is compared too. Raises OutboundError.
    """
    filters = {"resource_id": resource_id} | ({"tag": tag} if tag else {})
    url = with_query(lineitems_url, **filters)
    _need(token, {SCOPE_LINEITEM, SCOPE_LINEITEM_READONLY}, "GET", url)
    for member in _members(http, token, url, LINEITEMS):
        if member.get("resourceId") == resource_id and (not tag or member.get("tag") == tag):
            return _lineitem(member, lineitems_url, Exchange("GET", shown(url), 200))
    return None


def list_lineitems(http: Http, token: Token, lineitems_url: str, seconds: float = LONGEST) -> list[LineItem]:
    """Every column that the LMS lets us see; all pages together within `seconds`. Raises OutboundError."""
    _need(token, {SCOPE_LINEITEM, SCOPE_LINEITEM_READONLY}, "GET", lineitems_url)
    asked = Exchange("GET", shown(lineitems_url), 200)
    members = _members(http, token, lineitems_url, LINEITEMS, seconds)
    return [_lineitem(member, lineitems_url, asked) for member in members]


def read_lineitem(http: Http, token: Token, url: str) -> tuple[LineItem, dict[str, Any]]:
    """One column, and all its members as the LMS sent them (AGS §3.2.6). Raises OutboundError."""
    _need(token, {SCOPE_LINEITEM, SCOPE_LINEITEM_READONLY}, "GET", url)
    answer = http.get(url, accept=LINEITEM, bearer=token.value)
    members = answer.json() if answer.ok else None
    if not isinstance(members, dict):
        raise BadAnswer(f"no column: {answer.words or answer.status}", answer.exchange)
    return _lineitem({**members, "id": url}, url, answer.exchange), members


def create_lineitem(
    http: Http, token: Token, lineitems_url: str, label: str, resource_id: str, tag: str
) -> LineItem:
    """Make a column out of 100 (AGS §3.2.5). Look for it first: LMSs make a second one when asked twice.

    `label` must not be blank. Raises OutboundError.
    """
    _need(token, {SCOPE_LINEITEM}, "POST", lineitems_url)
    body = {"label": label[:LABEL_LIMIT], "scoreMaximum": MAXIMUM, "resourceId": resource_id, "tag": tag}
    answer = http.post(lineitems_url, json=body, headers=_media(LINEITEM), bearer=token.value)
    if answer.status not in {200, 201}:
        raise BadAnswer(f"the LMS made no column: {answer.words or answer.status}", answer.exchange)
    made = answer.json()
    if not isinstance(made, dict):
        raise BadAnswer("the line item is no JSON object", answer.exchange)
    return _lineitem(made, lineitems_url, answer.exchange)


def has_lineitem(http: Http, token: Token, url: str) -> bool:
    """Whether the LMS still has the column at `url` (AGS §3.2.4). Raises OutboundError."""
    _need(token, {SCOPE_LINEITEM, SCOPE_LINEITEM_READONLY}, "GET", url)
    answer = http.get(url, accept=LINEITEM, bearer=token.value)
    if answer.status == 404:
        return False
    if not answer.ok:
        raise BadAnswer(f"the column could not be read: {answer.words or answer.status}", answer.exchange)
    return True


def delete_lineitem(http: Http, token: Token, url: str) -> bool:
    """Remove a column and its scores (AGS §3.2.4); whether it is gone now. Raises OutboundError."""
    _need(token, {SCOPE_LINEITEM}, "DELETE", url)
    answer = http.delete(url, bearer=token.value)
    return answer.ok or answer.status == 404


def change_lineitem(http: Http, token: Token, url: str, **members: str) -> None:
    """Change members of a column and leave all others as they are, those we do not know too (AGS §3.2.6).

    Moodle wipes what a PUT leaves out, so all that the LMS tells of the column goes back. Raises OutboundError.
    """
    _need(token, {SCOPE_LINEITEM}, "PUT", url)
    _column, known = read_lineitem(http, token, url)
    if all(known.get(name) == value for name, value in members.items()):
        return
    answer = http.put(url, json={**known, **members}, media=LINEITEM, bearer=token.value)
    if not answer.ok:
        raise BadAnswer(f"the LMS changed no column: {answer.words or answer.status}", answer.exchange)


def drop_lineitem(http: Http, token: Token, url: str, resource_id: str) -> bool:
    """Delete a column of ours with the grades in it; one that is gone is gone.

    False: it is not ours alone - it belongs to an activity, or to another `resource_id` - and stays. Raises
    OutboundError.
    """
    _need(token, {SCOPE_LINEITEM}, "DELETE", url)
    try:
        column, _members_of = read_lineitem(http, token, url)
    except BadAnswer as error:
        if error.exchange.status == 404:
            return True
        raise
    if column.link_id or column.resource_id != resource_id:
        return False
    return delete_lineitem(http, token, url)


def _members(
    http: Http,
    token: Token,
    url: str,
    media: str,
    seconds: float = LONGEST,
    limit: int = PAGE_LIMIT,
    body_limit: int = BODY_LIMIT,
) -> Iterator[dict[str, Any]]:
    """The members of a container, page by page."""
    for answer in pages(http, url, media, token.value, limit=limit, seconds=seconds, body_limit=body_limit):
        members = answer.json() if answer.ok else None
        if not isinstance(members, list):
            raise BadAnswer(f"no list: {answer.words or answer.status}", answer.exchange)
        yield from (member for member in members if isinstance(member, dict))


def _lineitem(member: Mapping[str, Any], lineitems_url: str, exchange: Exchange) -> LineItem:
    url = member.get("id")
    if not isinstance(url, str) or origin(url) is None or origin(url) != origin(lineitems_url):
        raise BadAnswer("the line item has no address on the host of its container", exchange)
    names = ("label", "resourceId", "tag", "resourceLinkId")
    return LineItem(url, *(str(member.get(name) or "") for name in names))


def _score(score: Score) -> dict[str, Any]:
    body: dict[str, Any] = {
        "userId": score.user_id,
        "scoreGiven": score.percent,
        "scoreMaximum": MAXIMUM,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": _iso(score.timestamp),
    }
    if score.submitted_at is not None:
        body["submission"] = {"submittedAt": _iso(score.submitted_at)}
    if score.comment:
        body["comment"] = score.comment
    return body


def _iso(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, as AGS §3.4.9 asks for."""
    if moment.tzinfo is None:
        raise ValueError("a time of a score needs a zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _media(kind: str) -> dict[str, str]:
    return {"Content-Type": kind, "Accept": kind}


def _need(token: Token, scopes: set[str], method: str, url: str) -> None:
    if not token.scopes & scopes:
        error = BadAnswer(
            f"the LMS did not grant {' or '.join(sorted(scopes))}", Exchange(method, shown(url))
        )
        error.code = "scope"
        raise error


def _below(url: str, name: str) -> str:
    path, mark, query = url.partition("#")[0].partition("?")
    return f"{path.rstrip('/')}/{name}{mark}{query}"
