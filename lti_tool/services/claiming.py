"""Claims: reports become jobs that this worker alone sends, stamped with a time that the LMS's clock has reached."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from lti_tool.domain import delivery as rules
from lti_tool.services import drift
from lti_tool.services.column_maker import CLAIM
from lti_tool.services.crew import Lane
from lti_tool.services.postman import Job
from lti_tool.storage import courier_queries
from lti_tool.storage.db import Session


def claim(session: Session, ids: Sequence[int], lanes: Mapping[int, Lane], now: datetime) -> list[Job]:
    """Claim those of the reports that are still due, in this order.

    Of a column whose address is not known one report at a time is claimed: it finds or makes the column for all.
    """
    until = now + CLAIM
    rows = {row.report_id: row for row in courier_queries.claim(session, ids, now, until)}
    alone = {column for lane in lanes.values() for column in lane.making}
    claimed, waiting = [], []
    for number in ids:
        row = rows.get(number)
        if row is not None and not row.url and row.line_item_id in alone:
            waiting.append(number)
        elif row is not None:
            alone |= set() if row.url else {row.line_item_id}
            claimed.append(row)
    courier_queries.release(session, waiting, until)
    stamps = _stamps(session, claimed, lanes, now)
    return [_job(row, until, stamps.get(row.report_id, row.timestamp)) for row in claimed]


def give_back(session: Session, jobs: Sequence[Job]) -> None:
    """Leave jobs that were not begun to whoever comes next."""
    for held in {job.claim for job in jobs}:
        courier_queries.release(session, [job.report_id for job in jobs if job.claim == held], held)


def _stamps(
    session: Session, rows: Sequence[Any], lanes: Mapping[int, Lane], now: datetime
) -> dict[int, datetime]:
    """New timestamps for reports whose own lie in the future of their LMS."""
    there = {number: now + timedelta(seconds=lane.clock_ahead) for number, lane in lanes.items()}
    early = [row for row in rows if row.timestamp > there[row.platform_id]]
    sent = courier_queries.newest_stamps(session, [row.report_id for row in early]) if early else {}
    stamps = {
        row.report_id: rules.stamp(row.timestamp, there[row.platform_id], sent.get(row.report_id))
        for row in early
    }
    courier_queries.stamp(session, stamps)
    return stamps


def _job(row: Any, until: datetime, stamp: datetime) -> Job:
    return Job(
        report_id=row.report_id,
        claim=until,
        platform_id=row.platform_id,
        line_item_id=row.line_item_id,
        node=row.node,
        url=row.url,
        lineitems_url=row.lineitems_url,
        scopes=frozenset(row.scopes),
        sub=row.sub,
        percent=row.percent,
        comment=row.comment,
        submitted_at=row.submitted_at,
        timestamp=stamp,
        language=row.language,
        origin=row.origin,
        **drift.told(row, row.scopes),
    )
