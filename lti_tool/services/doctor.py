"""The doctor: what launches of a course have told, what its LMS answers, and a report without personal data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from lti_tool.domain import diagnosis
from lti_tool.domain.course import Course
from lti_tool.domain.diagnosis import Asked, Failed, Family, Finding, Told, of_failed
from lti_tool.errors import AccessDenied, OutboundError
from lti_tool.lti import ags, claims, nrps, probe
from lti_tool.lti.http import Http, shown
from lti_tool.services import tokens
from lti_tool.services.roster import reason_of as failure
from lti_tool.services.who import Who
from lti_tool.storage import doctor_queries, platform_queries
from lti_tool.storage.db import Engine, Session
from lti_tool.storage.people import LaunchSession
from lti_tool.storage.platforms import Platform

USED = frozenset(
    {claims.SCOPE_SCORE, claims.SCOPE_RESULT, claims.SCOPE_LINEITEM, claims.SCOPE_LINEITEM_READONLY}
)
WANTED = frozenset({claims.SCOPE_SCORE, claims.SCOPE_LINEITEM})
"""Without these two the tool cannot do its work in every course."""
RECENT = 20
"""Tries to send a grade that the report lists."""


@dataclass(frozen=True)
class Case:
    """One course as its doctor sees it; nothing in it names a person but `sub`, which stays with the tool."""

    told: Told
    family: Family
    platform_id: int
    issuer: str
    jwks_url: str
    context_id: int
    offered: frozenset[str]
    """Scopes of the grade service that we use, of those the LMS offers."""
    lineitems_url: str
    lineitem_url: str
    sub: str


def open_case(
    session: Session, course: Course, who: Who, launch_id: str, *, secure: bool, in_frame: bool | None
) -> Case:
    """What is known without asking the LMS. Raises AccessDenied (not staff)."""
    if not who.staff:
        raise AccessDenied("only staff see the doctor", code="role")
    row = doctor_queries.launch(session, launch_id)
    context, platform = row.context, row.context.deployment.platform
    offered = frozenset(context.scopes) & USED
    states = doctor_queries.states(session, context.id)
    return Case(
        told=Told(
            secure=secure,
            framed=row.framed,
            in_frame=in_frame,
            names=bool(row.person.name),
            email=bool(row.person.email),
            roster=bool(context.memberships_url),
            scopes=_short(offered),
            lineitems=bool(context.lineitems_url),
            graded=row.link is not None and row.link.node in course.graded,
            lineitem=bool(row.link and row.link.lineitem_url),
            waiting=_count(states, "queued") + _count(states, "sending"),
            held=_count(states, "held"),
        ),
        family=family_of(platform),
        platform_id=platform.id,
        issuer=platform.issuer,
        jwks_url=platform.jwks_url,
        context_id=context.id,
        offered=offered,
        lineitems_url=context.lineitems_url,
        lineitem_url=_lineitem(row),
        sub=row.person.sub,
    )


def ask(engine: Engine, http: Http, case: Case, now: datetime) -> Asked:
    """What the LMS answers at this moment. No transaction is open meanwhile."""
    keys, failed, skew = look_at(http, case.jwks_url, now)
    granted, refusal, column = _services(engine, http, case, now)
    return Asked(keys, failed, skew, granted, refusal, column, _roster_withdrawn(engine, http, case, now))


def _services(
    engine: Engine, http: Http, case: Case, now: datetime
) -> tuple[frozenset[str], str, Literal["", "found", "gone", "failed"]]:
    """The scopes that a new token has, why there is none, and the activity's column."""
    if claims.SCOPE_SCORE not in case.offered:
        return frozenset(), "not-offered", ""
    wanted = tokens.of_grades(case.offered)
    try:
        token = tokens.get(engine, http, case.platform_id, wanted, now, renew=True)
    except OutboundError as error:
        return frozenset(), failure(error), ""
    granted = _short(token.scopes & USED)
    if not case.lineitem_url or not granted & {"lineitem", "lineitem.readonly"}:
        return granted, "", ""
    try:
        there = ags.has_lineitem(http, token, case.lineitem_url)
    except OutboundError:
        return granted, "", "failed"
    return granted, "", "found" if there else "gone"


