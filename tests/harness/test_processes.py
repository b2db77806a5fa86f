"""The same with real processes, killed at random: the embedded worker on SQLite; two Celery workers, a beat and Redis.

HARNESS_STEPS sets how long the schedule is, HARNESS_SEED which; with `-s` the figures are printed.
"""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from celery import Celery
from conftest import POSTGRES, missing
from harness import fast
from harness.crew import Part, Trap, running
from harness.promises import keeps, moving, shows, waiting
from harness.room import GRADED, PLACED, STRANGER, STUDENTS, Room
from kombu.exceptions import OperationalError
from support.delivering import School, make_lms
from support.live import free_port, serving
from support.queueing import Redis, environment, redis_program

from lti_tool.demo.app import lms_of
from lti_tool.demo.faults import FAULTS, SCOPES
from lti_tool.storage.db import Base, Engine, connect

STEPS = int(os.environ.get("HARNESS_STEPS", "30"))
SEED = int(os.environ.get("HARNESS_SEED", "4"))
TESTS = Path(__file__).parent.parent
PATIENCE = 90
"""Seconds after which what was to settle has not."""


class Live:
    """A room, and the processes that work for it."""

    def __init__(self, room: Room, trap: Trap, parts: Sequence[Part], wake: Callable[[], None]) -> None:
        self.room, self.trap, self.parts, self.wake = room, trap, parts, wake
        self.dice = random.Random(SEED)

    def go(self) -> None:
        """The whole schedule, then the end."""
        doings = [self.wish] * 3 + [self.fault] * 3 + [self.kill, self.change]
        for _ in range(STEPS):
            self.room.school.now = fast.now()
            self.wish()
            self.dice.choice(doings)()
            keeps(self.room)
            self.trap.calls(self.dice.randint(0, 3), 0.5)
        self.end()

    def wish(self) -> None:
        """Work is graded; the message that wakes a worker may come twice, or be lost."""
        self.room.wish(
            self.dice.choice([*STUDENTS, STRANGER]), self.dice.choice(GRADED), self.dice.randint(0, 100)
        )
        for _ in range(self.dice.choice([0, 1, 2])):
            self.wake()

    def fault(self) -> None:
        """The LMS misbehaves for a few calls."""
        scope = self.dice.choice(["all", "scores", *SCOPES])
        self.room.fault(self.dice.choice(list(FAULTS)), scope, 100, self.dice.randint(1, 5), 1)

    def change(self) -> None:
        """Something changes in the LMS."""
        node = self.dice.choice(PLACED)
        doing = self.dice.choice([self.room.delete, self.room.remake, self.room.double, None])
        if doing is not None:
            doing(node)
        else:
            self.room.shift(self.dice.choice([-300, 0, 300]))

    def kill(self) -> None:
        """Some processes die, now or in the middle of a call, and others take their place."""
        chosen = self.dice.sample(self.parts, self.dice.randint(1, len(self.parts)))

        def strike() -> None:
            for part in chosen:
                part.kill()

        self.trap.arm(self.dice.randint(1, 4), strike, served_first=self.dice.random() < 0.5)
        if not self.trap.sprung.wait(self.dice.choice([0, 1, 2])):
            self.trap.disarm()
            strike()
        for part in self.parts:
            part.start()
        self.trap.calls(1, 8)

    def end(self) -> None:
        """The LMS is well, teachers repair what only they can, and before long it shows what it should."""
        room, deadline = self.room, time.monotonic() + PATIENCE
        room.school.now = fast.now()
        room.lms.faults.set("none")
        for node in PLACED:
            room.remake(node)
            room.launch("3", node)
            room.wish("5", node, 77)
        for _ in range(3):
            while moving(room):
                assert time.monotonic() < deadline, "grades are still on their way"
                keeps(room)
                time.sleep(0.1)
            room.school.now = fast.now()
            room.resend()
        while waiting(room):
            assert time.monotonic() < deadline, "grades are still on their way, or held again"
            time.sleep(0.1)
        shows(room)

    def figures(self) -> str:
        """How much happened."""
        return ", ".join(
            [
                f"{STEPS} steps",
                f"{sum(map(len, self.room.wishes.values()))} grades",
                f"{self.room.lms.faults.struck.total()} faults",
                f"{sum(part.kills for part in self.parts)} kills",
                f"{len(self.room.lms.accepted)} scores taken",
            ]
        )


@contextmanager
def live(
    engine: Engine,
    folder: Path,
    key_set: str,
    crew: Callable[[dict[str, str]], Sequence[Part]],
    redis_url: str,
) -> Iterator[Live]:
    """A room on this database, its LMS on a port, and a crew started with settings that lead to both."""
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    port = free_port()
    app = make_lms(folder, f"http://127.0.0.1:{port}")
    with lms_of(app).state.change() as data:
        assert data.registration is not None
        data.registration.jwks_uri = key_set
    trap = Trap(app)
    settings = environment(
        redis_url,
        data=str(folder),
        database_url=engine.url.render_as_string(hide_password=False),
        content=str(TESTS / "courses" / "tiny"),
        outbound_allow=f"127.0.0.1:{port}",
    )
    room = Room(School(engine, app, None, now=fast.now()))
    room.lms.clock = fast.seconds
    parts = crew({**settings, "PYTHONPATH": str(TESTS)})
    queue = Celery(broker=redis_url)

    def wake() -> None:
        with suppress(OperationalError):
            queue.send_task("lti_tool.tasks.send_scores", queue="lti-tool", retry=False)

    with serving(trap, port), running(parts):
        yield Live(room, trap, parts, wake if redis_url else lambda: None)


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fast.BEGUN, f"{time.time()}")


def test_embedded_workers_on_sqlite_that_are_killed_lose_nothing(tmp_path: Path, key_set: str) -> None:
    """Two processes of a web server: one of them has the worker, and when it dies the other."""
    engine = connect(f"sqlite:///{tmp_path / 'tool.sqlite3'}")

    def crew(settings: dict[str, str]) -> list[Part]:
        command = [sys.executable, "-m", "harness.embedded"]
        return [Part(command, settings, tmp_path / f"embedded{number}.log") for number in (1, 2)]

    with live(engine, tmp_path, key_set, crew, "") as here:
        here.go()
    sys.stdout.write(f"SQLite, embedded: {here.figures()}\n")
    engine.dispose()


@pytest.mark.postgresql
def test_celery_workers_and_redis_that_are_killed_lose_nothing(tmp_path: Path, key_set: str) -> None:
    if not POSTGRES:
        missing("no PostgreSQL: set LTI_TOOL_TEST_POSTGRES_URL")
    if redis_program() is None:
        missing("no redis-server is installed")
    engine, redis = connect(POSTGRES), Redis(tmp_path)

    def crew(settings: dict[str, str]) -> list[Part]:
        command = [sys.executable, "-m", "celery", "-q", "-A", "harness.hasty"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        worker, beat = [*command, "worker", *quiet], [*command, "beat"]
        store = [redis_program() or "", *redis.options]
        commands = {"redis": store, "beat": beat, "one": worker, "two": worker}
        return [Part(commands[name], settings, tmp_path / f"{name}.log") for name in commands]

    with live(engine, tmp_path, key_set, crew, redis.url) as here:
        here.go()
    sys.stdout.write(f"PostgreSQL, Celery, Redis: {here.figures()}\n")
    engine.dispose()
