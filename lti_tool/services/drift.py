"""Where the LMS shows another grade than ours, a teacher chooses. Reading what it shows is `readings`' work."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Protocol, TypedDict

from lti_tool.domain import drift as rules
from lti_tool.domain.drift import Shown
from lti_tool.errors import AccessDenied, NotFound
from lti_tool.lti import claims
from lti_tool.services import audit, passback
from lti_tool.services.who import Who
from lti_tool.storage import drift_queries
from lti_tool.storage.db import Session
from lti_tool.storage.scores import ScoreReport

AFTER = timedelta(minutes=1)
"""So long after the LMS took a grade it is read back for the first time."""
SKEW = timedelta(minutes=10)
"""A clock further ahead than that is not followed."""


# --- what a teacher chooses ---------------------------------------------------------------------------------


def keep(session: Session, who: Who, report_id: int, now: datetime) -> None:
    """Leave the LMS's own grade as it is, for good or until a newer grade comes. Nothing for one not drifted.

    Raises AccessDenied (not staff), NotFound (no report of this course).
    """
    row = _drifted(session, who, report_id)
    if row is None or row.reason == "kept":
        return
    row.reason, row.overrule = "kept", False
    audit.record(session, audit.person(who), audit.Action.LMS_GRADE_KEPT, f"report {row.id}", now)


def send_ours(session: Session, who: Who, report_id: int, now: datetime) -> None:
    """Send our grade over the LMS's own, with a later time. Nothing for one not drifted.

    Raises AccessDenied (not staff), NotFound (no report of this course).
    """
    row = _drifted(session, who, report_id)
    if row is None:
        return
    entered = row.shown_since if row.shown_since and row.shown_since <= now + SKEW else now
    later = row.timestamp + timedelta(seconds=1)
    row.timestamp = max(later, max(now, entered + timedelta(seconds=1)).replace(microsecond=0))
    row.state, row.overrule = "queued", True
    passback.requeue(row, now)
    audit.record(session, audit.person(who), audit.Action.LMS_GRADE_REPLACED, f"report {row.id}", now)


def request(session: Session, who: Who, now: datetime) -> None:
    """Have all columns of the course read as soon as possible. Raises AccessDenied (not staff)."""
    if not who.staff:
        raise AccessDenied("only staff have grades read", code="role")
    drift_queries.wish(session, who.context_id, now)
    what = f"context {who.context_id}"
    audit.record(session, audit.person(who), audit.Action.LMS_GRADES_ASKED, what, now)


def _drifted(session: Session, who: Who, report_id: int) -> ScoreReport | None:
    if not who.staff:
        raise AccessDenied("only staff decide about grades", code="role")
    row = drift_queries.report(session, who.context_id, report_id)
    if row is None:
        raise NotFound(str(report_id))
    return row if row.state == "drifted" else None


# --- when a grade is sent -----------------------------------------------------------------------------------


class Told(TypedDict):
    """What a courier is told of a report, see `postman.Job`."""

    own: tuple[tuple[float, str], ...]
    look_first: bool


class Sent(Protocol):
    """What that depends on, as `ScoreReport` has it."""

    percent: int
    comment: str
    delivered_at: datetime | None
    overtaken: list[list[Any]]
    overrule: bool
    shown: float | None
    shown_words: str
    shown_at: datetime | None


def told(row: Sent, scopes: Collection[str]) -> Told:
    """Whether to look what the LMS shows before a report is sent, and what of that it may go over: grades of ours, and
    the one that a teacher chose to replace - not one that was entered since."""
    own: list[tuple[float, str]] = [(row.percent, row.comment)]
    own += [(percent, comment) for percent, comment in row.overtaken]
    if row.overrule and row.shown is not None:
        own.append((row.shown, row.shown_words))
    blind = row.overrule and row.shown_at is None  # on its way since before anything was remembered
    look = row.delivered_at is not None and claims.SCOPE_RESULT in scopes and not blind
    return {"own": tuple(own), "look_first": look}


def found(session: Session, report_id: int, shown: Shown, now: datetime) -> None:
    """Write down which grade of a person a courier met in the LMS."""
    drift_queries.note(session, report_id, **columns(shown), shown_at=now)


def columns(shown: Shown) -> dict[str, Any]:
    """What the LMS shows, as columns of a report."""
    words = (shown.words or "")[: rules.WORDS_LIMIT]
    return {
        "shown": shown.percent,
        "shown_words": words,
        "shown_since": shown.since,
        "shown_by": shown.by,
    }