def _roster_withdrawn(engine: Engine, http: Http, case: Case, now: datetime) -> bool:
    if not case.told.roster:
        return False
    try:
        tokens.get(engine, http, case.platform_id, nrps.SCOPES, now, renew=True)
    except OutboundError as error:
        return failure(error) == "scope"
    return False


def ask_platform(engine: Engine, http: Http, platform_id: int, jwks_url: str, now: datetime) -> Asked:
    """What an LMS answers without any course: its keys, its clock, and whether it gives access."""
    keys, failed, skew = look_at(http, jwks_url, now)
    try:
        token = tokens.get(engine, http, platform_id, WANTED, now, renew=True)
    except OutboundError as error:
        return Asked(keys, failed, skew, token_failure=failure(error))
    return Asked(keys, failed, skew, _short(token.scopes & USED))


def look_at(http: Http, jwks_url: str, now: datetime) -> tuple[int, str, int | None]:
    """Usable keys, why there are none, and by how many seconds the LMS's clock is ahead."""
    try:
        seen = probe.key_set(http, jwks_url, now)
    except OutboundError as error:
        return 0, failure(error), None
    return seen.usable, "", seen.skew


def family_of(platform: Platform) -> Family:
    """Whose settings to name."""
    return diagnosis.family(platform.product_family, platform.issuer, platform.jwks_url)


def hint(session: Session, issuer: str, client_id: str | None) -> int | None:
    """Our number of the LMS that a failed launch names. It is unproved, and only chooses what advice is shown."""
    found = doctor_queries.platform_of(session, issuer, client_id)
    return found.id if found else None


def family_by_number(session: Session, platform_id: int | None) -> Family:
    """Whose settings to name on a page that belongs to no launch."""
    platform = platform_queries.platform(session, platform_id) if platform_id is not None else None
    return family_of(platform) if platform else "other"


def report(
    session: Session, case: Case, findings: Sequence[Finding], version: str, now: datetime
) -> dict[str, Any]:
    """What to hand to whoever helps: states, scopes, statuses - no names, ids of people, words of the LMS, secrets."""
    states = doctor_queries.states(session, case.context_id)
    tries = doctor_queries.answers(session, case.context_id, RECENT)
    return {
        "written_at": now.isoformat(timespec="seconds"),
        "tool_version": version,
        "lms": {"number": case.platform_id, "issuer": case.issuer, "family": case.family},
        "course_number": case.context_id,
        "scopes": sorted(case.told.scopes),
        "addresses": {
            "key_set": shown(case.jwks_url),
            "line_items": shown(case.lineitems_url),
            "line_item_known": case.told.lineitem,
        },
        "findings": [vars(finding) for finding in findings],
        "grades": [
            {"state": state, "reason": reason, "count": count}
            for (state, reason), count in sorted(states.items())
        ],
        "tries": [
            {"at": at.isoformat(timespec="seconds"), "outcome": outcome, "status": status}
            for at, outcome, status in tries
        ],
    }


def report_of_failed(
    number: str, code: str, platform_id: int | None, failed: Failed, version: str, now: datetime
) -> dict[str, Any]:
    """The same for a launch that failed, by its number on the error page."""
    return {
        "written_at": now.isoformat(timespec="seconds"),
        "tool_version": version,
        "fault": {"number": number, "code": code},
        "lms": {"number": platform_id},
        "findings": [vars(finding) for finding in of_failed(failed)],
    }


def _lineitem(row: LaunchSession) -> str:
    return row.link.lineitem_url if row.link else ""


def _short(scopes: frozenset[str]) -> frozenset[str]:
    return frozenset(scope.rpartition("/")[2] for scope in scopes)


def _count(states: Mapping[tuple[str, str], int], wanted: str) -> int:
    return sum(count for (state, _reason), count in states.items() if state == wanted)
