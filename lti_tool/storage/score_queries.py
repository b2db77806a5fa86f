"""Queries on line items and the scores we want the LMS to show."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from lti_tool.storage.people import Context, Membership
from lti_tool.storage.platforms import Deployment
from lti_tool.storage.scores import LineItem, ScoreDelivery, ScoreReport

# The course home asks it at every look; putting it together would cost more than the answer.
_REPORTS_OF_PERSON = (
    select(ScoreReport)
    .join(ScoreReport.line_item)
    .options(contains_eager(ScoreReport.line_item))
    .where(ScoreReport.person_id == bindparam("person"), LineItem.context_id == bindparam("context"))
)


def line_item(session: Session, context_id: int, node: str) -> LineItem | None:
    """The line item of a node in a context, if we have one."""
    return session.scalar(select(LineItem).where(LineItem.context_id == context_id, LineItem.node == node))


def hold_person(session: Session, person_id: int, context_id: int) -> None:
    """Make others who report on this person in this context wait for our commit, and see what it held."""
    query = select(Membership.role).where(
        Membership.person_id == person_id, Membership.context_id == context_id
    )
    session.scalar(query.with_for_update(key_share=True))


def report_of(session: Session, line_item_id: int, person_id: int) -> ScoreReport | None:
    """The report of a person in a column, locked against a worker that is recording its delivery."""
    query = select(ScoreReport).where(
        ScoreReport.line_item_id == line_item_id, ScoreReport.person_id == person_id
    )
    return session.scalar(query.with_for_update(key_share=True).execution_options(populate_existing=True))


def reports_of_person(session: Session, person_id: int, context_id: int) -> Sequence[ScoreReport]:
    """All reports of one person in one context, with their line items."""
    return session.scalars(_REPORTS_OF_PERSON, {"person": person_id, "context": context_id}).all()


def graded_people(session: Session, context_id: int) -> Sequence[int]:
    """Ids of all people with a grade in the context."""
    query = select(ScoreReport.person_id).join(ScoreReport.line_item).where(LineItem.context_id == context_id)
    return session.scalars(query.distinct().order_by(ScoreReport.person_id)).all()


def line_items(session: Session, context_id: int) -> Sequence[LineItem]:
    """Every column of a context that we know or want."""
    return session.scalars(select(LineItem).where(LineItem.context_id == context_id)).all()


def reports_of_columns(session: Session, line_item_ids: Sequence[int]) -> Sequence[ScoreReport]:
    """All reports of some columns, locked."""
    query = select(ScoreReport).where(ScoreReport.line_item_id.in_(line_item_ids)).order_by(ScoreReport.id)
    return session.scalars(query.with_for_update(key_share=True)).all()


def others_of_column(session: Session, line_item_id: int, report_id: int) -> Sequence[ScoreReport]:
    """The settled reports of a column besides one, locked; those that are locked already are left out."""
    query = select(ScoreReport).where(
        ScoreReport.line_item_id == line_item_id,
        ScoreReport.id != report_id,
        ScoreReport.state.in_(("delivered", "confirmed", "held")),
    )
    locked = query.order_by(ScoreReport.id).with_for_update(skip_locked=True, key_share=True)
    return session.scalars(locked.execution_options(populate_existing=True)).all()


def unsettled_in_context(
    session: Session, context_id: int, reasons: Sequence[str], moved: Sequence[int]
) -> Sequence[ScoreReport]:
    """Reports of a context that are held for one of `reasons`, and all of the columns `moved`.

    Locked. Those that somebody else has locked are left out: whoever records a delivery or a new grade looks
    at the addresses once more.
    """
    query = (
        select(ScoreReport)
        .join(ScoreReport.line_item)
        .where(
            LineItem.context_id == context_id,
            or_(
                and_(ScoreReport.state == "held", ScoreReport.reason.in_(reasons)),
                LineItem.id.in_(moved),
            ),
        )
        .order_by(ScoreReport.id)
        .with_for_update(skip_locked=True, key_share=True, of=ScoreReport)
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).all()


def column_is_gone(session: Session, line_item_id: int) -> bool:
    """Whether the LMS said of a column that it has it no longer."""
    query = select(ScoreReport.id).where(
        ScoreReport.line_item_id == line_item_id,
        ScoreReport.state == "held",
        ScoreReport.reason == "column-gone",
    )
    return session.scalar(query.limit(1)) is not None


def reports(session: Session, ids: Sequence[int] | None) -> Sequence[ScoreReport]:
    """The reports of these numbers; all that are held when None. Locked, with their platforms."""
    query = _with_platform(select(ScoreReport)).options(
        contains_eager(ScoreReport.line_item)
        .contains_eager(LineItem.context)
        .contains_eager(Context.deployment)
        .contains_eager(Deployment.platform)
    )
    query = query.where(ScoreReport.state == "held" if ids is None else ScoreReport.id.in_(ids))
    query = query.order_by(ScoreReport.id).with_for_update(key_share=True, of=ScoreReport)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def newest_answers(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """What the LMS said last, by report."""
    newest = select(func.max(ScoreDelivery.id)).where(ScoreDelivery.report_id.in_(ids))
    query = select(ScoreDelivery.report_id, ScoreDelivery.answer).where(
        ScoreDelivery.id.in_(newest.group_by(ScoreDelivery.report_id))
    )
    return {row.report_id: row.answer for row in session.execute(query)}


def _with_platform(query: Any) -> Any:
    return (
        query.select_from(ScoreReport)
        .join(ScoreReport.line_item)
        .join(LineItem.context)
        .join(Context.deployment)
        .join(Deployment.platform)
    )
