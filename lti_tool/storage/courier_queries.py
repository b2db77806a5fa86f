"""Queries of the courier: who sends to which platform, what is due, claims, and what came of them.

They are statements on tables: ten thousand scores are not to become ten thousand objects.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.storage.db import Base
from lti_tool.storage.people import Context, Person
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.scores import LineItem, ScoreDelivery, ScoreReport

_REPORT, _TRY, _PLATFORM = (
    Base.metadata.tables[kind.__tablename__] for kind in (ScoreReport, ScoreDelivery, Platform)
)


def _is_due(now: Any) -> Any:
    unclaimed = or_(ScoreReport.claimed_until.is_(None), ScoreReport.claimed_until < now)
    return ScoreReport.state.in_(("queued", "sending")) & (ScoreReport.next_try_at <= now) & unclaimed


# Put together once: that costs more than the answer.
_IDS: Any = bindparam("ids", expanding=True)
_CLAIM = (
    select(
        ScoreReport.id.label("report_id"),
        ScoreReport.line_item_id,
        ScoreReport.percent,
        ScoreReport.comment,
        ScoreReport.submitted_at,
        ScoreReport.timestamp,
        ScoreReport.delivered_at,
        ScoreReport.origin,
        ScoreReport.overtaken,
        ScoreReport.overrule,
        ScoreReport.shown,
        ScoreReport.shown_words,
        ScoreReport.shown_at,
        Person.sub,
        LineItem.node,
        LineItem.url,
        LineItem.language,
        Context.lineitems_url,
        Context.scopes,
        Deployment.platform_id,
    )
    .join(ScoreReport.person)
    .join(ScoreReport.line_item)
    .join(LineItem.context)
    .join(Context.deployment)
    .where(ScoreReport.id.in_(_IDS), _is_due(bindparam("now")))
    .order_by(ScoreReport.id)
    .with_for_update(skip_locked=True, key_share=True, of=ScoreReport)
)
_DESTINATIONS = (
    select(LineItem.id, LineItem.url, Context.lineitems_url, Context.scopes)
    .join(LineItem.context)
    .where(LineItem.id.in_(_IDS))
    .order_by(LineItem.id)
    .with_for_update(read=True, of=(LineItem, Context))
)
_STANDING = (
    select(
        ScoreReport.id,
        ScoreReport.state,
        ScoreReport.reason,
        ScoreReport.tries,
        ScoreReport.next_try_at,
        ScoreReport.claimed_until,
        ScoreReport.timestamp,
        ScoreReport.delivered_at,
    )
    .where(ScoreReport.id.in_(_IDS))
    .order_by(ScoreReport.id)
    .with_for_update(key_share=True)
)
_MARK = update(_REPORT).where(_REPORT.c.id.in_(_IDS))
_SETTLED = ("state", "reason", "tries", "next_try_at", "claimed_until", "timestamp", "delivered_at")
_SETTLE = (
    update(_REPORT)
    .where(_REPORT.c.id == bindparam("new_report_id"))
    .values({name: bindparam(f"new_{name}") for name in _SETTLED})
)
_KEEP = insert(_TRY)


@dataclass(frozen=True)
class Post:
    """A platform as its one sender found it."""

    platform_id: int
    failures: int
    quiet_until: datetime | None
    clock_ahead: int


@dataclass(frozen=True)
class Due:
    """A report that is due, and of which course."""

    platform_id: int
    context_id: int
    report_id: int


@dataclass(frozen=True)
class Standing:
    """A report as it is when the outcome of its delivery is written down."""

    report_id: int
    state: str
    reason: str
    tries: int
    next_try_at: datetime
    claimed_until: datetime | None
    timestamp: datetime
    delivered_at: datetime | None


def open_platforms(session: Session, sender: str, now: datetime) -> list[Any]:
    """(id, whether it is another's no more) of the platforms that `sender` may send to.

    That is not to those that are switched off, have to be left alone for a while, or are served by another worker.
    """
    orphaned = Platform.sender.not_in(("", sender))
    query = select(Platform.id, orphaned.label("orphaned")).where(
        Platform.disabled_at.is_(None),
        or_(Platform.quiet_until.is_(None), Platform.quiet_until <= now),
        _free(sender, now),
    )
    return list(session.execute(query))


def due(session: Session, platform_ids: Sequence[int], now: datetime, limit: int) -> list[Due]:
    """What is due, at most `limit` of each course: first what was not tried yet, then what waits longest."""
    turn = func.row_number().over(
        partition_by=LineItem.context_id,
        order_by=(ScoreReport.tries, ScoreReport.next_try_at, ScoreReport.id),
    )
    waiting = (
        select(
            Deployment.platform_id,
            LineItem.context_id,
            ScoreReport.id.label("report_id"),
            ScoreReport.next_try_at,
            turn.label("turn"),
        )
        .join(ScoreReport.line_item)
        .join(LineItem.context)
        .join(Context.deployment)
        .where(_is_due(now), Deployment.platform_id.in_(platform_ids))
        .subquery()
    )
    query = select(waiting.c.platform_id, waiting.c.context_id, waiting.c.report_id)
    query = query.where(waiting.c.turn <= limit).order_by(waiting.c.turn, waiting.c.next_try_at)
    return [Due(*row) for row in session.execute(query)]


def take_posts(
    session: Session, sender: str, platform_ids: Sequence[int], now: datetime, until: datetime
) -> list[Post]:
    """Become, or stay, the one that sends to these platforms until `until`; those that we got.

    What a sender before us claimed and did not finish in its time is free at once.
    """
    query = select(
        Platform.id, Platform.sender, Platform.failures, Platform.quiet_until, Platform.clock_ahead
    ).where(Platform.id.in_(platform_ids), Platform.disabled_at.is_(None), _free(sender, now))
    rows = session.execute(
        query.order_by(Platform.id).with_for_update(skip_locked=True, key_share=True)
    ).all()
    ids = [row.id for row in rows]
    session.execute(
        update(_PLATFORM).where(_PLATFORM.c.id.in_(ids)).values(sender=sender, sender_until=until)
    )
    orphaned = [row.id for row in rows if row.sender not in {"", sender}]
    if orphaned:
        columns = select(LineItem.id).join(LineItem.context).join(Context.deployment)
        columns = columns.where(Deployment.platform_id.in_(orphaned))
        left = _REPORT.c.line_item_id.in_(columns) & (_REPORT.c.state == "sending")
        session.execute(update(_REPORT).where(left).values(state="queued", claimed_until=None))
    return [Post(row.id, row.failures, row.quiet_until, row.clock_ahead) for row in rows]


def leave_posts(session: Session, sender: str) -> None:
    """Let others send to the platforms that were ours."""
    mine = _PLATFORM.c.sender == sender
    session.execute(update(_PLATFORM).where(mine).values(sender="", sender_until=None))


def note_health(session: Session, post: Post) -> None:
    """Keep what is known of a platform's services."""
    values = {
        "failures": post.failures,
        "quiet_until": post.quiet_until,
        "clock_ahead": post.clock_ahead,
    }
    session.execute(update(_PLATFORM).where(_PLATFORM.c.id == post.platform_id).values(**values))


def claim(session: Session, ids: Sequence[int], now: datetime, until: datetime) -> list[Any]:
    """Those of the reports that are still due, marked `sending` until `until`, with all that is needed to send them.

    Two workers never get the same row: PostgreSQL skips rows that another has locked, SQLite lets one writer in.
    A row whose worker died is due again when its claim has run out.
    """
    found = session.connection().execute(_CLAIM, {"ids": ids, "now": now})
    rows = list(found)
    _mark(session, [row.report_id for row in rows], None, state="sending", claimed_until=until)
    return rows


def release(session: Session, ids: Sequence[int], held: datetime) -> None:
    """Give back what was claimed until `held` and not tried."""
    _mark(session, ids, held, state="queued", claimed_until=None)


def newest_stamps(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """The newest timestamp of each report that the LMS has, may have, or called late."""
    status = ScoreDelivery.status
    arrived = or_(ScoreDelivery.outcome == "delivered", status.is_(None), status == 409, status >= 500)
    query = select(ScoreDelivery.report_id, func.max(ScoreDelivery.timestamp)).where(
        ScoreDelivery.report_id.in_(ids), arrived
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(ScoreDelivery.report_id))}


def stamp(session: Session, stamps: Mapping[int, datetime]) -> None:
    """Give reports another timestamp."""
    rows = [{"number": number, "stamp": stamp} for number, stamp in stamps.items()]
    if rows:
        query = update(_REPORT).where(_REPORT.c.id == bindparam("number"))
        session.connection().execute(query.values(timestamp=bindparam("stamp")), rows)


def destinations(
    session: Session, line_item_ids: Iterable[int]
) -> dict[int, tuple[str, str, frozenset[str]]]:
    """Where scores of columns go now: each one's address, that of all columns, the scopes. A launch that is just
    changing them is waited for."""
    found = session.connection().execute(_DESTINATIONS, {"ids": sorted(set(line_item_ids))})
    return {number: (url, lineitems_url, frozenset(scopes)) for number, url, lineitems_url, scopes in found}


def standing(session: Session, ids: Iterable[int]) -> dict[int, Standing]:
    """Reports as they are now, locked for writing their outcomes."""
    found = session.connection().execute(_STANDING, {"ids": sorted(ids)})
    return {row.id: Standing(*row) for row in found}


def newest_statuses(session: Session, report_id: int, limit: int) -> list[int | None]:
    """What the LMS answered to the last tries, newest first."""
    query = select(ScoreDelivery.status).where(ScoreDelivery.report_id == report_id)
    return list(session.scalars(query.order_by(ScoreDelivery.id.desc()).limit(limit)))


def keep_tries(session: Session, tries: Sequence[Mapping[str, object]]) -> None:
    """Add to the history."""
    if tries:
        session.connection().execute(_KEEP, tries)


def settle(session: Session, changes: Sequence[Mapping[str, object]]) -> None:
    """Write into reports: each change is a `Standing` as a mapping."""
    if changes:
        rows = [{f"new_{name}": value for name, value in change.items()} for change in changes]
        session.connection().execute(_SETTLE, rows)


def _free(sender: str, now: datetime) -> Any:
    return or_(Platform.sender.in_(("", sender)), Platform.sender_until < now)


def _mark(session: Session, ids: Sequence[int], held: datetime | None, **values: object) -> None:
    if ids:
        query = _MARK if held is None else _MARK.where(_REPORT.c.claimed_until == held)
        session.connection().execute(query.values(**values), {"ids": ids})
