"""The threads that carry scores, and the lanes to the platforms in which they do."""

import random
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from lti_tool.domain.circuit import Gate
from lti_tool.domain.delivery import Verdict
from lti_tool.domain.turns import Turns
from lti_tool.services.postman import FAULT, Job, Result
from lti_tool.storage.courier_queries import Post

MOST_THREADS = 256
IDLE = 5.0
"""Seconds after which a thread with nothing to do ends."""
LEAVE = 2.0
"""Seconds that threads are waited for at the end."""
READY = 6
"""For each call that may be under way, so many scores are made ready at a time."""
LAST_CALL = timedelta(seconds=25)
"""What must be left of our time at a platform when a call begins: longer than it takes."""
LEAST = timedelta(minutes=4)
"""What must be left of a claim when a job begins: longer than its calls take together."""


@dataclass(frozen=True)
class Landed:
    """A job and how it ended. `crash`: by something that is no mere mistake; the whole round ends with it."""

    job: Job
    result: Result
    crash: BaseException | None = None


@dataclass(eq=False)
class Lane:
    """The way to one platform: what waits, what is ready, and how much is under way."""

    post: Post
    until: datetime
    """Ours until then."""
    at_once: int
    gate: Gate = field(init=False)
    clock_ahead: int = field(init=False)
    turns: Turns = field(default_factory=Turns)
    ready: deque[Job] = field(default_factory=deque)
    flying: dict[int, int] = field(default_factory=dict)
    """How many are under way, by the era of the gate in which they began."""
    making: set[int] = field(default_factory=set)
    """Columns without address of which a score is ready or under way: one makes it, for all."""

    def __post_init__(self) -> None:
        self.gate = Gate(self.post.failures, self.post.quiet_until)
        self.clock_ahead = self.post.clock_ahead

    def heed(self, now: datetime, *, is_open: bool) -> None:
        """What the database says: that somebody ended the pause, or switched the platform off."""
        if not is_open:
            self.until = min(self.until, now)
        elif self.gate.width(now, self.at_once) == 0 and self.gate.quiet_until == self.post.quiet_until:
            self.gate = replace(self.gate, quiet_until=None)

    def room(self, now: datetime) -> int:
        """How many more calls may begin."""
        if self.until < now + LAST_CALL:
            return 0
        width = self.gate.width(now, self.at_once)
        free = self.at_once - sum(self.flying.values())
        return max(0, min(free, width - self.flying.get(self.gate.era, 0)))

    def wants(self, now: datetime) -> int:
        """How many jobs should be made ready; none while enough are."""
        width = self.gate.width(now, self.at_once)
        if self.until <= now or width == 0:
            return 0
        if width < self.at_once:
            return self.room(now) - len(self.ready)
        return READY * self.at_once - len(self.ready) if self.low else 0

    @property
    def low(self) -> bool:
        """Whether more should be made ready, while there is still enough for a while."""
        return len(self.ready) <= READY * self.at_once // 2

    def health(self) -> Post:
        """What is to be remembered of the platform; clocks are not compared more closely than to two seconds."""
        ahead = (
            self.clock_ahead if abs(self.clock_ahead - self.post.clock_ahead) > 1 else self.post.clock_ahead
        )
        return Post(self.post.platform_id, self.gate.failures, self.gate.quiet_until, ahead)


