"""Launch sessions: opened by a launch, asked for by every page of it."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from lti_tool.storage.people import Context, LaunchSession
from lti_tool.storage.platforms import Deployment, Nonce, Platform
from lti_tool.storage.prepared import Prepared, ask, ask_one


class Visit(NamedTuple):
    """A launch session as its pages see it: who, where, since when, from which LMS."""

    id: str
    secret_hash: str
    person_id: int
    context_id: int
    link_id: int | None
    role: str
    language: str
    framed: bool
    return_url: str
    deep_linking: dict[str, Any] | None
    created_at: datetime
    expires_at: datetime
    issuer: str
    auth_url: str
    disabled_at: datetime | None
    """When the platform was switched off; None while it is on."""


_session, _platform = LaunchSession.__table__.c, Platform.__table__.c
_OWN = Visit._fields[: Visit._fields.index("issuer")]
_VISIT = Prepared(
    select(*(_session[name] for name in _OWN), _platform.issuer, _platform.auth_url, _platform.disabled_at)
    .select_from(LaunchSession.__table__)
    .join(Context.__table__, _session.context_id == Context.__table__.c.id)
    .join(Deployment.__table__, Context.__table__.c.deployment_id == Deployment.__table__.c.id)
    .join(Platform.__table__, Deployment.__table__.c.platform_id == _platform.id)
    .where(_session.id == bindparam("launch")),
    ("launch",),
)
_OPEN = Prepared(insert(LaunchSession), _OWN)


def begin(session: Session, visit: Visit) -> None:
    """Write a launch session."""
    ask(session, _OPEN, {name: getattr(visit, name) for name in _OWN})


def visit(session: Session, launch_id: str) -> Visit | None:
    """A launch session with what its pages need of its platform."""
    row = ask_one(session, _VISIT, {"launch": launch_id})
    return None if row is None else Visit._make(row)


def hold(session: Session, launch_id: str) -> LaunchSession:
    """A launch session to be changed: as it is now, locked until we commit."""
    query = select(LaunchSession).where(LaunchSession.id == launch_id)
    locked = query.with_for_update(of=LaunchSession, key_share=True).execution_options(populate_existing=True)
    return session.scalars(locked).one()


def forget_expired(session: Session, nonces_before: datetime, launches_before: datetime) -> None:
    """Remove nonces and launch sessions that ended before."""
    session.execute(delete(Nonce).where(Nonce.expires_at < nonces_before))
    session.execute(delete(LaunchSession).where(LaunchSession.expires_at < launches_before))
