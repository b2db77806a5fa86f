"""Queries of the readings: which column is due, who reads it, and the reports to compare."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select, union, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from lti_tool.storage.db import changed
from lti_tool.storage.people import Context, Membership, Person
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.scores import LineItem, Reading, ScoreReport
from lti_tool.storage.work_queries import insert_missing


class Due(NamedTuple):
    """A column to read."""

    line_item_id: int
    platform_id: int


class Seen(NamedTuple):
    """A report to compare; `left`: the class list has the person no more."""

    report: ScoreReport
    sub: str
    left: bool


def due(session: Session, now: datetime, each: int, limit: int) -> list[Due]:
    """Columns to read: of every platform at most `each`, the first of all platforms before the second of any.

    Left alone are columns that another worker reads or that rest, and platforms that are switched off or have to be
    left alone.
    """
    place = func.row_number().over(partition_by=Platform.id, order_by=LineItem.id).label("place")
    free = or_(
        Reading.line_item_id.is_(None),
        and_(Reading.rest_until <= now, or_(Reading.claimed_until.is_(None), Reading.claimed_until < now)),
    )
    ranked = (
        select(LineItem.id, Platform.id.label("platform_id"), place)
        .select_from(LineItem)
        .join(LineItem.context)
        .join(Context.deployment)
        .join(Deployment.platform)
        .outerjoin(Reading, Reading.line_item_id == LineItem.id)
        .where(
            LineItem.id.in_(_wanting(now)),
            LineItem.url != "",
            free,
            Platform.disabled_at.is_(None),
            or_(Platform.quiet_until.is_(None), Platform.quiet_until <= now),
        )
        .subquery()
    )
    query = select(ranked.c.id, ranked.c.platform_id).where(ranked.c.place <= each)
    return [Due(*row) for row in session.execute(query.order_by(ranked.c.place, ranked.c.id).limit(limit))]


def _wanting(now: datetime) -> Any:
    """Columns with a score that was taken a while ago, and those whose turn it is."""
    taken = select(ScoreReport.line_item_id).where(_waits(now))
    return union(taken, select(Reading.line_item_id).where(Reading.due_at <= now))


def _waits(now: datetime) -> ColumnElement[bool]:
    return and_(ScoreReport.state == "delivered", ScoreReport.next_try_at <= now)


def claim(session: Session, line_item_id: int, now: datetime, until: datetime) -> bool:
    """Whether we may read a column until `until`: of several workers that ask, one may."""
    insert_missing(session, Reading, [{"line_item_id": line_item_id, "due_at": now, "rest_until": now}])
    query = update(Reading).where(
        Reading.line_item_id == line_item_id,
        Reading.rest_until <= now,
        or_(Reading.claimed_until.is_(None), Reading.claimed_until < now),
    )
    return changed(session, query.values(claimed_until=until)) > 0


def settle(session: Session, line_item_id: int, held: datetime, **values: object) -> bool:
    """Note how reading ended; False when the claim until `held` has passed to another worker."""
    query = update(Reading).where(Reading.line_item_id == line_item_id, Reading.claimed_until == held)
    return changed(session, query.values(claimed_until=None, **values)) > 0


def postpone(session: Session, platform_id: int, now: datetime, until: datetime) -> None:
    """Leave alone until then all columns of a platform whose turn it is."""
    of_platform = (
        select(LineItem.id)
        .join(LineItem.context)
        .join(Context.deployment)
        .where(Deployment.platform_id == platform_id, LineItem.id.in_(_wanting(now)), LineItem.url != "")
    )
    ids = sorted(session.scalars(of_platform))
    insert_missing(
        session, Reading, [{"line_item_id": number, "due_at": until, "rest_until": until} for number in ids]
    )
    query = update(Reading).where(Reading.line_item_id.in_(ids), Reading.rest_until < until)
    changed(session, query.values(rest_until=until))


def wish(session: Session, context_id: int, now: datetime) -> None:
    """Have all columns of a context with grades of ours read as soon as possible; where the last reading failed, at
    once."""
    query_ids = (
        select(LineItem.id)
        .join(ScoreReport, ScoreReport.line_item_id == LineItem.id)
        .where(LineItem.context_id == context_id, LineItem.url != "", ScoreReport.delivered_at.is_not(None))
    )
    ids = sorted(session.scalars(query_ids.distinct()))
    insert_missing(
        session, Reading, [{"line_item_id": number, "due_at": now, "rest_until": now} for number in ids]
    )
    query = update(Reading).where(Reading.line_item_id.in_(ids))
    rest = case((Reading.reason != "", now), else_=Reading.rest_until)
    changed(session, query.values(due_at=now, rest_until=rest))


def column(session: Session, line_item_id: int) -> LineItem:
    """A column with everything needed to read it."""
    query = select(LineItem).options(joinedload(LineItem.context).joinedload(Context.deployment))
    return session.scalars(query.where(LineItem.id == line_item_id)).one()


def look_later(session: Session, line_item_id: int, now: datetime, until: datetime) -> None:
    """What the LMS shows of the column's delivered reports is not to be looked at before `until`."""
    query = update(ScoreReport).where(ScoreReport.line_item_id == line_item_id, _waits(now))
    changed(session, query.values(next_try_at=until))


def seen(session: Session, line_item_id: int, asked_at: datetime, after: int, limit: int) -> Sequence[Seen]:
    """Some reports of a column that a reading begun at `asked_at` can say something of; by number, from `after` on.

    Locked. Those that somebody else has locked are left out: they are changing at this moment.
    """
    query = (
        select(ScoreReport, Person.sub, Membership.status)
        .join(ScoreReport.person)
        .join(ScoreReport.line_item)
        .outerjoin(
            Membership,
            and_(Membership.person_id == ScoreReport.person_id, Membership.context_id == LineItem.context_id),
        )
        .where(
            ScoreReport.line_item_id == line_item_id,
            ScoreReport.id > after,
            ScoreReport.delivered_at < asked_at,
            or_(
                ScoreReport.state.in_(("delivered", "confirmed", "drifted")),
                and_(ScoreReport.state == "held", ScoreReport.reason == "not-shown"),
                and_(ScoreReport.state == "not_applicable", ScoreReport.reason == "left"),
            ),
        )
        .order_by(ScoreReport.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=ScoreReport)
        .execution_options(populate_existing=True)
    )
    return [Seen(report, sub, status == "left") for report, sub, status in session.execute(query)]


def received(session: Session, line_item_id: int) -> Sequence[ScoreReport]:
    """The reports of a column that the LMS has taken. Locked; those that somebody else has locked are left out."""
    query = select(ScoreReport).where(
        ScoreReport.line_item_id == line_item_id, ScoreReport.state.in_(("delivered", "confirmed"))
    )
    locked = query.order_by(ScoreReport.id).with_for_update(skip_locked=True, key_share=True)
    return session.scalars(locked.execution_options(populate_existing=True)).all()


def report(session: Session, context_id: int, report_id: int) -> ScoreReport | None:
    """A report of the context with its column, locked."""
    query = (
        select(ScoreReport)
        .join(ScoreReport.line_item)
        .options(contains_eager(ScoreReport.line_item))
        .where(LineItem.context_id == context_id, ScoreReport.id == report_id)
        .with_for_update(key_share=True, of=ScoreReport)
    )
    return session.scalar(query.execution_options(populate_existing=True))


def note(session: Session, report_id: int, **values: object) -> None:
    """Write what the LMS shows into a report."""
    changed(session, update(ScoreReport).where(ScoreReport.id == report_id).values(**values))
