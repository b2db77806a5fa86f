"""Background work: chores that do not hinder each other, one worker a machine, a clean end."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs
from support.delivering import QUIZ, School, Wire, make_lms, make_school
from support.people import make_person
from support.tables import empty

from lti_tool import worker
from lti_tool.services import quizzes
from lti_tool.storage.db import Engine, transaction
from lti_tool.storage.people import Context, LaunchSession
from lti_tool.storage.platforms import Nonce
from lti_tool.storage.work import Attempt
from lti_tool.worker import REMEMBERED, Works, run, start_embedded, tick

TINY = Path(__file__).parent / "courses" / "tiny"


@pytest.fixture
def school(engine: Engine, tmp_path: Path) -> Iterator[School]:
    """A course with a demo LMS, committed."""
    empty(engine)
    app = make_lms(tmp_path)
    yield make_school(engine, app, Wire(app))
    empty(engine)


def works(school: School) -> Works:
    """What the worker needs."""
    return Works(school.engine, school.http, school.course, lambda: school.now)


def round_of(school: School) -> int:
    """One tick."""
    return tick(works(school), lambda: False)


def test_a_tick_sends_what_is_due(school):
    student = school.student()
    school.want(student, 80)
    assert round_of(school) == 1
    assert school.report(student).state == "delivered"
    assert round_of(school) == 0


def test_a_backlog_is_left_after_a_while_for_the_chores_to_have_their_turn(school, monkeypatch):
    school.want(school.student("5"), 80)
    school.want(school.student("6"), 80)
    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=lambda: float(len(school.http.asked))))
    monkeypatch.setattr(worker, "TURN", 1.0)
    one_by_one = replace(works(school), scores_at_once=1)
    assert tick(one_by_one, lambda: False) == 1
    school.http.asked.clear()
    assert tick(one_by_one, lambda: False) == 1


def test_a_tick_hands_in_attempts_whose_time_is_over_and_sends_their_result(school):
    student = school.student()
    with transaction(school.engine) as session:
        attempt = quizzes.start(session, school.course, student, QUIZ, school.now)
        session.get_one(Attempt, attempt).due_at = school.now + timedelta(minutes=1)
    round_of(school)
    school.forward(minutes=2)
    assert round_of(school) == 1
    assert (school.report(student).state, school.shown().score) == ("delivered", 0)


def test_expired_nonces_go_at_once_and_sessions_when_nobody_can_ask_why_they_ended(school):
    with transaction(school.engine) as session:
        session.add(Nonce(platform_id=school.platform_id, value="n", expires_at=school.now))
        who = make_person(session, context=session.get(Context, school.context_id))
        session.add(
            LaunchSession(
                id="l",
                secret_hash="",
                person_id=who.person_id,
                context_id=who.context_id,
                role="learner",
                language="ja",
                created_at=school.now,
                expires_at=school.now,
            )
        )

    def left() -> list[int]:
        with transaction(school.engine) as session:
            return [session.query(kind).count() for kind in (Nonce, LaunchSession)]

    round_of(school)
    assert left() == [1, 1]
    school.forward(seconds=1)
    round_of(school)
    assert left() == [0, 1]
    school.now += REMEMBERED
    round_of(school)
    assert left() == [0, 0]


def test_a_chore_that_fails_keeps_no_score_from_being_sent(school, monkeypatch):
    def broken(*_: object) -> int:
        raise RuntimeError("this attempt cannot be marked")

    monkeypatch.setattr(quizzes, "close_overdue", broken)
    student = school.student()
    school.want(student, 80)
    with capture_logs() as logs:
        assert round_of(school) == 1
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["chore failed"]


@pytest.mark.parametrize("work", ["send_scores", "do_chores", "read_rosters"])
def test_the_worker_goes_on_after_a_failure_and_stops_when_told(school, monkeypatch, work):
    stop = threading.Event()
    tries: list[int] = []

    def failing(_works: Works, _stopping: object) -> int:
        tries.append(1)
        if len(tries) == 3:
            stop.set()
        raise RuntimeError("the database is away")

    failing.__name__ = work
    for name in ("send_scores", "do_chores", "read_rosters"):
        monkeypatch.setattr(worker, name, failing if name == work else lambda *_: 1)
    monkeypatch.setattr(worker, "PAUSE", 0.001)
    run(works(school), stop)
    assert len(tries) == 3


def test_of_the_processes_of_one_machine_one_works_and_another_takes_over(school, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "PAUSE", 0.001)
    working: list[str] = []
    seen = threading.Condition()

    def note(name: str):
        def body(_works: Works, stop: threading.Event) -> None:
            with seen:
                working.append(name)
                seen.notify_all()
            stop.wait()

        return body

    stops = {name: threading.Event() for name in ("first", "second")}
    threads = []
    for name, stop in stops.items():
        monkeypatch.setattr(worker, "run", note(name))
        threads.append(start_embedded(works(school), tmp_path / "worker.lock", stop))
        with seen:
            seen.wait_for(lambda: working, timeout=10)
    assert working == ["first"]
    stops["first"].set()
    with seen:
        assert seen.wait_for(lambda: len(working) == 2, timeout=10)
    stops["second"].set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_the_worker_command_stops_when_asked_to(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LTI_TOOL_")}
    environment |= {"LTI_TOOL_DATA": str(tmp_path), "LTI_TOOL_CONTENT": str(TINY)}
    process = subprocess.Popen(
        [sys.executable, "-m", "lti_tool.cli", "worker"], env=environment, stderr=subprocess.PIPE, text=True
    )
    guard = threading.Timer(60, process.kill)
    guard.start()
    with process:
        line = process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
    guard.cancel()
    assert '"event": "worker started"' in line
    assert (process.returncode, rest) == (0, "")
