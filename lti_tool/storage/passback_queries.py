"""Queries on the grades of all courses, for those who run the tool."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, contains_eager

from lti_tool.storage.db import call_worker_from, changed
from lti_tool.storage.ledger_queries import NEEDING
from lti_tool.storage.people import Context
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.scores import LineItem, Reading, ScoreReport


class Place(NamedTuple):
    """A course with columns, and its platform, by our numbers."""

    context_id: int
    platform_id: int


class Read(NamedTuple):
    """How a column was read last."""

    node: str
    read_at: datetime | None
    reason: str


def platforms(session: Session) -> Sequence[Platform]:
    """Every registration, oldest first."""
    return session.scalars(select(Platform).order_by(Platform.id)).all()


def last_deliveries(session: Session) -> dict[int, datetime]:
    """When each platform last took a grade."""
    query = (
        select(Deployment.platform_id, func.max(ScoreReport.delivered_at))
        .select_from(ScoreReport)
        .join(ScoreReport.line_item)
        .join(LineItem.context)
        .join(Context.deployment)
        .where(ScoreReport.delivered_at.is_not(None))
        .group_by(Deployment.platform_id)
    )
    return {number: at for number, at in session.execute(query) if at is not None}


def needing(session: Session) -> Sequence[ScoreReport]:
    """All reports that a person must act on, with their courses."""
    query = (
        select(ScoreReport)
        .join(ScoreReport.line_item)
        .join(LineItem.context)
        .join(Context.deployment)
        .options(
            contains_eager(ScoreReport.line_item)
            .contains_eager(LineItem.context)
            .contains_eager(Context.deployment)
        )
        .where(*NEEDING)
        .order_by(ScoreReport.id)
    )
    return session.scalars(query).all()


def make_due(session: Session, platform_id: int, now: datetime) -> int:
    """What waits for a platform is to be sent at once; how many."""
    columns = select(LineItem.id).join(LineItem.context).join(Context.deployment)
    query = update(ScoreReport).where(
        ScoreReport.state == "queued",
        ScoreReport.line_item_id.in_(columns.where(Deployment.platform_id == platform_id)),
    )
    count = changed(session, query.values(next_try_at=now))
    call_worker_from(session)
    return count


def places(session: Session, platform_id: int | None, context_id: int | None) -> Sequence[Place]:
    """Courses with a column whose address is known: all, of one platform, or one."""
    query = (
        select(Context.id, Deployment.platform_id)
        .join(Context.deployment)
        .where(Context.id.in_(select(LineItem.context_id).where(LineItem.url != "")))
    )
    if platform_id is not None:
        query = query.where(Deployment.platform_id == platform_id)
    if context_id is not None:
        query = query.where(Context.id == context_id)
    return [Place(*row) for row in session.execute(query.order_by(Context.id))]


def readings(session: Session, context_id: int) -> Sequence[Read]:
    """How each column of a course whose address is known was read last."""
    query = (
        select(LineItem.node, Reading.read_at, Reading.reason)
        .outerjoin(Reading, Reading.line_item_id == LineItem.id)
        .where(LineItem.context_id == context_id, LineItem.url != "")
        .order_by(LineItem.id)
    )
    return [Read(node, read_at, reason or "") for node, read_at, reason in session.execute(query)]
