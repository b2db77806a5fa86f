"""Sending the scores that are due: claim rows, ask the LMS with no transaction open, record what it said.

One worker at a time sends to a platform. So the cap on calls at once holds whatever the number of workers, one call
finds out whether a silent LMS is back, and all share one token. Claims make sure that a worker which lost its post
without noticing spoils nothing.
"""

import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from lti_tool import tracing
from lti_tool.domain.course import Course
from lti_tool.domain.delivery import Verdict
from lti_tool.lti.http import Http
from lti_tool.services import claiming, outcomes, signals
from lti_tool.services.crew import Crew, Landed, Lane
from lti_tool.services.postman import FAULT, Job, Postman, Result
from lti_tool.services.tokens import Purse
from lti_tool.storage import courier_queries
from lti_tool.storage.db import Engine, open_session, transaction

AT_ONCE = 8
POST = timedelta(minutes=1)
"""For so long a platform is ours; renewed while we are at it. If we die, another takes over after it."""
PLAN = 500
"""So many scores of a course are looked ahead."""
LOOK = 2.0
"""Seconds after which to look for what has become due meanwhile, or longer when looking itself takes long."""
MODERATION = 20.0
"""Looking takes one part in so many of the time."""
TURN = 0.2
"""Seconds after which at the latest what has ended is written down."""
GRACE = 23.0
"""Seconds that calls under way are waited for at the end: one of them may take 20."""

EVER = datetime.min.replace(tzinfo=UTC)

log = logging.getLogger(__name__)


def _never() -> bool:
    return False


@dataclass
class Courier:
    """Sends what is due, to every platform `at_once` scores at a time.

    `stopping` is asked before each; `moved` is called every now and then, to show that this goes on.
    """

    engine: Engine
    http: Http
    course: Course
    clock: Callable[[], datetime]
    stopping: Callable[[], bool] = _never
    at_once: int = AT_ONCE
    moved: Callable[[], object] = _never

    def send_due(self) -> int:
        """One round, until nothing is due any more and nothing under way; returns how many scores were tried."""
        purse = Purse(self.engine, self.http, self.clock)
        postman = Postman(self.engine, self.http, self.course, self.clock, purse)
        crew = Crew(_carrying(postman), self.clock, self.stopping)
        try:
            return _Round(self, crew).run()
        finally:
            crew.close()


def _carrying(postman: Postman) -> Callable[[Job], Result]:
    def carry(job: Job) -> Result:
        began = time.perf_counter()
        with tracing.following(job.origin):
            try:
                result = postman.deliver(job)
            except Exception as error:
                # A mistake of ours with one score must not keep all the others from being sent.
                log.exception("score report %s could not be sent", job.report_id)
                result = Result(Verdict("retry", FAULT), answer=type(error).__name__)
            seconds = time.perf_counter() - began
            signals.tried(job.report_id, job.platform_id, result.verdict, result.status, seconds)
        if result.verdict.outcome == "delivered":
            signals.arrived(job.platform_id, job.timestamp, postman.clock())
        return result

    return carry


