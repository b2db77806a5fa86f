"""Sending the scores that are due: claim rows, ask the LMS with no transaction open, record what it said."""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

from lti_tool import tracing
from lti_tool.domain import delivery as rules
from lti_tool.domain.course import Course
from lti_tool.domain.delivery import Verdict
from lti_tool.lti.http import Http
from lti_tool.services import drift, passback, signals
from lti_tool.services.column_maker import CLAIM
from lti_tool.services.passback import CURABLE, requeue
from lti_tool.services.postman import Job, Postman, Result
from lti_tool.storage import delivery_queries
from lti_tool.storage.db import Engine, Session, transaction
from lti_tool.storage.scores import ScoreDelivery, ScoreReport

BATCH = 50

log = logging.getLogger(__name__)


def _never() -> bool:
    return False


@dataclass
class Courier:
    """Sends what is due, one score after the other. `stopping` is asked before each."""

    engine: Engine
    http: Http
    course: Course
    clock: Callable[[], datetime]
    stopping: Callable[[], bool] = _never

    def send_due(self) -> int:
        """One round; returns how many scores were tried."""
        until = self.clock() + CLAIM
        with transaction(self.engine) as session:
            ids = delivery_queries.claim_due(session, self.clock(), until, BATCH)
        postman, tried = Postman(self.engine, self.http, self.course, self.clock), 0
        for report_id in ids:
            if self.stopping():
                break
            job = self._take(report_id, until)
            if job is not None:
                self._deliver(postman, job)
                tried += 1
        if tried < len(ids):
            with transaction(self.engine) as session:
                delivery_queries.release(session, ids, until)
        return tried

    def _take(self, report_id: int, held: datetime) -> Job | None:
        """Claim a report anew, just before it is sent; None when it passed to another or must wait after all."""
        now = self.clock()
        with transaction(self.engine) as session:
            if not delivery_queries.renew_claim(session, report_id, held, now + CLAIM):
                return None
            row = delivery_queries.report_to_send(session, report_id)
            platform = row.line_item.context.deployment.platform
            if platform.disabled_at or (platform.quiet_until and platform.quiet_until > now):
                delivery_queries.release(session, [report_id], now + CLAIM)
                return None
            return _job(row, now + CLAIM)

    def _deliver(self, postman: Postman, job: Job) -> None:
        began = perf_counter()
        try:
            with tracing.following(job.origin):
                result = postman.deliver(job)
        except Exception as error:
            # A mistake of ours with one score must not keep all the others from being sent.
            log.exception("score report %s could not be sent", job.report_id)
            result = Result(Verdict("retry", "fault"), answer=type(error).__name__)
        _tell(job, result, perf_counter() - began, self.clock())
        with transaction(self.engine) as session:
            _record(session, job, result, self.clock())
            if job.url and result.url not in {"", job.url}:
                passback.follow(session, job.line_item_id, job.report_id, self.clock())
            if result.verdict != Verdict("retry", "fault"):
                _note_health(session, job.platform_id, result, self.clock())


def _tell(job: Job, result: Result, seconds: float, now: datetime) -> None:
    with tracing.following(job.origin):
        signals.tried(job.report_id, job.platform_id, result.verdict, result.status, seconds)
    if result.verdict.outcome == "delivered":
        signals.arrived(job.platform_id, job.timestamp, now)


def _job(row: ScoreReport, claim: datetime) -> Job:
    context = row.line_item.context
    return Job(
        report_id=row.id,
        claim=claim,
        platform_id=context.deployment.platform_id,
        line_item_id=row.line_item_id,
        node=row.line_item.node,
        url=row.line_item.url,
        lineitems_url=context.lineitems_url,
        scopes=frozenset(context.scopes),
        sub=row.person.sub,
        percent=row.percent,
        comment=row.comment,
        submitted_at=row.submitted_at,
        timestamp=row.timestamp,
        language=row.line_item.language,
        origin=row.origin,
        **drift.told(row, context.scopes),
    )


def _record(session: Session, job: Job, result: Result, now: datetime) -> None:
    """Write the outcome - of what was sent, which a newer wish may have overtaken meanwhile."""
    row = delivery_queries.locked_report(session, job.report_id)
    if row is None:
        return
    if result.verdict.outcome != "later":
        session.add(_delivery(job, result, now))
        session.flush()
    if row.claimed_until != job.claim:
        return  # it took so long that another worker took over
    row.claimed_until = None
    if row.timestamp != job.timestamp:
        return  # a newer grade waits in the same row and is queued already
    if _moved(session, job, result):
        requeue(row, now)
    else:
        _settle(session, row, result, now)
        if result.shown is not None:
            drift.found(session, row.id, result.shown, now)


def _delivery(job: Job, result: Result, now: datetime) -> ScoreDelivery:
    outcome = result.verdict.outcome
    return ScoreDelivery(
        report_id=job.report_id,
        at=now,
        percent=job.percent,
        timestamp=job.timestamp,
        outcome="retry" if outcome == "restamp" else outcome,
        status=result.status,
        answer=result.answer.replace("\0", "")[:500],
    )


def _moved(session: Session, job: Job, result: Result) -> bool:
    """Whether a launch gave the column another address, or brought what was missing, while we were sending."""
    url, lineitems_url, scopes = delivery_queries.destination(session, job.line_item_id)
    if url != (result.url or job.url):
        return True
    return result.verdict.reason in CURABLE and (lineitems_url, scopes) != (job.lineitems_url, job.scopes)


def _settle(session: Session, row: ScoreReport, result: Result, now: datetime) -> None:
    outcome = result.verdict.outcome
    if outcome == "later":
        row.state, row.next_try_at = "queued", now + timedelta(seconds=rules.FIRST_WAIT)
        return
    row.reason = result.verdict.reason if outcome in {"held", "not_applicable"} else ""
    row.tries += 1
    if outcome == "restamp" and row.tries >= rules.MOST_RESTAMPS:
        statuses = delivery_queries.newest_statuses(session, row.id, rules.MOST_RESTAMPS)
        if rules.hopeless(statuses):
            row.state, row.reason = "held", "conflict"
            return
    if outcome in {"restamp", "retry"}:
        if outcome == "restamp":
            row.timestamp = max(now.replace(microsecond=0), row.timestamp + timedelta(seconds=1))
        row.state = "queued"
        row.next_try_at = now + timedelta(
            seconds=rules.wait(row.tries - 1, result.retry_after, random.random())  # noqa: S311 - spreads load
        )
    else:
        row.state = outcome
        if outcome == "delivered":
            row.delivered_at, row.next_try_at = now, now + drift.AFTER


def _note_health(session: Session, platform_id: int, result: Result, now: datetime) -> None:
    """Count the failures of a platform in a row; after some of them it is left alone for a while."""
    failed = result.verdict.outcome == "retry"
    if not failed and result.status is None:
        return  # it was not asked
    platform = delivery_queries.locked_platform(session, platform_id)
    platform.failures = platform.failures + 1 if failed else 0
    pause = rules.quiet(platform.failures, result.retry_after, random.random()) if failed else None  # noqa: S311
    platform.quiet_until = None if pause is None else now + timedelta(seconds=pause)
