"""What is counted and logged of grades on their way, and the figures that the database tells when it is asked."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import structlog

from lti_tool import tracing
from lti_tool.domain.delivery import Verdict
from lti_tool.metrics import (
    CLASS_LISTS,
    DELIVERIES,
    DELIVERY_SECONDS,
    SCORE_DELAY_SECONDS,
    SCORES_READ,
    Gauge,
)
from lti_tool.services import beats
from lti_tool.storage import signal_queries
from lti_tool.storage.db import Session
from lti_tool.storage.scores import ScoreReport
from lti_tool.storage.signal_queries import Site, Unsettled

log = structlog.get_logger()

PLATFORM = ("platform", "host")


def wanted(row: ScoreReport) -> None:
    """A grade came to be. The line stands under the trace of its launch, and gives the report's number."""
    log.info("score wanted", report=row.id, column=row.line_item_id, state=row.state)


def tried(report_id: int, platform_id: int, verdict: Verdict, status: int | None, seconds: float) -> None:
    """A score was sent, or was not, in `seconds`. One line a try, under the trace of the launch it came from."""
    platform = str(platform_id)
    DELIVERIES.labels(platform, verdict.outcome).inc()
    DELIVERY_SECONDS.labels(platform).observe(seconds)
    log.info(
        "score tried",
        report=report_id,
        platform=platform_id,
        outcome=verdict.outcome,
        reason=verdict.reason,
        status=status,
        seconds=round(seconds, 3),
    )


def arrived(platform_id: int, wanted_at: datetime, now: datetime) -> None:
    """The LMS has a grade that was to be sent since `wanted_at`."""
    SCORE_DELAY_SECONDS.labels(str(platform_id)).observe(max((now - wanted_at).total_seconds(), 0))


def found(row: ScoreReport) -> None:
    """What the LMS shows was read, and changed where the grade stands: confirmed, drifted, or to be sent again."""
    SCORES_READ.labels(row.state).inc()
    with tracing.following(row.origin):
        log.info("score read", report=row.id, state=row.state, reason=row.reason)


def class_list(context_id: int, outcome: str) -> None:
    """A class list was read to its end (`read`), or why not."""
    CLASS_LISTS.labels(outcome).inc()
    log.info("class list", context=context_id, outcome=outcome)


def no_database() -> tuple[Gauge, ...]:
    """All that can be told when the database does not answer."""
    return (_up(0),)


def gauges(session: Session, now: datetime) -> Iterable[Gauge]:
    """The figures of this moment. Whichever process is asked, the answer is the same."""
    sites = {site.platform_id: site for site in signal_queries.sites(session)}
    rows = [row for row in signal_queries.unsettled(session) if row.platform_id in sites]
    return (_up(1), *_of_scores(sites, rows, now), _paused(sites, now), *_of_workers(session, now))


def _up(value: float) -> Gauge:
    return Gauge("lti_tool_database_up", "Whether the database answers.", (), [((), value)])


def _of_scores(sites: dict[int, Site], rows: Sequence[Unsettled], now: datetime) -> tuple[Gauge, ...]:
    waiting = dict.fromkeys(sites, 0)
    oldest = dict.fromkeys(sites, 0.0)
    held: list[tuple[tuple[str, ...], float]] = []
    for number, state, reason, amount, since in rows:
        if state in {"queued", "sending"}:
            waiting[number] += amount
            oldest[number] = max(oldest[number], (now - since).total_seconds())
        elif state == "held" or not reason:
            held.append(((*_labels(sites[number]), reason or state), amount))
    return (
        Gauge(
            "lti_tool_scores_waiting",
            "Scores that are yet to be sent, by platform.",
            PLATFORM,
            [(_labels(sites[number]), amount) for number, amount in waiting.items()],
        ),
        Gauge(
            "lti_tool_oldest_waiting_seconds",
            "Age of the oldest grade that is yet to be sent, by platform; 0 when none waits.",
            PLATFORM,
            [(_labels(sites[number]), age) for number, age in oldest.items()],
        ),
        Gauge(
            "lti_tool_scores_held",
            "Scores that wait for a person, by platform and reason; `drifted`: the LMS shows another grade.",
            (*PLATFORM, "reason"),
            held,
        ),
    )


def _paused(sites: dict[int, Site], now: datetime) -> Gauge:
    values = [
        (_labels(site), float(site.quiet_until is not None and site.quiet_until > now))
        for site in sites.values()
    ]
    text = "Whether a platform is left alone for a while, because it failed or asked for it."
    return Gauge("lti_tool_platform_paused", text, PLATFORM, values)


def _of_workers(session: Session, now: datetime) -> tuple[Gauge, ...]:
    worker = beats.state(session, now)
    figures = {
        "lti_tool_workers": ("Workers that have come round in the last minutes.", worker.living),
        "lti_tool_worker_stuck": ("Whether scores are due and no worker has moved.", worker.stuck),
        "lti_tool_score_overdue_seconds": ("For how long the oldest due score has been due.", worker.due_for),
    }
    return tuple(Gauge(name, text, (), [((), float(value))]) for name, (text, value) in figures.items())


def _labels(site: Site) -> tuple[str, str]:
    """Our number, and the host of the issuer for those who read the graph."""
    return str(site.platform_id), urlsplit(site.issuer).hostname or ""