class Crew:
    """Carries the jobs that are made ready: in every lane as many at once as it allows, and the lanes in turn."""

    def __init__(
        self,
        carry: Callable[[Job], Result],
        clock: Callable[[], datetime],
        stopping: Callable[[], bool],
    ) -> None:
        self._carry, self._clock, self._stopping = carry, clock, stopping
        self.lock = threading.RLock()
        """Held while lanes are looked at or changed."""
        self.lanes: dict[int, Lane] = {}
        self._order: deque[int] = deque()
        self._work, self._gone = threading.Condition(self.lock), threading.Condition(self.lock)
        self._news = threading.Event()
        self._landed: list[Landed] = []
        self._threads = self._idle = 0
        self._closed = False

    def put(self, lane: Lane) -> None:
        """Open a lane."""
        with self.lock:
            self.lanes[lane.post.platform_id] = lane
            self._order.append(lane.post.platform_id)

    def make_ready(self, jobs: Iterable[Job]) -> None:
        """Hand jobs to the threads."""
        with self._work:
            for job in jobs:
                lane = self.lanes[job.platform_id]
                lane.ready.append(job)
                if not job.url:
                    lane.making.add(job.line_item_id)
            now = self._clock()
            room = sum(min(lane.room(now), len(lane.ready)) for lane in self.lanes.values())
            for _ in range(min(room - self._idle, MOST_THREADS - self._threads)):
                self._threads += 1
                threading.Thread(target=self._body, name="courier", daemon=True).start()
            self._work.notify(room)

    def landed(self) -> list[Landed]:
        """What has ended since the last time."""
        with self.lock:
            found, self._landed = self._landed, []
            self._news.clear()
            return found

    def surplus(self, *, all_of_them: bool = False) -> list[Job]:
        """Jobs made ready that are not to be carried now: their lane is shut, or they have waited too long."""
        now, dropped = self._clock(), []
        with self.lock:
            for lane in self.lanes.values():
                shut = all_of_them or lane.until <= now or lane.gate.width(now, lane.at_once) == 0
                back = [job for job in lane.ready if shut or job.claim < now + LEAST]
                if back:
                    gone = {job.report_id for job in back}
                    lane.ready = deque(job for job in lane.ready if job.report_id not in gone)
                    lane.making -= {job.line_item_id for job in back}
                    dropped += back
        return dropped

    @property
    def busy(self) -> bool:
        """Whether anything is under way, or has ended and was not looked at."""
        with self.lock:
            return bool(self._landed) or self._flying()

    @property
    def idle(self) -> bool:
        """Whether nothing is under way, ready, or ended and not looked at."""
        with self.lock:
            return not self.busy and not any(lane.ready for lane in self.lanes.values())

    def wait(self, seconds: float) -> None:
        """Until there is something to do for the one who calls, or some time has passed."""
        self._news.wait(seconds)

    def close(self) -> None:
        """Begin nothing more, and leave no thread behind - but one whose call does not end soon."""
        with self._work:
            self._closed = True
            self._work.notify_all()
            self._gone.wait_for(lambda: self._threads == 0, LEAVE)

    def _flying(self) -> bool:
        return any(any(lane.flying.values()) for lane in self.lanes.values())

    def _body(self) -> None:
        with self._work:
            while True:
                taken = self._next()
                while taken is None:
                    self._idle += 1
                    woken = not self._closed and self._work.wait(IDLE)
                    self._idle -= 1
                    taken = self._next()
                    if taken is None and not woken:
                        self._threads -= 1
                        self._gone.notify_all()
                        return
                self._carry_one(*taken)

    def _next(self) -> tuple[Lane, Job] | None:
        """The next job, of the lanes in turn."""
        if self._closed or self._stopping():
            return None
        now = self._clock()
        for _ in range(len(self._order)):
            lane = self.lanes[self._order[0]]
            self._order.rotate(-1)
            if lane.ready and lane.room(now) and lane.ready[0].claim >= now + LEAST:
                return lane, lane.ready.popleft()
        return None

    def _carry_one(self, lane: Lane, job: Job) -> None:
        """Called with the lock, which is given up while the job is under way."""
        era = lane.gate.era
        lane.flying[era] = lane.flying.get(era, 0) + 1
        self.lock.release()
        try:
            landed = self._fly(job)
        finally:
            self.lock.acquire()
        lane.flying[era] -= 1
        if not job.url:
            lane.making.discard(job.line_item_id)
        self._judge(lane, era, landed.result)
        self._landed.append(landed)
        if landed.crash or (lane.turns and lane.low) or not self._flying():
            self._news.set()

    def _fly(self, job: Job) -> Landed:
        try:
            return Landed(job, self._carry(job))
        except BaseException as crash:
            return Landed(job, Result(Verdict("retry", FAULT)), crash)

    def _judge(self, lane: Lane, era: int, result: Result) -> None:
        """What a result tells of the platform."""
        now = self._clock()
        if result.ahead is not None:
            lane.clock_ahead = round(result.ahead.total_seconds())
        if result.verdict.reason == FAULT:
            return  # of ours
        if result.verdict.outcome == "retry":
            jitter = random.random()  # noqa: S311 - spreads load
            lane.gate = lane.gate.after_failure(era, result.retry_after, now, lane.at_once, jitter)
        elif result.status is not None:
            lane.gate = lane.gate.after_success(era)
