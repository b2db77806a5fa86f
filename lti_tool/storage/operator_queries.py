"""Queries on operators and their sessions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.storage.operators import Operator, OperatorSession


def by_name(session: Session, name: str) -> Operator | None:
    """The account of this name."""
    return session.scalar(select(Operator).where(Operator.name == name))


def everybody(session: Session) -> Sequence[Operator]:
    """All accounts by name."""
    return session.scalars(select(Operator).order_by(Operator.name)).all()


def session_of(session: Session, secret_hash: str) -> OperatorSession | None:
    """An open session with its operator."""
    query = select(OperatorSession).where(OperatorSession.secret_hash == secret_hash)
    return session.scalar(query.options(joinedload(OperatorSession.operator, innerjoin=True)))


def end_sessions(session: Session, operator_id: int, now: datetime) -> None:
    """End all sessions of an operator, and forget those of others that are over."""
    over = or_(OperatorSession.operator_id == operator_id, OperatorSession.expires_at <= now)
    session.execute(delete(OperatorSession).where(over))


def forget_over(session: Session, now: datetime) -> None:
    """Forget sessions that are over."""
    session.execute(delete(OperatorSession).where(OperatorSession.expires_at <= now))
