"""Background work: one function for each kind; who calls it, and how often, is somebody else's business."""

import fcntl
import threading
import time
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
from lti_tool.services.delivery import AT_ONCE, Courier
from lti_tool.storage import visit_queries
from lti_tool.storage.db import Engine, transaction

PAUSE = 1.0
"""Seconds between ticks when nothing is due."""

TURN = 60.0
"""Seconds after which a tick sends no more scores."""

ENDING = 28.0
"""Seconds that all is waited for at the end: supervisors kill after thirty."""
GRACE = 2.0
"""Seconds that what is read is waited for when the scores under way have arrived; another worker reads it anew."""

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
    scores_at_once: int = AT_ONCE
    """To one platform."""

    def moved(self) -> None:
        """Show that the scores, for which all this is done, are being looked after."""
        self.pulse.touch()
        _try(_beat, self)


def _beat(works: Works) -> None:
    with transaction(works.engine) as session:
        beats.beat(session, works.clock())


def _try(chore: Callable[[Works], None], works: Works) -> None:
    """What fails is logged and keeps nothing else from being done."""
    try:
        chore(works)
    except Exception:
        WORK_FAILURES.labels(chore.__name__.strip("_")).inc()
        log.exception("chore failed", chore=chore.__name__)


def _close_overdue(works: Works) -> None:
    with tracing.following(tracing.new()), transaction(works.engine) as session:
        quizzes.close_overdue(session, works.course, works.clock())


def _forget_expired(works: Works) -> None:
    now = works.clock()
    with transaction(works.engine) as session:
        visit_queries.forget_expired(session, now, now - REMEMBERED)


def do_chores(works: Works, stopping: Callable[[], bool]) -> int:
    """Submit attempts whose time is over, forget what has expired, make columns; 0, as nothing of it is a backlog.

    `stopping` is asked before each column.
    """

    def fulfil_columns(works: Works) -> None:
        columns.fulfil(works.engine, works.http, works.course, works.clock, stopping)

    for chore in (_close_overdue, _forget_expired, fulfil_columns):
        _try(chore, works)
    return 0


def send_scores(works: Works, stopping: Callable[[], bool]) -> int:
    """Send the scores that are due, until none is; returns how many were tried. `stopping` is asked before each."""
    return Courier(
        works.engine,
        works.http,
        works.course,
        works.clock,
        stopping,
        at_once=works.scores_at_once,
        moved=works.moved,
    ).send_due()


def tick(works: Works, stopping: Callable[[], bool]) -> int:
    """The chores, then the scores that are due; returns how many scores were tried.

    For who does one thing after the other: a long backlog is left after a while, for the chores to have their turn.
    """
    do_chores(works, stopping)
    until = time.monotonic() + TURN
    return send_scores(works, lambda: stopping() or time.monotonic() >= until)


def read_rosters(works: Works, stopping: Callable[[], bool]) -> int:
    """Read the class lists that are due; returns how many. `stopping` is asked before each."""
    return roster.sync_due(works.engine, works.http, works.clock, stopping)


def read_results(works: Works, stopping: Callable[[], bool]) -> int:
    """Read what the LMS shows of the grades it took; returns how many columns. `stopping` is asked before each."""
    return readings.sweep(works.engine, works.http, works.course, works.clock, stopping)


def run(works: Works, stop: threading.Event) -> None:
    """Work until told to stop. All goes on beside each other: an LMS that is slow keeps nothing else waiting."""
    log.info("worker started")
    others = [
        threading.Thread(target=_repeat, args=(work, works, stop), name=work.__name__, daemon=True)
        for work in (read_rosters, read_results, do_chores)
    ]
    for thread in others:
        thread.start()
    _repeat(send_scores, works, stop)
    until = time.monotonic() + GRACE
    for thread in others:
        thread.join(max(0.0, until - time.monotonic()))


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
