"""Deployments of a platform: which are let in, which wait for an operator, which were refused."""

from datetime import datetime
from typing import Literal

from lti_tool.errors import NotFound
from lti_tool.services import audit
from lti_tool.services.audit import COMMAND_LINE, Action
from lti_tool.storage import deployment_queries
from lti_tool.storage.db import Engine, Session, transaction
from lti_tool.storage.platforms import Deployment, Platform

WAITING = 20
"""How many of one platform wait at a time. An LMS that makes up more is told that they are unknown."""

State = Literal["approved", "waiting", "refused"]


def state(row: Deployment) -> State:
    """Whether launches of it are let in."""
    if row.approved_at is not None:
        return "approved"
    return "waiting" if row.refused_at is None else "refused"


def ask(engine: Engine, platform_id: int, deployment_id: str, now: datetime) -> str:
    """Have a deployment that launched without being approved wait for an operator, if there is room.

    Called after its launch was refused and rolled back. Answers what to tell: `deployment-waits`,
    `deployment-refused`, or `unknown-deployment` when too many wait.
    """
    with transaction(engine) as session:
        found = {row.deployment_id: row for row in deployment_queries.hold_all(session, platform_id)}
        known = found.get(deployment_id)
        if known is not None:
            return "deployment-refused" if state(known) == "refused" else "deployment-waits"
        if sum(state(row) == "waiting" for row in found.values()) >= WAITING:
            return "unknown-deployment"
        row = Deployment(platform_id=platform_id, deployment_id=deployment_id, created_at=now)
        session.add(row)
        session.flush()
        audit.record(session, f"platform {platform_id}", Action.DEPLOYMENT_ASKED, _what(row), now)
    return "deployment-waits"


def name(session: Session, platform: Platform, deployment_id: str, by: str, now: datetime) -> None:
    """A deployment that was told while registering: the first is let in, a further one waits (0004).

    One that is known stays what it is.
    """
    known = deployment_queries.hold_all(session, platform.id)
    if deployment_id in {row.deployment_id for row in known}:
        return
    row = Deployment(platform_id=platform.id, deployment_id=deployment_id, created_at=now)
    session.add(row)
    session.flush()
    if known:
        audit.record(session, by, Action.DEPLOYMENT_ASKED, _what(row), now)
    else:
        approve(session, row.id, now, by=by)


def approve(session: Session, number: int, now: datetime, *, by: str = COMMAND_LINE) -> None:
    """Let its launches in. Raises NotFound."""
    row = _existing(session, number)
    if row.approved_at is None:
        row.approved_at, row.refused_at = now, None
        audit.record(session, by, Action.DEPLOYMENT_APPROVED, _what(row), now)


def refuse(session: Session, number: int, now: datetime, *, by: str = COMMAND_LINE) -> None:
    """Let its launches in no longer, or never; those that are open end. Work and grades stay. Raises NotFound."""
    row = _existing(session, number)
    if row.refused_at is None:
        row.approved_at, row.refused_at = None, now
        deployment_queries.end_launches(session, row.id)
        audit.record(session, by, Action.DEPLOYMENT_REFUSED, _what(row), now)


def _existing(session: Session, number: int) -> Deployment:
    row = deployment_queries.deployment(session, number)
    if row is None:
        raise NotFound(f"no deployment {number}")
    return row


def _what(row: Deployment) -> str:
    return f"platform {row.platform_id} deployment {row.id}"
