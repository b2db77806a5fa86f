"""What the doctor reads: a launch with all around it, and how connections and grades are doing."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.storage.people import Context, LaunchSession, Membership
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.scores import LineItem, ScoreDelivery, ScoreReport


def launch(session: Session, launch_id: str) -> LaunchSession:
    """A launch with its person, link, context, deployment and platform."""
    query = select(LaunchSession).where(LaunchSession.id == launch_id)
    around = joinedload(LaunchSession.context).joinedload(Context.deployment).joinedload(Deployment.platform)
    parts = (joinedload(LaunchSession.person), joinedload(LaunchSession.link), around)
    return session.scalars(query.options(*parts)).one()


def states(session: Session, context_id: int) -> Mapping[tuple[str, str], int]:
    """How many grades of a context are in which (state, reason)."""
    query = (
        select(ScoreReport.state, ScoreReport.reason, func.count())
        .join(ScoreReport.line_item)
        .where(LineItem.context_id == context_id)
        .group_by(ScoreReport.state, ScoreReport.reason)
    )
    return Counter({(state, reason): count for state, reason, count in session.execute(query)})


def answers(session: Session, context_id: int, limit: int) -> list[tuple[datetime, str, int | None]]:
    """The newest tries to send grades of a context: when, outcome, the LMS's status. Never its words."""
    query = (
        select(ScoreDelivery.at, ScoreDelivery.outcome, ScoreDelivery.status)
        .join(ScoreDelivery.report)
        .join(ScoreReport.line_item)
        .where(LineItem.context_id == context_id)
        .order_by(ScoreDelivery.id.desc())
        .limit(limit)
    )
    return [(at, outcome, status) for at, outcome, status in session.execute(query)]


def last_launches(session: Session) -> Mapping[int, datetime]:
    """When somebody last came from each platform, by its number."""
    newest = func.max(Membership.last_launch_at)
    query = (
        select(Deployment.platform_id, newest)
        .join(Context, Context.deployment_id == Deployment.id)
        .join(Membership, Membership.context_id == Context.id)
        .where(Membership.last_launch_at.is_not(None))
        .group_by(Deployment.platform_id)
    )
    return {number: at for number, at in session.execute(query) if at is not None}


def pending_deployments(session: Session) -> Mapping[int, int]:
    """How many deployments wait for approval, by platform."""
    query = (
        select(Deployment.platform_id, func.count().label("waiting"))
        .where(Deployment.approved_at.is_(None))
        .group_by(Deployment.platform_id)
    )
    return {row.platform_id: row.waiting for row in session.execute(query)}


def platform_of(session: Session, issuer: str, client_id: str | None) -> Platform | None:
    """The one registration of an issuer, or of its client."""
    query = select(Platform).where(Platform.issuer == issuer)
    if client_id is not None:
        query = query.where(Platform.client_id == client_id)
    found = session.scalars(query.limit(2)).all()
    return found[0] if len(found) == 1 else None
