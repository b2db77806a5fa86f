"""Queries on platforms, invites and the tool's keys."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.storage.platforms import Invite, Platform, ToolKey

_TOOL_KEYS = (
    select(ToolKey).where(ToolKey.retired_at.is_(None)).order_by(ToolKey.signs_from.desc(), ToolKey.kid)
)


def tool_keys(session: Session) -> list[ToolKey]:
    """Keys in use, the one that signs last of all first."""
    return list(session.scalars(_TOOL_KEYS))


def hold_keys(session: Session) -> list[ToolKey]:
    """The same; until we commit, nobody else changes them."""
    return list(session.scalars(_TOOL_KEYS.with_for_update()))


def invite(session: Session, secret_hash: str, *, lock: bool) -> Invite | None:
    """An invite by the hash of its secret; with `lock` nobody else can use it until we commit."""
    query = select(Invite).where(Invite.secret_hash == secret_hash)
    return session.scalar(query.with_for_update(key_share=True) if lock else query)


def platforms(session: Session) -> list[Platform]:
    """All registrations, oldest first."""
    return list(session.scalars(select(Platform).order_by(Platform.id)))


def platform(session: Session, platform_id: int) -> Platform | None:
    """A registration by our own number."""
    return session.get(Platform, platform_id)
