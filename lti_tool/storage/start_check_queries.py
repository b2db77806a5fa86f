"""Queries on answers to the start check."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.storage.people import Membership
from lti_tool.storage.work import StartTry


def tries(session: Session, person_id: int, context_id: int) -> Sequence[StartTry]:
    """A person's tries, the newest first."""
    query = (
        select(StartTry)
        .where(StartTry.context_id == context_id, StartTry.person_id == person_id)
        .order_by(StartTry.id.desc())
    )
    return session.scalars(query).all()


def hold(session: Session, try_id: int) -> StartTry | None:
    """A try as it is now, not to be changed by others until we commit."""
    query = select(StartTry).where(StartTry.id == try_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def forget(session: Session, person_id: int, context_id: int, *, but: int | None = None) -> None:
    """Remove a person's tries: those that were never finished, or all `but` one."""
    query = delete(StartTry).where(StartTry.context_id == context_id, StartTry.person_id == person_id)
    session.execute(query.where(StartTry.finished_at.is_(None) if but is None else StartTry.id != but))


def finished(session: Session, context_id: int) -> Sequence[StartTry]:
    """The finished tries of a context's learners, the oldest first."""
    query = (
        select(StartTry)
        .join(
            Membership,
            (Membership.person_id == StartTry.person_id) & (Membership.context_id == StartTry.context_id),
        )
        .where(StartTry.context_id == context_id, StartTry.finished_at.is_not(None))
        .where(Membership.role == "learner")
        .order_by(StartTry.id)
    )
    return session.scalars(query).all()
