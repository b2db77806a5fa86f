"""The audit log: written by the services that do what is worth it, in the same transaction; read and exported."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lti_tool.domain import spreadsheet
from lti_tool.services.who import Who
from lti_tool.storage import audit_queries
from lti_tool.storage.audit import AuditEntry
from lti_tool.storage.audit_queries import Filter as Filter
from lti_tool.storage.db import Session

COMMAND_LINE = "command line"
PAGE = 50
"""Entries a page."""


class Action(StrEnum):
    """What is recorded."""

    OPERATOR_CREATED = "operator-created"
    OPERATOR_DISABLED = "operator-disabled"
    OPERATOR_ENABLED = "operator-enabled"
    OPERATOR_PASSWORD = "operator-password"  # noqa: S105 - the name of a deed
    LOGIN = "login"
    LOGIN_FAILED = "login-failed"
    LOGOUT = "logout"
    PLATFORM_INVITED = "platform-invited"
    PLATFORM_REGISTERED = "platform-registered"
    PLATFORM_RENEWED = "platform-renewed"
    PLATFORM_ENTERED = "platform-entered"
    PLATFORM_DISABLED = "platform-disabled"
    PLATFORM_MOVED = "platform-moved"
    PLATFORM_ENABLED = "platform-enabled"
    PLATFORM_TRIED = "platform-tried"
    INVITATION_REVOKED = "invitation-revoked"
    DEPLOYMENT_ASKED = "deployment-asked"
    DEPLOYMENT_APPROVED = "deployment-approved"
    DEPLOYMENT_REFUSED = "deployment-refused"
    KEY_ROTATED = "key-rotated"
    KEYS_REPLACED = "keys-replaced"
    ATTEMPT_GRANTED = "attempt-granted"
    REVIEW_SAVED = "review-saved"
    GRADE_RESENT = "grade-resent"
    LMS_GRADE_KEPT = "lms-grade-kept"
    LMS_GRADE_REPLACED = "lms-grade-replaced"
    LMS_GRADES_ASKED = "lms-grades-asked"
    CLASS_LIST_ASKED = "class-list-asked"


@dataclass(frozen=True)
class Page:
    """Some entries, newest first. `older` is what to put into `Filter.before` for the next; None: no more."""

    entries: tuple[AuditEntry, ...]
    older: int | None


def person(who: Who) -> str:
    """The actor of a launched page."""
    return f"person {who.person_id}"


def operator(name: str) -> str:
    """The actor of a page of the admin area."""
    return f"operator {name}"


def record(session: Session, by: str, action: Action, what: str, now: datetime) -> None:
    """Note a deed. Kept if the deed is."""
    session.add(AuditEntry(at=now, who=by, action=action.value, what=what))


def page(session: Session, wanted: Filter) -> Page:
    """Some of what is wanted."""
    found = audit_queries.newest(session, wanted, PAGE + 1)
    return Page(tuple(found[:PAGE]), found[PAGE - 1].id if len(found) > PAGE else None)


def export(session: Session, wanted: Filter) -> Iterator[str]:
    """All that is wanted as lines of CSV, oldest first, with a line of headings. Times are UTC."""
    yield spreadsheet.line(("number", "time", "who", "action", "what"))
    for entry in audit_queries.oldest_first(session, wanted):
        at = entry.at.isoformat(timespec="seconds")
        yield spreadsheet.line((str(entry.id), at, entry.who, entry.action, entry.what))
