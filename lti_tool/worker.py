"""Background work: one function a tick; who calls it, and how often, is somebody else's business."""

import fcntl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from lti_tool import tracing
from lti_tool.domain.course import Course
from lti_tool.liveness import Pulse
from lti_tool.lti.http import Http
from lti_tool.metrics import WORK_FAILURES
from lti_tool.services import beats, columns, quizzes, readings, roster
from lti_tool.services.delivery import Courier
from lti_tool.storage import visit_queries
from lti_tool.storage.db import Engine, transaction

PAUSE = 1.0
"""Seconds between ticks when nothing is due."""

GRACE = 10.0
"""Seconds that a class list being read is waited for at the end; another worker reads it anew."""

REMEMBERED = timedelta(days=7)
"""For so long after its end a launch session is kept, to tell its browser that it is over, not unknown."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Works:
    """What background work needs."""

    engine: Engine
    http: Http
    course: Course
    clock: Callable[[], datetime]
    pulse: Pulse = field(default_factory=Pulse)


def _beat(works: Works) -> None:
    with transaction(works.engine) as session:
        beats.beat(session, works.clock())


def _close_overdue(works: Works) -> None:
    with tracing.following(tracing.new()), transaction(works.engine) as session:
        quizzes.close_overdue(session, works.course, works.clock())


def _forget_expired(works: Works) -> None:
    now = works.clock()
    with transaction(works.engine) as session:
        visit_queries.forget_expired(session, now, now - REMEMBERED)


def _fulfil_columns(works: Works) -> None:
    columns.fulfil(works.engine, works.http, works.course, works.clock)


def tick(works: Works, stopping: Callable[[], bool]) -> int:
    """Submit attempts whose time is over, forget what has expired, make columns, send the scores that are due.

    Returns how many scores were tried, so that a backlog is worked off without pauses. What fails is logged and
    keeps nothing else from being done. `stopping` is asked before each score.
    """

    def asked() -> bool:
        works.pulse.touch()
        return stopping()

    works.pulse.touch()
    for chore in (_beat, _close_overdue, _forget_expired, _fulfil_columns):
        try:
            chore(works)
        except Exception:
            WORK_FAILURES.labels(chore.__name__.strip("_")).inc()
            log.exception("chore failed", chore=chore.__name__)
    return Courier(works.engine, works.http, works.course, works.clock, asked).send_due()


def read_rosters(works: Works, stopping: Callable[[], bool]) -> int:
    """Read the class lists that are due; returns how many. `stopping` is asked before each."""
    return roster.sync_due(works.engine, works.http, works.clock, stopping)


def read_results(works: Works, stopping: Callable[[], bool]) -> int:
    """Read what the LMS shows of the grades it took; returns how many columns. `stopping` is asked before each."""
    return readings.sweep(works.engine, works.http, works.course, works.clock, stopping)


def run(works: Works, stop: threading.Event) -> None:
    """Tick until told to stop. Class lists and results are read beside: an LMS that is slow at it must not keep
    grades waiting."""
    log.info("worker started")
    readers = [
        threading.Thread(target=_repeat, args=(work, works, stop), name=work.__name__, daemon=True)
        for work in (read_rosters, read_results)
    ]
    for reader in readers:
        reader.start()
    _repeat(tick, works, stop)
    for reader in readers:
        reader.join(GRACE)


def _repeat(work: Callable[[Works, Callable[[], bool]], int], works: Works, stop: threading.Event) -> None:
    """Work until told to stop. What fails is logged and tried again: the rows keep what is to be done."""
    while not stop.is_set():
        try:
            handled = work(works, stop.is_set)
        except Exception:
            WORK_FAILURES.labels(work.__name__).inc()
            log.exception("work failed", work=work.__name__)
            handled = 0
        if not handled:
            stop.wait(PAUSE)


def start_embedded(works: Works, lock: Path, stop: threading.Event) -> threading.Thread:
    """Run in a thread of the web server: in the one process of this machine that gets the lock."""

    def body() -> None:
        with lock.open("w") as file:
            while not stop.is_set():
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    stop.wait(PAUSE)
                    continue
                run(works, stop)

    thread = threading.Thread(target=body, name="embedded-worker", daemon=True)
    thread.start()
    return thread
