"""Background work on several machines: Celery on Redis calls the functions that the embedded worker calls.

What is to be done stands in the database. A message holds nothing and only wakes somebody up: lost, late and
duplicated ones change nothing, since the beat wakes too, a worker looks by itself every now and then, and rows are
claimed by whoever comes first.

    celery -A lti_tool.tasks worker
    celery -A lti_tool.tasks beat
"""

import ssl
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import structlog

from lti_tool import worker
from lti_tool.config import load
from lti_tool.curriculum.load import sound
from lti_tool.errors import ConfigError, ToolError
from lti_tool.liveness import answer_on
from lti_tool.logs import log_json
from lti_tool.lti.http import Http
from lti_tool.metrics import WORK_FAILURES
from lti_tool.storage.db import connect
from lti_tool.worker import Works

try:
    from celery import Celery, signals
except ImportError as error:
    raise ConfigError("LTI_TOOL_REDIS_URL needs more packages: pip install 'lti-tool[celery]'") from error

Work = Callable[[Works, Callable[[], bool]], int]

BEATS: dict[Work, float] = {
    worker.send_scores: 5.0,
    worker.do_chores: 5.0,
    worker.read_rosters: 10.0,
    worker.read_results: 10.0,
}
"""All kinds of work, each with the seconds between two beats: how late a lost message can make it."""
LOOK = 30.0
"""Seconds after which a worker looks by itself, so that it works on without Redis and without a beat."""
GAP = 0.2
"""Least seconds between two messages of one web process, however many grades it commits."""
STALE = 60
"""Seconds after which a message of a web process wakes nobody any more: the beat has done so since."""

_PROVED = {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True}

log = structlog.get_logger()


def configuration() -> dict[str, Any]:
    """What Celery has to know. Raises ConfigError for a wrong setting."""
    url = load().redis_url
    return {
        "broker_url": url,
        # Celery would believe any server that speaks TLS.
        "broker_use_ssl": _PROVED if url.startswith("rediss:") else None,
        # Redis may come later than we do, and go and come back.
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {"socket_connect_timeout": 5, "socket_keepalive": True},
        "beat_scheduler": "celery.beat:Scheduler",  # nothing to remember, so no file to keep it in
        "beat_schedule": {
            task.name: {"task": task.name, "schedule": every, "options": {"expires": every}}
            for task, every in zip(TASKS, BEATS.values(), strict=True)
        },
        "accept_content": ["json"],
        "task_serializer": "json",
        "task_default_queue": "lti-tool",
        "task_ignore_result": True,
        "task_acks_late": True,
        "timezone": "UTC",
        # Work waits for LMSs nearly all the time, and each kind of it runs once in a process.
        "worker_pool": "threads",
        "worker_concurrency": len(BEATS),
        "worker_prefetch_multiplier": 1,
        "worker_enable_remote_control": False,  # who reaches Redis shall be able to wake, and nothing else
        "worker_hijack_root_logger": False,
    }


app = Celery("lti_tool", set_as_current=False)
app.add_defaults(configuration)

stopping = threading.Event()
lookers: list[threading.Thread] = []
"""Those who look by themselves, in a worker."""


@cache
def works() -> Works:
    """What this process works with, made once. Raises ToolError: a wrong setting, a broken course."""
    settings = load()
    http = Http(allow=settings.outbound_allow)
    return Works(
        connect(settings.database_url),
        http,
        sound(settings.content),
        lambda: datetime.now(UTC),
        scores_at_once=settings.scores_at_once,
    )


class Turn:
    """One kind of work in this process: never twice at a time. Who comes meanwhile makes it go round once more."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = self._again = False

    def take(self, work: Callable[[], None]) -> None:
        """Work, unless somebody is at it; they will see to what has come up since."""
        with self._lock:
            self._again = True
            if self._busy:
                return
            self._busy = True
        try:
            while self._more():
                work()
        except BaseException:
            with self._lock:
                self._busy = False
            raise

    def _more(self) -> bool:
        with self._lock:
            self._busy, self._again = self._again, False
            return self._busy


def _work_off(work: Work) -> None:
    """Work until nothing is left, or we are told to stop. What fails is logged, and tried again at the next beat."""
    try:
        while not stopping.is_set() and work(works(), stopping.is_set):
            pass
    except Exception:
        WORK_FAILURES.labels(work.__name__).inc()
        log.exception("work failed", work=work.__name__)


def _task(work: Work) -> Any:
    """The task of one kind of work."""
    turn = Turn()

    @app.task(name=f"lti_tool.tasks.{work.__name__}")
    def run() -> None:
        turn.take(lambda: _work_off(work))

    return run


TASKS = send_scores, *_others = tuple(_task(work) for work in BEATS)


def _look(task: Any) -> None:
    """Do one kind of work at the start and every now and then, whether messages come or not."""
    while not stopping.is_set():
        task()
        stopping.wait(LOOK)


class Bell:
    """Wakes a worker after a grade was committed, from a thread of its own: no request waits for Redis or fails."""

    def __init__(self, send: Callable[[], object]) -> None:
        self._send = send
        self._rung = threading.Event()
        self._starting = threading.Lock()
        self._listener: threading.Thread | None = None

    def ring(self) -> None:
        """Have a worker woken within moments; several rings are as good as one."""
        self._rung.set()
        if self._listener is None:
            with self._starting:
                if self._listener is None:
                    # Not earlier: a server forks its processes, and threads do not go with them.
                    self._listener = threading.Thread(target=self._listen, name="bell", daemon=True)
                    self._listener.start()

    def _listen(self) -> None:
        while self._rung.wait():
            self._rung.clear()
            try:
                self._send()
            except Exception as error:
                # The beat wakes a worker soon. The address may hold a password, so it is not repeated.
                log.warning("no worker woken", error=type(error).__name__)
            time.sleep(GAP)


def wake() -> None:
    """Put one message into the queue. Raises what Celery raises when Redis is away."""
    send_scores.apply_async(retry=False, expires=STALE)


@signals.setup_logging.connect(weak=False)
def _log(**_about: object) -> None:
    log_json()


@signals.worker_init.connect(weak=False)
def _prepare(**_about: object) -> None:
    """Begin, Redis or not; refuse to on a wrong setting or a broken course.

    Celery would only note an exception and go on: hence the exit.
    """
    try:
        pulse, bind = works().pulse, load().worker_bind
    except ToolError as error:
        sys.exit(f"lti-tool: {error}")
    if bind:
        answer_on(bind, pulse)
    for task in TASKS:
        looker = threading.Thread(target=_look, args=(task,), name=task.name, daemon=True)
        looker.start()
        lookers.append(looker)


@signals.worker_ready.connect(weak=False)
def _tell(**_about: object) -> None:
    log.info("worker started")


@signals.worker_shutting_down.connect(weak=False)
def _stop(**_about: object) -> None:
    """Begin nothing else."""
    stopping.set()


@signals.worker_shutdown.connect(weak=False)
def _end(**_about: object) -> None:
    """Let the scores that are on their way arrive: Celery waits for its tasks only."""
    until = time.monotonic() + worker.ENDING
    for looker in lookers:
        looker.join(max(0.0, until - time.monotonic()))
