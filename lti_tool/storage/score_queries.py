"""Queries on line items, score reports and their deliveries."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from lti_tool.storage.people import Context, Person
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.scores import AccessToken, LineItem, ScoreDelivery, ScoreReport


def line_item(session: Session, context_id: int, node: str) -> LineItem | None:
    """The line item of a node in a context, if we have one."""
    return session.scalar(select(LineItem).where(LineItem.context_id == context_id, LineItem.node == node))


def report_of(session: Session, line_item_id: int, person_id: int) -> ScoreReport | None:
    """The report of a person in a column, locked against a worker that is recording its delivery."""
    query = select(ScoreReport).where(
        ScoreReport.line_item_id == line_item_id, ScoreReport.person_id == person_id
    )
    return session.scalar(query.with_for_update())


def reports_of_person(session: Session, person_id: int, context_id: int) -> Sequence[ScoreReport]:
    """All reports of one person in one context, with their line items."""
    query = (
        select(ScoreReport)
        .join(ScoreReport.line_item)
        .options(contains_eager(ScoreReport.line_item))
        .where(ScoreReport.person_id == person_id, LineItem.context_id == context_id)
    )
    return session.scalars(query).all()


def reports_of_context(session: Session, context_id: int) -> Sequence[tuple[ScoreReport, str]]:
    """All reports of a context with the LMS's newest answer to each, people in name order."""
    newest = (
        select(ScoreDelivery.answer)
        .where(ScoreDelivery.report_id == ScoreReport.id)
        .order_by(ScoreDelivery.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(ScoreReport, newest)
        .join(ScoreReport.line_item)
        .join(ScoreReport.person)
        .options(contains_eager(ScoreReport.line_item), contains_eager(ScoreReport.person))
        .where(LineItem.context_id == context_id)
        .order_by(Person.name, Person.id, LineItem.node)
    )
    return [(report, answer or "") for report, answer in session.execute(query)]


def claim_due(session: Session, now: datetime, until: datetime, limit: int) -> list[int]:
    """Ids of reports that are due, marked `sending` for this worker until `until`.

    Two workers never get the same row: PostgreSQL skips rows that another has locked, SQLite lets one writer in.
    A row whose worker died is due again when its claim has run out.
    """
    query = (
        select(ScoreReport.id)
        .where(
            ScoreReport.state.in_(("queued", "sending")),
            ScoreReport.next_try_at <= now,
            or_(ScoreReport.claimed_until.is_(None), ScoreReport.claimed_until < now),
        )
        .order_by(ScoreReport.next_try_at, ScoreReport.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(query))
    session.execute(
        update(ScoreReport)
        .where(ScoreReport.id.in_(ids))
        .values(state="sending", claimed_until=until)
        .execution_options(synchronize_session=False)
    )
    return ids


def report_to_send(session: Session, report_id: int) -> ScoreReport | None:
    """A report with everything needed to send it."""
    query = (
        select(ScoreReport)
        .options(
            joinedload(ScoreReport.person),
            joinedload(ScoreReport.line_item)
            .joinedload(LineItem.context)
            .joinedload(Context.deployment)
            .joinedload(Deployment.platform),
        )
        .where(ScoreReport.id == report_id)
    )
    return session.scalar(query)


def locked_report(session: Session, report_id: int) -> ScoreReport | None:
    """A report as it is now, locked for writing its outcome."""
    query = select(ScoreReport).where(ScoreReport.id == report_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def held_in_context(session: Session, context_id: int, reasons: Sequence[str]) -> Sequence[ScoreReport]:
    """Reports of a context held for one of `reasons`."""
    query = (
        select(ScoreReport)
        .join(ScoreReport.line_item)
        .where(
            LineItem.context_id == context_id, ScoreReport.state == "held", ScoreReport.reason.in_(reasons)
        )
    )
    return session.scalars(query).all()


def token(session: Session, platform_id: int, scopes: str, now: datetime) -> AccessToken | None:
    """A token that is still good."""
    query = select(AccessToken).where(
        AccessToken.platform_id == platform_id, AccessToken.scopes == scopes, AccessToken.expires_at > now
    )
    return session.scalar(query)


def platform(session: Session, platform_id: int) -> Platform:
    """A platform by our own id."""
    return session.get_one(Platform, platform_id)