@dataclass
class _Round:
    """One round of a courier: the crew carries, this looks what is due, claims it, and records how it ended."""

    courier: Courier
    crew: Crew
    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    tried: int = 0
    look_at: float = 0.0
    """Of the monotonic clock; looking renews our posts, too."""
    renew_at: datetime = EVER

    def run(self) -> int:
        try:
            while not self.courier.stopping():
                self._claim()  # first: no thread is to wait for what can be written down a little later
                self._write_down(self.crew.landed())
                self._give_back(self.crew.surplus())
                looked = time.monotonic() >= self.look_at or self.courier.clock() >= self.renew_at
                if looked:
                    self._look()
                    self._claim()
                if not self.crew.idle:
                    self.crew.wait(TURN)
                elif looked:
                    break
                else:
                    self.look_at = 0.0  # before we go: has anything become due?
        except Exception:
            self._end()
            raise
        self._end()
        return self.tried

    def _look(self) -> None:
        """Plan anew what is to be sent, and become the one who sends it."""
        self.courier.moved()
        began, now = time.monotonic(), self.courier.clock()
        with open_session(self.courier.engine, writes=False) as session:
            platforms = courier_queries.open_platforms(session, self.name, now)
        open_now = {row.id for row in platforms}
        self._take_posts({row.id for row in platforms if row.orphaned}, now)
        queues: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        if open_now:
            with open_session(self.courier.engine, writes=False) as session:
                for row in courier_queries.due(session, sorted(open_now), now, PLAN):
                    queues[row.platform_id][row.context_id].append(row.report_id)
        self._take_posts(set(queues) | (self.crew.lanes.keys() & open_now), now)
        with self.crew.lock:
            for number, lane in self.crew.lanes.items():
                lane.turns.renew(queues.get(number, {}))
                lane.heed(now, is_open=number in open_now)
        self.renew_at = now + POST / 3
        self.look_at = began + max(LOOK, (time.monotonic() - began) * MODERATION)

    def _take_posts(self, wanted: Collection[int], now: datetime) -> None:
        """Become, or stay, the one who sends to these platforms. Posts that are good for a while are left alone."""
        lanes, until = self.crew.lanes, now + POST
        fresh = now + POST * 2 / 3
        wanted = [number for number in wanted if number not in lanes or lanes[number].until <= fresh]
        if not wanted:
            return
        with transaction(self.courier.engine) as session:
            posts = courier_queries.take_posts(session, self.name, wanted, now, until)
        for post in posts:
            if post.platform_id in lanes:
                lanes[post.platform_id].until = until
            else:
                self.crew.put(Lane(post, until, self.courier.at_once))

    def _claim(self) -> None:
        """Make ready what the lanes want next, and wake the threads: there may be room again, too."""
        now, jobs = self.courier.clock(), list[Job]()
        with self.crew.lock:
            lanes = list(self.crew.lanes.values())
            ids = [number for lane in lanes for number in lane.turns.take(lane.wants(now))]
        if ids:
            with transaction(self.courier.engine) as session:
                jobs = claiming.claim(session, ids, self.crew.lanes, now)
        self.crew.make_ready(jobs)

    def _give_back(self, jobs: Sequence[Job]) -> None:
        if jobs:
            with transaction(self.courier.engine) as session:
                claiming.give_back(session, jobs)

    def _write_down(self, landed: Sequence[Landed]) -> None:
        for one in landed:
            if one.crash is not None:
                raise one.crash
        self.tried += len(landed)
        try:
            self._record(landed)
        except Exception:
            if len(landed) < 2:
                raise
            log.exception("outcomes of %s scores could not be recorded together", len(landed))
            self._record_singly(landed)

    def _record_singly(self, landed: Sequence[Landed]) -> None:
        """One outcome that cannot be written down is left to its claim; two mean that nothing can be."""
        failures = 0
        for one in landed:
            try:
                self._record([one])
            except Exception:
                log.exception("the outcome of score report %s could not be recorded", one.job.report_id)
                failures += 1
                if failures > 1:
                    raise

    def _record(self, landed: Sequence[Landed]) -> None:
        with self.crew.lock:
            told = {lane: lane.health() for lane in self.crew.lanes.values() if lane.health() != lane.post}
        if not landed and not told:
            return
        with transaction(self.courier.engine) as session:
            if landed:
                outcomes.record(session, landed, self.courier.clock())
            for post in told.values():
                courier_queries.note_health(session, post)
        for lane, post in told.items():
            lane.post = post

    def _end(self) -> None:
        """Give back what was not begun, wait for what is under way, and leave the platforms to others."""
        self._give_back(self.crew.surplus(all_of_them=True))
        until = time.monotonic() + GRACE
        while self.crew.busy and time.monotonic() < until:
            self._write_down(self.crew.landed())
            self.crew.wait(TURN)
        if self.crew.lanes:
            with transaction(self.courier.engine) as session:
                courier_queries.leave_posts(session, self.name)
