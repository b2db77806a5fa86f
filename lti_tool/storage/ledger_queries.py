"""Queries of the ledger: as many for 30,000 grades as for three, each answered from an index or for one page."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, update
from sqlalchemy.orm import Session, contains_eager

from lti_tool.storage.db import call_worker_from, changed
from lti_tool.storage.people import Context, Person
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.scores import LineItem, Reading, ScoreDelivery, ScoreReport

PEOPLE_AT_ONCE = 20
"""Whose grades are held in memory together while all are read."""

NEEDING = (ScoreReport.state.in_(("held", "drifted")), ScoreReport.reason != "kept")
"""What a person must act on. No held report is `kept`: said so, both states are found in the index without looking at
the others."""


class Filter(NamedTuple):
    """Which grades of a course. Empty: all. `student` is our number of a person, `activity` a node."""

    state: str = ""
    student: int = 0
    activity: str = ""


class Count(NamedTuple):
    """How many grades of a node are in which state."""

    node: str
    state: str
    reason: str
    amount: int


class States(NamedTuple):
    """What a filter by state means: these states, with a reason, without one (`other`), or whatever it is (None)."""

    states: Sequence[str]
    reason: str | None = None
    other: bool = False


def counts(session: Session, context_id: int, student: int) -> Sequence[Count]:
    """How many grades of a course, or of one person in it, are where."""
    query = (
        select(LineItem.node, ScoreReport.state, ScoreReport.reason, func.count())
        .join(ScoreReport.line_item)
        .where(LineItem.context_id == context_id)
        .group_by(LineItem.node, ScoreReport.state, ScoreReport.reason)
    )
    if student:
        query = query.where(ScoreReport.person_id == student)
    return [Count(*row) for row in session.execute(query)]


def needing(session: Session, context_id: int) -> int:
    """How many grades of a course a person must act on."""
    query = select(func.count()).select_from(ScoreReport).join(ScoreReport.line_item)
    return session.scalars(query.where(*NEEDING, LineItem.context_id == context_id)).one()


def people(session: Session, context_id: int, limit: int | None = None) -> Sequence[tuple[int, str]]:
    """Number and name of everybody with a grade in a course, in name order; at most `limit` of them."""
    graded = select(ScoreReport.person_id).where(ScoreReport.line_item_id.in_(_columns(context_id)))
    query = select(Person.id, Person.name).where(Person.id.in_(graded)).order_by(Person.name, Person.id)
    query = query.limit(limit)
    return [(number, name) for number, name in session.execute(query)]


def person_name(session: Session, context_id: int, person_id: int) -> str:
    """The name of somebody with a grade in a course, "" of others."""
    graded = select(ScoreReport.person_id).where(ScoreReport.line_item_id.in_(_columns(context_id)))
    query = select(Person.name).where(Person.id == person_id, Person.id.in_(graded))
    return session.scalar(query) or ""


def page(
    session: Session, context_id: int, wanted: Filter, states: Sequence[States], skip: int, count: int
) -> Sequence[ScoreReport]:
    """Some of the grades with their people and columns, people in name order."""
    order = (Person.name, Person.id, ScoreReport.line_item_id)
    # Sorted without the texts of the rows, of which all but a page would be carried along for nothing.
    some = select(ScoreReport.id).join(ScoreReport.person).where(*_wanted(context_id, wanted, states))
    some = some.order_by(*order).limit(count).offset(skip)
    query = _whole().where(ScoreReport.id.in_(some.subquery().select())).order_by(*order)
    return session.scalars(query).all()


def everything(
    session: Session, context_id: int, wanted: Filter, states: Sequence[States]
) -> Iterator[Sequence[ScoreReport]]:
    """All of the grades in the same order, a few people at a time."""
    numbers = [number for number, _name in people(session, context_id)]
    for start in range(0, len(numbers), PEOPLE_AT_ONCE):
        some = numbers[start : start + PEOPLE_AT_ONCE]
        query = _whole().where(*_wanted(context_id, wanted, states), ScoreReport.person_id.in_(some))
        yield session.scalars(query.order_by(Person.name, Person.id, ScoreReport.line_item_id)).all()
        session.expunge_all()


def by_day(
    session: Session, context_id: int, wanted: Filter, days: Mapping[date, datetime]
) -> Sequence[tuple[date, str, str, int]]:
    """How many grades that were made on each of some days are in which state and for what reason."""
    newest_first = sorted(days.items(), reverse=True)
    day = case(*((ScoreReport.timestamp >= begins, day.isoformat()) for day, begins in newest_first))
    of_late = ScoreReport.timestamp >= newest_first[-1][1]
    each = select(day.label("day"), ScoreReport.state, ScoreReport.reason)
    each_one = each.where(*_wanted(context_id, wanted, ()), of_late).subquery().c
    query = select(each_one.day, each_one.state, each_one.reason, func.count()).group_by(
        each_one.day, each_one.state, each_one.reason
    )
    found = session.execute(query)
    return [(date.fromisoformat(on), state, reason, amount) for on, state, reason, amount in found]


def report(session: Session, context_id: int, report_id: int) -> ScoreReport | None:
    """One grade of a course with its person and column."""
    query = _whole().where(LineItem.context_id == context_id, ScoreReport.id == report_id)
    return session.scalar(query)


def locked(session: Session, context_id: int, report_id: int) -> ScoreReport | None:
    """One grade of a course, locked."""
    query = select(ScoreReport).join(ScoreReport.line_item)
    query = query.where(LineItem.context_id == context_id, ScoreReport.id == report_id)
    query = query.with_for_update(key_share=True, of=ScoreReport)
    return session.scalar(query.execution_options(populate_existing=True))


def tries(session: Session, report_id: int, count: int) -> Sequence[ScoreDelivery]:
    """The newest tries to send a grade, newest first."""
    query = select(ScoreDelivery).where(ScoreDelivery.report_id == report_id)
    return session.scalars(query.order_by(ScoreDelivery.id.desc()).limit(count)).all()


def send_again(
    session: Session,
    context_id: int,
    wanted: Filter,
    states: Sequence[States],
    not_chosen: str,
    now: datetime,
) -> int:
    """Queue all of these that are in no worker's hands and whose column is wanted; how many."""
    query = update(ScoreReport).where(*_wanted(context_id, wanted, states), ScoreReport.reason != not_chosen)
    values = {"state": "queued", "reason": "", "tries": 0, "next_try_at": now}
    count = changed(session, query.values(**values))
    call_worker_from(session)
    return count


