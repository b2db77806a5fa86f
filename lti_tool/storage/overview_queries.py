"""What an operator wants to know of many platforms, each in one question for all of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.storage.people import Context, Membership
from lti_tool.storage.platforms import Deployment, Invite, Platform
from lti_tool.storage.scores import LineItem, ScoreReport


class Scores(NamedTuple):
    """The reports of one platform in one state, and when the last of them was delivered."""

    platform_id: int
    state: str
    amount: int
    delivered_at: datetime | None


def platforms_after(session: Session, after: int, count: int) -> Sequence[Platform]:
    """Registrations with a higher number than `after`, oldest first."""
    query = select(Platform).where(Platform.id > after).order_by(Platform.id).limit(count)
    return session.scalars(query).all()


def deployments(session: Session, platforms: Sequence[int]) -> Sequence[Deployment]:
    """All deployments of these platforms."""
    query = select(Deployment).where(Deployment.platform_id.in_(platforms)).order_by(Deployment.id)
    return session.scalars(query).all()


def last_launches(session: Session, platforms: Sequence[int]) -> dict[int, datetime | None]:
    """When somebody came last, by deployment."""
    query = (
        select(Context.deployment_id, func.max(Membership.last_launch_at))
        .join(Membership, Membership.context_id == Context.id)
        .join(Deployment, Context.deployment_id == Deployment.id)
        .where(Deployment.platform_id.in_(platforms))
        .group_by(Context.deployment_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def scores(session: Session, platforms: Sequence[int]) -> Sequence[Scores]:
    """How many reports are in which state."""
    query = (
        select(Deployment.platform_id, ScoreReport.state, func.count(), func.max(ScoreReport.delivered_at))
        .select_from(ScoreReport)
        .join(ScoreReport.line_item)
        .join(LineItem.context)
        .join(Context.deployment)
        .where(Deployment.platform_id.in_(platforms))
        .group_by(Deployment.platform_id, ScoreReport.state)
    )
    return [Scores(*row) for row in session.execute(query)]


def invites_of(session: Session, platform_id: int) -> Sequence[Invite]:
    """The invitations that a platform used, oldest first."""
    return session.scalars(select(Invite).where(Invite.platform_id == platform_id).order_by(Invite.id)).all()


def open_invites(session: Session, now: datetime, before: int | None, count: int) -> Sequence[Invite]:
    """Invitations that can still be used, newest first; with `before` those of a lower number."""
    query = select(Invite).where(
        Invite.used_at.is_(None), Invite.revoked_at.is_(None), Invite.expires_at > now
    )
    if before is not None:
        query = query.where(Invite.id < before)
    return session.scalars(query.order_by(Invite.id.desc()).limit(count)).all()


def invite(session: Session, number: int) -> Invite | None:
    """An invitation by our own number; until we commit, nobody uses it."""
    return session.get(Invite, number, with_for_update={"key_share": True})
