"""What the LMS shows of our grades, read back in the background, column by column."""

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lti_tool.domain import drift as rules
from lti_tool.domain.course import Course
from lti_tool.domain.drift import Shown
from lti_tool.errors import BadAnswer, OutboundError, Unreachable
from lti_tool.lti import ags, claims
from lti_tool.lti.http import Http
from lti_tool.lti.tokens import Token
from lti_tool.services import drift, passback, signals, tokens
from lti_tool.services.column_maker import Maker, Place
from lti_tool.services.roster import reason_of
from lti_tool.storage import delivery_queries, drift_queries, roster_queries
from lti_tool.storage.db import Engine, open_session, transaction
from lti_tool.storage.drift_queries import Seen

SOON = timedelta(minutes=10)
"""A column in which not everything is as it was sent is read again."""
EVERY = timedelta(hours=20)
GAP = timedelta(minutes=1)
"""Between two readings of one column, however many grades arrive there."""
RETRY = timedelta(minutes=30)
NO = frozenset({"scope", "refused", "gone", "address"})
"""Reasons that do not pass by themselves: such a column is tried no more often than others are read."""
IN_USE = timedelta(days=30)
"""A course nobody has opened for so long is left alone."""
CLAIM = timedelta(minutes=10)
"""Longer than reading and comparing a column takes; after it another worker takes over."""
EACH, ROUND, BATCH = 5, 20, 500
"""Columns of one platform and of all in a round; reports compared in one transaction."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Job:
    """A column to read, as claimed."""

    place: Place
    url: str
    asked_at: datetime
    until: datetime


def sweep(
    engine: Engine,
    http: Http,
    course: Course,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Read some of the columns that are due, a few of every platform; returns how many. `stopping` is asked before
    each. A platform that does not answer is left alone for a while, with all its columns."""
    with open_session(engine, writes=False) as session:
        found = drift_queries.due(session, clock(), EACH, ROUND)
    done, silent = 0, set[int]()
    maker = Maker(engine, http, course, clock)
    for column in found:
        if stopping():
            break
        if column.platform_id in silent:
            continue
        job = _claim(engine, column.line_item_id, clock())
        if job is None:
            continue
        done += 1
        if not _sweep_one(maker, job):
            silent.add(column.platform_id)
    return done


def _sweep_one(maker: Maker, job: _Job) -> bool:
    """Read a column; False when the LMS did not answer. No transaction is open while it is asked."""
    try:
        _read(maker, job)
    except OutboundError as error:
        reason = reason_of(error)
        usual = EVERY if reason in NO else RETRY
        wait = max(usual, timedelta(seconds=error.exchange.retry_after or 0))
        _failed(maker.engine, job, reason, wait)
        silent = isinstance(error, Unreachable) or reason in {"unreachable", "token"}
        if silent:
            with transaction(maker.engine) as session:
                drift_queries.postpone(session, job.place.platform_id, job.asked_at, job.asked_at + wait)
        return not silent
    except Exception:
        # A mistake of ours with one column must not keep the others from being read.
        log.exception("column %s could not be compared", job.place.line_item_id)
        _failed(maker.engine, job, "fault", RETRY)
    return True


def _claim(engine: Engine, line_item_id: int, now: datetime) -> _Job | None:
    with transaction(engine) as session:
        if not drift_queries.claim(session, line_item_id, now, now + CLAIM):
            return None
        column = drift_queries.column(session, line_item_id)
        context = column.context
        scopes = frozenset(context.scopes)
        platform_id = context.deployment.platform_id
        place = Place(line_item_id, platform_id, column.node, context.lineitems_url, scopes, column.language)
        used = roster_queries.launched_since(session, context.id, now - IN_USE)
        if used and claims.SCOPE_RESULT in scopes and column.url:
            return _Job(place, column.url, now, now + CLAIM)
        drift_queries.look_later(session, line_item_id, now, now + EVERY)
        reason = "unused" if not used else "scope"
        drift_queries.settle(session, line_item_id, now + CLAIM, reason=reason, due_at=now + EVERY)
        return None


def _read(maker: Maker, job: _Job) -> None:
    def call(token: Token) -> dict[str, dict[str, Any]]:
        return ags.list_results(maker.http, token, job.url)

    place = job.place
    try:
        scopes = tokens.of_grades(place.scopes)
        found = tokens.ask(maker.engine, maker.http, place.platform_id, scopes, job.asked_at, call)
    except BadAnswer as error:
        if error.exchange.status != 404 or not _gone(maker, job):
            raise
        return
    unsettled = _compare(maker.engine, job, found)
    pause = SOON if unsettled else EVERY * (1 + random.random() / 5)  # noqa: S311 - spreads load
    values = {"due_at": job.asked_at + pause, "rest_until": job.asked_at + GAP}
    with transaction(maker.engine) as session:
        drift_queries.settle(
            session, place.line_item_id, job.until, read_at=job.asked_at, reason="", **values
        )


def _gone(maker: Maker, job: _Job) -> bool:
    """The LMS has no such column: it is found elsewhere, or its grades wait for a person. False: it may be there."""
    place, now = job.place, job.asked_at
    found = maker.find(place)
    if found and found != job.url:
        with transaction(maker.engine) as session:
            if delivery_queries.keep_column(session, place.line_item_id, job.url, found):
                passback.follow(session, place.line_item_id, 0, now)
    elif found or maker.has(place, job.url):
        return False
    else:
        with transaction(maker.engine) as session:
            for row in drift_queries.received(session, place.line_item_id):
                row.state, row.reason = "held", "column-gone"
    _failed(maker.engine, job, "gone", EVERY)
    return True


def _compare(engine: Engine, job: _Job, found: Mapping[str, Mapping[str, Any]]) -> bool:
    """Compare every report of a column with its result; whether some became other than they were sent."""
    after, unsettled = 0, False
    while True:
        with transaction(engine) as session:
            batch = drift_queries.seen(session, job.place.line_item_id, job.asked_at, after, BATCH)
            for one in batch:
                unsettled |= _compared(one, rules.read(found.get(one.sub)), job.asked_at)
        if len(batch) < BATCH:
            return unsettled
        after = batch[-1].report.id


def _compared(one: Seen, shown: Shown, now: datetime) -> bool:
    row = one.report
    before = rules.Report(
        row.state,
        row.reason,
        row.percent,
        row.comment,
        row.delivered_at or now,
        row.overrule,
        row.shown,
        row.shown_words,
        one.left,
    )
    state, reason = rules.judge(before, shown, now)
    values = drift.columns(shown)
    if row.shown_at is None or (row.shown, row.shown_words) != (values["shown"], values["shown_words"]):
        row.shown_at = now
    for name, value in values.items():
        setattr(row, name, value)
    row.state, row.reason = state, reason
    if (state, reason) != (before.state, before.reason):
        signals.found(row)
    if state == "confirmed":
        row.overrule, row.overtaken = False, []
    elif state == "queued":
        passback.requeue(row, now)
    elif state == "delivered":
        row.next_try_at = now + SOON
    return state == "delivered" or (state != "confirmed" and (state, reason) != (before.state, before.reason))


def _failed(engine: Engine, job: _Job, reason: str, wait: timedelta) -> None:
    later = job.asked_at + wait
    with transaction(engine) as session:
        drift_queries.look_later(session, job.place.line_item_id, job.asked_at, later)
        values = {"reason": reason, "due_at": later, "rest_until": later}
        drift_queries.settle(session, job.place.line_item_id, job.until, **values)
