"""Queries on deployments, for those who decide about them."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.storage.launch_queries import hold_platform
from lti_tool.storage.people import Context, LaunchSession
from lti_tool.storage.platforms import Deployment


def hold_all(session: Session, platform_id: int) -> Sequence[Deployment]:
    """The deployments of a platform; until we commit, nobody else adds one."""
    hold_platform(session, platform_id)
    return of_platform(session, platform_id)


def of_platform(session: Session, platform_id: int) -> Sequence[Deployment]:
    """The deployments of a platform, oldest first."""
    query = select(Deployment).where(Deployment.platform_id == platform_id).order_by(Deployment.id)
    return session.scalars(query).all()


def deployment(session: Session, number: int) -> Deployment | None:
    """A deployment by our own number; until we commit, nobody else decides about it."""
    return session.get(Deployment, number, with_for_update={"key_share": True})


def end_launches(session: Session, number: int) -> None:
    """End the open launches of a deployment."""
    contexts = select(Context.id).where(Context.deployment_id == number)
    session.execute(delete(LaunchSession).where(LaunchSession.context_id.in_(contexts)))
