"""Writing down how deliveries ended - of what was sent, which newer wishes may have overtaken meanwhile."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from lti_tool.domain import delivery as rules
from lti_tool.domain.ledger import NOT_CHOSEN
from lti_tool.services import drift, passback
from lti_tool.services.crew import Landed
from lti_tool.services.passback import CURABLE
from lti_tool.services.postman import Job, Result
from lti_tool.storage import courier_queries
from lti_tool.storage.courier_queries import Standing
from lti_tool.storage.db import Session

Destination = tuple[str, str, frozenset[str]]
"""A column's address, that of all columns of its course, the scopes."""


def record(session: Session, landed: Sequence[Landed], now: datetime) -> None:
    """Keep every try, and bring each report into the state that its outcome means."""
    # Columns are locked before reports, as launches and the choice of columns do it.
    places = courier_queries.destinations(session, (one.job.line_item_id for one in landed))
    rows = courier_queries.standing(session, (one.job.report_id for one in landed))
    told = [one for one in landed if one.job.report_id in rows]
    courier_queries.keep_tries(
        session, [_try(one.job, one.result, now) for one in told if one.result.verdict.outcome != "later"]
    )
    changes = [
        _change(session, rows[one.job.report_id], places[one.job.line_item_id], one, now) for one in told
    ]
    courier_queries.settle(session, [change for change in changes if change is not None])
    for one, change in zip(told, changes, strict=True):
        if change is not None and change["state"] == "drifted" and one.result.shown is not None:
            drift.found(session, one.job.report_id, one.result.shown, now)
    for one in told:
        if one.job.url and one.result.url not in {"", one.job.url}:
            passback.follow(session, one.job.line_item_id, one.job.report_id, now)


def _try(job: Job, result: Result, now: datetime) -> dict[str, object]:
    outcome = result.verdict.outcome
    return {
        "report_id": job.report_id,
        "at": now,
        "percent": job.percent,
        "timestamp": job.timestamp,
        "outcome": "retry" if outcome == "restamp" else outcome,
        "status": result.status,
        "answer": result.answer.replace("\0", "")[:500],
    }


def _change(
    session: Session, row: Standing, place: Destination, landed: Landed, now: datetime
) -> dict[str, object] | None:
    """What is to be written into the report; None when it passed to another worker, as it took so long."""
    job, result = landed.job, landed.result
    if row.claimed_until != job.claim:
        return None
    change = {**vars(row), "claimed_until": None}
    if row.timestamp != job.timestamp:
        return change  # a newer grade waits in the same row and is queued already
    if row.reason == NOT_CHOSEN:
        return change  # the column was given up meanwhile: nothing more goes there
    change |= {"state": "queued", "reason": ""}
    if _moved(job, result, place):
        return {**change, "tries": 0, "next_try_at": now}
    return {**change, **_settled(session, row, result, now)}


def _moved(job: Job, result: Result, place: Destination) -> bool:
    """Whether a launch gave the column another address, or brought what was missing, while we were sending."""
    url, lineitems_url, scopes = place
    if url != (result.url or job.url):
        return True
    return result.verdict.reason in CURABLE and (lineitems_url, scopes) != (job.lineitems_url, job.scopes)


def _settled(session: Session, row: Standing, result: Result, now: datetime) -> dict[str, object]:
    outcome, tries = result.verdict.outcome, row.tries + 1
    if outcome == "later":
        return {"next_try_at": now + timedelta(seconds=rules.FIRST_WAIT)}
    if outcome == "delivered":
        return {"state": outcome, "tries": tries, "delivered_at": now, "next_try_at": now + drift.AFTER}
    if outcome not in {"restamp", "retry"}:
        return {"state": outcome, "reason": result.verdict.reason, "tries": tries}
    if outcome == "restamp" and tries >= rules.MOST_RESTAMPS:
        statuses = courier_queries.newest_statuses(session, row.report_id, rules.MOST_RESTAMPS)
        if rules.hopeless(statuses):
            return {"state": "held", "reason": "conflict", "tries": tries}
    jitter = random.random()  # noqa: S311 - spreads load
    again = now + timedelta(seconds=rules.wait(row.tries, result.retry_after, jitter))
    stamp = row.timestamp
    if outcome == "restamp":
        stamp = rules.restamp(stamp, now + (result.ahead or timedelta(0)))
    return {"next_try_at": again, "tries": tries, "timestamp": stamp}