def keep_there(session: Session, context_id: int, wanted: Filter, there: States, kept: str) -> int:
    """Let stand what the LMS shows of all grades that were changed there; how many."""
    query = update(ScoreReport).where(*_wanted(context_id, wanted, (there,)))
    values = {"reason": kept, "overrule": False}
    return changed(session, query.values(**values))


def platform(session: Session, context_id: int) -> tuple[Platform, datetime | None]:
    """The LMS of a course, and when it was last read what it shows in some column."""
    read = select(func.max(Reading.read_at)).where(Reading.line_item_id.in_(_columns(context_id)))
    query = (
        select(Platform, read.scalar_subquery())
        .join(Platform.deployments)
        .join(Context, Context.deployment_id == Deployment.id)
        .where(Context.id == context_id)
    )
    row = session.execute(query).one()
    return row[0], row[1]


def name_by_sub(session: Session, context_id: int, sub: str) -> str:
    """The name of whom the LMS of a course knows under `sub`, "" of whom we do not know."""
    query = select(Person.name).join(Context, Context.deployment_id == Person.deployment_id)
    return session.scalar(query.where(Context.id == context_id, Person.sub == sub)) or ""


def _whole() -> Select[ScoreReport]:
    """Grades with all that a page shows of them, joined to their people and columns."""
    return (
        select(ScoreReport)
        .join(ScoreReport.person)
        .join(ScoreReport.line_item)
        .options(
            contains_eager(ScoreReport.person).load_only(Person.name),
            contains_eager(ScoreReport.line_item).load_only(LineItem.node),
        )
    )


def _columns(context_id: int, activity: str = "") -> Select[Any]:
    query = select(LineItem.id).where(LineItem.context_id == context_id)
    return query.where(LineItem.node == activity) if activity else query


def _wanted(context_id: int, wanted: Filter, states: Sequence[States]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        ScoreReport.line_item_id.in_(_columns(context_id, wanted.activity))
    ]
    if wanted.student:
        conditions.append(ScoreReport.person_id == wanted.student)
    if states:
        conditions.append(or_(*map(_in_states, states)))
    return conditions


def _in_states(wanted: States) -> ColumnElement[bool]:
    inside = ScoreReport.state.in_(wanted.states)
    if wanted.reason is None:
        return inside
    same = ScoreReport.reason != wanted.reason if wanted.other else ScoreReport.reason == wanted.reason
    return and_(inside, same)
