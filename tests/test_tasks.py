"""Background work by messages: they only wake. None, one or five of them, the rows decide what is sent."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from ssl import CERT_REQUIRED

import pytest
from browser.world import eventually
from conftest import missing
from kombu import Connection
from kombu.exceptions import OperationalError
from structlog.testing import capture_logs
from support.delivering import School, Wire, make_lms, make_school
from support.live import free_port, serving
from support.queueing import Redis, celery, environment, redis_program
from support.tables import empty

from lti_tool import tasks
from lti_tool.lti.http import Http
from lti_tool.services import roster
from lti_tool.storage.db import Engine
from lti_tool.tasks import Bell, Turn
from lti_tool.worker import Works

TINY = Path(__file__).parent / "courses" / "tiny"


@pytest.fixture
def school(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[School]:
    """A course with a demo LMS, committed; the tasks of this process work for it."""
    empty(engine)
    app = make_lms(tmp_path)
    school = make_school(engine, app, Wire(app))
    works = Works(engine, school.http, school.course, lambda: school.now)
    monkeypatch.setattr(tasks, "works", lambda: works)
    yield school
    empty(engine)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """A Redis that only this test uses."""
    if redis_program() is None:
        missing("no redis-server is installed")
    with Redis(tmp_path) as server:
        yield server


def test_a_message_has_everything_sent_that_is_due(school):
    students = [school.student(sub) for sub in ("5", "6", "7")]
    for student in students:
        school.want(student, 80)
    tasks.send_scores()
    assert [school.report(student).state for student in students] == ["delivered"] * 3


def test_one_message_too_many_sends_nothing_twice(school):
    student = school.student()
    school.want(student, 80)
    for _ in range(3):
        tasks.send_scores()
    assert len(school.tries(student)) == 1


def test_class_lists_are_read_by_messages_too(school, monkeypatch):
    rounds = iter([5, 2, 0])
    monkeypatch.setattr(roster, "sync_due", lambda *_about: next(rounds))
    (task,) = (one for one in tasks.TASKS if one.name.endswith(".read_rosters"))
    task()
    assert next(rounds, "nothing left") == "nothing left"


def test_a_worker_looks_by_itself_and_ends_cleanly(school, monkeypatch, tmp_path):
    """What fails keeps nothing else from being done."""

    def broken(*_about: object) -> int:
        raise RuntimeError("the list cannot be kept")

    monkeypatch.setenv("LTI_TOOL_DATA", str(tmp_path))
    monkeypatch.setattr(roster, "sync_due", broken)
    student = school.student()
    school.want(student, 80)
    with capture_logs() as logs:
        tasks._prepare()
        try:
            eventually(lambda: school.report(student).state == "delivered")
        finally:
            tasks._stop()
            tasks._end()
            tasks.stopping.clear()
    assert not any(looker.is_alive() for looker in tasks.lookers)
    tasks.lookers.clear()
    assert [line["work"] for line in logs if line["event"] == "work failed"] == ["read_rosters"]


def test_everything_that_the_embedded_worker_does_has_its_beat():
    beaten = {plan["task"].rpartition(".")[2] for plan in tasks.configuration()["beat_schedule"].values()}
    assert beaten == {"send_scores", "do_chores", "read_rosters", "read_results"}


def test_a_worker_that_is_told_to_stop_begins_nothing(school, monkeypatch):
    student = school.student()
    school.want(student, 80)
    tasks.stopping.set()
    try:
        tasks.send_scores()
    finally:
        tasks.stopping.clear()
    assert school.report(student).state == "queued"


def test_who_comes_in_the_middle_makes_it_go_round_once_more():
    turn, begun, go_on = Turn(), threading.Event(), threading.Event()
    rounds: list[str] = []

    def work() -> None:
        rounds.append(threading.current_thread().name)
        begun.set()
        assert go_on.wait(10)

    first = threading.Thread(target=turn.take, args=(work,), name="first")
    first.start()
    assert begun.wait(10)
    for _ in range(3):
        turn.take(work)
    go_on.set()
    first.join(10)
    assert rounds == ["first", "first"]


def test_work_that_fails_is_done_again_by_the_next():
    def broken() -> None:
        raise RuntimeError("the database is away")

    turn, done = Turn(), []
    with pytest.raises(RuntimeError):
        turn.take(broken)
    turn.take(lambda: done.append(1))
    assert done == [1]


def test_a_bell_without_redis_hinders_nobody_and_rings_again_later(monkeypatch):
    monkeypatch.setattr(tasks, "GAP", 0)
    tries = threading.Semaphore(0)

    def away() -> None:
        tries.release()
        raise ConnectionError("redis://:secret@nowhere")

    with capture_logs() as logs:
        bell = Bell(away)
        for _ in range(2):
            bell.ring()
            assert tries.acquire(timeout=10)
        eventually(lambda: len(logs) == 2)
    assert {line["error"] for line in logs} == {"ConnectionError"}
    assert "secret" not in str(logs)


def test_redis_by_tls_must_prove_who_it_is(monkeypatch, tmp_path):
    monkeypatch.setenv("LTI_TOOL_DATA", str(tmp_path))
    monkeypatch.setenv("LTI_TOOL_REDIS_URL", "rediss://cache.school.example/0")
    found = tasks.configuration()
    ssl = Connection(found["broker_url"], ssl=found["broker_use_ssl"]).ssl
    assert (ssl["ssl_cert_reqs"], ssl["ssl_check_hostname"]) == (CERT_REQUIRED, True)


def test_without_its_packages_it_says_what_to_install():
    code = "import sys; sys.modules['celery'] = None; import lti_tool.tasks"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.stderr.splitlines()[-1].endswith("pip install 'lti-tool[celery]'")


def test_a_worker_refuses_to_start_on_a_broken_course(tmp_path, redis):
    settings = environment(redis.url, data=str(tmp_path), content=str(TINY.parent / "broken"))
    with celery("worker", settings, tmp_path / "log") as process:
        assert process.wait(30) == 1
    assert "lti-tool: " in (tmp_path / "log").read_text()


@contextmanager
def far_away(engine: Engine, folder: Path, redis_url: str) -> Iterator[tuple[School, Mapping[str, str]]]:
    """A course whose LMS is reached by sockets, and the settings of a worker for it."""
    empty(engine)
    port = free_port()
    app = make_lms(folder, f"http://127.0.0.1:{port}")
    settings = environment(
        redis_url,
        data=str(folder),
        database_url=engine.url.render_as_string(hide_password=False),
        content=str(TINY),
        outbound_allow=f"127.0.0.1:{port}",
    )
    with serving(app, port):
        yield make_school(engine, app, Http(allow=(f"127.0.0.1:{port}",))), settings
    empty(engine)


def test_a_worker_sends_what_is_due_although_there_is_no_redis(engine, tmp_path):
    with far_away(engine, tmp_path, f"redis://127.0.0.1:{free_port()}/0") as (school, settings):
        student = school.student()
        school.want(student, 80)
        with celery("worker", settings, tmp_path / "log"):
            eventually(lambda: school.report(student).state == "delivered")


def test_a_worker_of_its_own_is_woken_and_survives_the_loss_of_redis(engine, tmp_path, redis, monkeypatch):
    """Messages are sent as web processes send them; meanwhile Redis dies with all that it holds."""
    monkeypatch.setenv("CELERY_BROKER_URL", redis.url)  # read at every use; the settings were read long ago
    monkeypatch.setattr(tasks.app.amqp, "_producer_pool", None)
    tasks.wake()
    (message,) = redis.client.lrange("lti-tool", 0, -1)
    assert json.loads(message)["content-type"] == "application/json"
    log = tmp_path / "log"
    with far_away(engine, tmp_path, redis.url) as (school, settings), celery("worker", settings, log):
        eventually(lambda: "worker started" in log.read_text())
        first, second = school.student("5"), school.student("6")
        school.want(first, 80)
        for _ in range(5):
            tasks.wake()
        eventually(lambda: school.report(first).state == "delivered")
        redis.kill()
        school.want(second, 90)
        with pytest.raises(OperationalError):
            tasks.wake()
        redis.start()
        tasks.wake()
        eventually(lambda: school.report(second).state == "delivered")
        assert [len(school.tries(who)) for who in (first, second)] == [1, 1]
