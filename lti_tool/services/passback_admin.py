"""Grades on their way from all courses, as those see them who run the tool: without anybody's name."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain import ledger as rules
from lti_tool.errors import NotFound
from lti_tool.services import audit
from lti_tool.services.passback import requeue
from lti_tool.storage import delivery_queries, passback_queries, score_queries, signal_queries
from lti_tool.storage.db import Session
from lti_tool.storage.platforms import Platform
from lti_tool.storage.scores import ScoreReport


@dataclass(frozen=True)
class Queue:
    """What is on its way to one LMS. Times are UTC.

    `oldest_at`: since when the oldest grade that waits has been wanted. `reasons`: why grades are held, and how many.
    `quiet_until`: it did not answer `failures` times in a row, and is left alone until then.
    """

    platform_id: int
    name: str
    issuer: str
    enabled: bool
    waiting: int
    oldest_at: datetime | None
    held: int
    drifted: int
    reasons: Mapping[str, int]
    failures: int
    quiet_until: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True)
class NeedyLine:
    """A report that waits for a person. `answer` is the LMS's own words, `shown` the percent that it shows."""

    report_id: int
    platform_id: int
    context_id: int
    node: str
    state: str
    reason: str
    percent: int
    shown: float | None
    tries: int
    answer: str


def queues(session: Session, now: datetime) -> tuple[Queue, ...]:
    """Every LMS, those that need a look first."""
    amounts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    reasons: defaultdict[int, Counter[str]] = defaultdict(Counter)
    oldest: defaultdict[int, list[datetime]] = defaultdict(list)
    for found in signal_queries.unsettled(session):
        group = rules.group_of(found.state, found.reason)
        amounts[found.platform_id][group] += found.amount
        if group == "waiting":
            oldest[found.platform_id].append(found.oldest)
        if group == "held":
            reasons[found.platform_id][found.reason] += found.amount
    delivered = passback_queries.last_deliveries(session)
    lines = [
        Queue(
            row.id,
            row.name or row.issuer,
            row.issuer,
            row.disabled_at is None,
            amounts[row.id]["waiting"],
            min(oldest[row.id], default=None),
            amounts[row.id]["held"],
            amounts[row.id]["drifted"],
            dict(reasons[row.id].most_common()),
            row.failures,
            row.quiet_until if row.quiet_until and row.quiet_until > now else None,
            delivered.get(row.id),
        )
        for row in passback_queries.platforms(session)
    ]
    return tuple(sorted(lines, key=lambda line: (line.quiet_until is None, -line.held, -line.waiting)))


def needy(session: Session) -> tuple[NeedyLine, ...]:
    """Every grade that waits for a person, by its number."""
    rows = passback_queries.needing(session)
    answers = score_queries.newest_answers(session, [row.id for row in rows])
    return tuple(_needy(row, answers.get(row.id, "")) for row in rows)


def _needy(row: ScoreReport, answer: str) -> NeedyLine:
    context = row.line_item.context
    return NeedyLine(
        row.id,
        context.deployment.platform_id,
        context.id,
        row.line_item.node,
        row.state,
        row.reason,
        row.percent,
        row.shown,
        row.tries,
        answer,
    )


def retry(session: Session, report_ids: Sequence[int] | None, now: datetime) -> int:
    """Send these reports again, or all that are held when None, at once; how many. Not over what a person changed.

    Raises NotFound when there is none of a number.
    """
    rows = score_queries.reports(session, report_ids)
    if missing := set(report_ids or ()) - {row.id for row in rows}:
        raise NotFound(f"no report {min(missing)}")
    again = [row for row in rows if row.state != "drifted"]
    for row in again:
        requeue(row, now)
        audit.record(session, audit.COMMAND_LINE, audit.Action.GRADE_RESENT, f"report {row.id}", now)
        row.line_item.context.deployment.platform.quiet_until = None
    return len(again)


def try_now(session: Session, platform_id: int, now: datetime, by: str) -> int:
    """Ask an LMS that is left alone at once, and send what waits for it; how many grades. Raises NotFound."""
    if session.get(Platform, platform_id) is None:
        raise NotFound(f"no platform {platform_id}")
    delivery_queries.locked_platform(session, platform_id).quiet_until = None
    count = passback_queries.make_due(session, platform_id, now)
    audit.record(session, by, audit.Action.PLATFORM_TRIED, f"platform {platform_id}: {count} grades", now)
    return count
