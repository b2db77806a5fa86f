"""Invitations as an operator sees them: those that can still be used, and taking one back."""

from dataclasses import dataclass
from datetime import datetime

from lti_tool.errors import Conflict, NotFound
from lti_tool.services import audit
from lti_tool.storage import overview_queries
from lti_tool.storage.db import Session
from lti_tool.storage.platforms import Invite

PAGE = 50


@dataclass(frozen=True)
class Page:
    """Some open invitations, newest first. `older` is what to ask for to see more; None: no more."""

    rows: tuple[Invite, ...]
    older: int | None


def page(session: Session, now: datetime, before: int | None) -> Page:
    """The invitations that can still be used."""
    found = overview_queries.open_invites(session, now, before, PAGE + 1)
    return Page(tuple(found[:PAGE]), found[PAGE - 1].id if len(found) > PAGE else None)


def revoke(session: Session, number: int, now: datetime, by: str) -> None:
    """Take an invitation back. Raises NotFound, Conflict when it was used meanwhile."""
    row = overview_queries.invite(session, number)
    if row is None:
        raise NotFound(f"no invitation {number}")
    if row.used_at is not None:
        raise Conflict(f"invitation {number} was used", code="conflict")
    if row.revoked_at is None:
        row.revoked_at = now
        audit.record(session, by, audit.Action.INVITATION_REVOKED, f"invitation {number}", now)
