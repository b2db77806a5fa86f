"""Queries of the courier: claims, what is needed to send a score, and what came of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload

from lti_tool.storage.people import Context
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.scores import AccessToken, LineItem, ScoreDelivery, ScoreReport
from lti_tool.storage.work_queries import insert_once


def claim_due(session: Session, now: datetime, until: datetime, limit: int) -> list[int]:
    """Ids of reports that are due, marked `sending` for this worker until `until`.

    Two workers never get the same row: PostgreSQL skips rows that another has locked, SQLite lets one writer in.
    A row whose worker died is due again when its claim has run out. Nothing is sent to platforms that are
    switched off or have to be left alone for a while.
    """
    query = (
        select(ScoreReport.id)
        .join(ScoreReport.line_item)
        .join(LineItem.context)
        .join(Context.deployment)
        .join(Deployment.platform)
        .where(
            ScoreReport.state.in_(("queued", "sending")),
            ScoreReport.next_try_at <= now,
            or_(ScoreReport.claimed_until.is_(None), ScoreReport.claimed_until < now),
            Platform.disabled_at.is_(None),
            or_(Platform.quiet_until.is_(None), Platform.quiet_until <= now),
        )
        .order_by(ScoreReport.next_try_at, ScoreReport.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=ScoreReport)
    )
    ids = list(session.scalars(query))
    _mark(session, ids, None, state="sending", claimed_until=until)
    return ids


def renew_claim(session: Session, report_id: int, held: datetime, until: datetime) -> bool:
    """Claim a report for longer; False when the claim until `held` has passed to another worker."""
    return _mark(session, [report_id], held, state="sending", claimed_until=until) == 1


def release(session: Session, ids: Sequence[int], held: datetime) -> None:
    """Give back what was claimed until `held` and not tried."""
    _mark(session, ids, held, state="queued", claimed_until=None)


def _mark(session: Session, ids: Sequence[int], held: datetime | None, **values: object) -> int:
    query = update(ScoreReport).where(ScoreReport.id.in_(ids))
    if held is not None:
        query = query.where(ScoreReport.claimed_until == held)
    done = session.execute(query.values(**values).execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


def report_to_send(session: Session, report_id: int) -> ScoreReport:
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
    return session.scalars(query).one()


def locked_report(session: Session, report_id: int) -> ScoreReport | None:
    """A report as it is now, locked for writing its outcome."""
    query = select(ScoreReport).where(ScoreReport.id == report_id).with_for_update(key_share=True)
    return session.scalar(query.execution_options(populate_existing=True))


def destination(session: Session, line_item_id: int) -> tuple[str, str, frozenset[str]]:
    """Where scores of a column go now: its address, that of all columns, the scopes. A launch that is just
    changing them is waited for."""
    query = (
        select(LineItem.url, Context.lineitems_url, Context.scopes)
        .join(LineItem.context)
        .where(LineItem.id == line_item_id)
        .with_for_update(read=True, of=(LineItem, Context))
    )
    url, lineitems_url, scopes = session.execute(query).one()
    return url, lineitems_url, frozenset(scopes)


def newest_statuses(session: Session, report_id: int, limit: int) -> list[int | None]:
    """What the LMS answered to the last tries, newest first."""
    query = select(ScoreDelivery.status).where(ScoreDelivery.report_id == report_id)
    return list(session.scalars(query.order_by(ScoreDelivery.id.desc()).limit(limit)))


def claim_column(session: Session, line_item_id: int, now: datetime, until: datetime) -> bool:
    """Whether we may look for a column whose address is not known, and make it. One worker at a time may."""
    query = update(LineItem).where(
        LineItem.id == line_item_id,
        LineItem.url == "",
        or_(LineItem.making_until.is_(None), LineItem.making_until < now),
    )
    done = session.execute(query.values(making_until=until).execution_options(synchronize_session=False))
    return int(done.rowcount) == 1  # type: ignore[attr-defined]


def release_column(session: Session, line_item_id: int) -> None:
    """The column could not be found or made: another worker may try."""
    session.execute(update(LineItem).where(LineItem.id == line_item_id).values(making_until=None))


def keep_column(session: Session, line_item_id: int, known: str, url: str) -> bool:
    """Remember the address of a column we found or made in place of `known`; False when a launch was faster."""
    query = update(LineItem).where(LineItem.id == line_item_id, LineItem.url == known)
    values = {"url": url, "from_launch": False, "making_until": None}
    done = session.execute(query.values(**values).execution_options(synchronize_session=False))
    return int(done.rowcount) == 1  # type: ignore[attr-defined]


def column_url(session: Session, line_item_id: int) -> str:
    """The address of a column, "" while it is not known."""
    return session.scalars(select(LineItem.url).where(LineItem.id == line_item_id)).one()


def token(session: Session, platform_id: int, scopes: str, now: datetime) -> AccessToken | None:
    """A token that is still good."""
    query = select(AccessToken).where(
        AccessToken.platform_id == platform_id, AccessToken.scopes == scopes, AccessToken.expires_at > now
    )
    return session.scalar(query)


def keep_token(session: Session, row: AccessToken) -> None:
    """Keep a token in place of the one before. When two workers fetched one each, either will do."""
    query = update(AccessToken).where(
        AccessToken.platform_id == row.platform_id, AccessToken.scopes == row.scopes
    )
    values = {"token": row.token, "granted": row.granted, "expires_at": row.expires_at}
    done = session.execute(query.values(**values).execution_options(synchronize_session=False))
    if not done.rowcount:  # type: ignore[attr-defined]
        insert_once(session, row)


def platform(session: Session, platform_id: int) -> Platform:
    """A platform by our own id."""
    return session.get_one(Platform, platform_id)


def locked_platform(session: Session, platform_id: int) -> Platform:
    """A platform as it is now, locked for counting its failures."""
    query = select(Platform).where(Platform.id == platform_id).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()
