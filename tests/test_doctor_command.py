"""`lti-tool doctor`: what it says of an installation and its LMSs, and when it ends with a failure."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from support.delivering import CLIENT, School, make_lms, make_school
from support.live import free_port, serving
from support.tokens import private_key

from lti_tool.cli import main
from lti_tool.lti.http import Http
from lti_tool.storage import schema
from lti_tool.storage.db import Engine, connect, transaction
from lti_tool.storage.platforms import Deployment, Platform, ToolKey
from lti_tool.storage.scores import ScoreReport

COURSES = Path(__file__).parent / "courses"
Lines = dict[str, list[tuple[str, str]]]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose database has not been made."""
    for name in [name for name in os.environ if name.startswith("LTI_TOOL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LTI_TOOL_DATA", str(tmp_path))
    monkeypatch.setenv("LTI_TOOL_BASE_URL", "https://lti.example.jp")
    monkeypatch.setenv("LTI_TOOL_CONTENT", str(COURSES / "tiny"))
    return tmp_path


@pytest.fixture
def engine(data: Path) -> Iterator[Engine]:
    """Its database, made."""
    engine = connect(f"sqlite:///{data / 'lti-tool.sqlite3'}")
    schema.upgrade(engine)
    pem = private_key("tool").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with transaction(engine) as session:
        session.add(
            ToolKey(kid="k", private_pem=pem, created_at=datetime.now(UTC), signs_from=datetime.now(UTC))
        )
    yield engine
    engine.dispose()


@pytest.fixture
def school(engine: Engine, data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[School]:
    """An LMS on a port of this machine that takes our signature."""
    port = free_port()
    monkeypatch.setenv("LTI_TOOL_OUTBOUND_ALLOW", f"127.0.0.1:{port}")
    app = make_lms(data / "lms", f"http://127.0.0.1:{port}")
    with serving(app, port):
        school = make_school(engine, app, Http(allow=(f"127.0.0.1:{port}",)))
        monkeypatch.setattr(school.lms.tool_keys, "verify", lambda _token, _registration: {"sub": CLIENT})
        yield school


def doctor(*arguments: str) -> tuple[Result, Lines]:
    """The command, and its lines by what was looked at."""
    result = CliRunner().invoke(main, ["doctor", *arguments], catch_exceptions=False)
    found: Lines = {}
    for line in result.stdout.splitlines():
        state, what, said = line.split("\t")
        found.setdefault(what, []).append((state, said))
    return result, found


def lms_lines(found: Lines) -> list[tuple[str, str]]:
    """What was said of the one LMS."""
    (lines,) = [lines for what, lines in found.items() if what.startswith("LMS 1 http://127.0.0.1:")]
    return lines


def test_all_is_well(school: School):
    result, found = doctor()
    assert result.exit_code == 0, result.stdout
    assert found["migrations"] == [("ok", schema.heads()[0])]
    assert found["content"] == [("ok", "2 stages, 3 modules")]
    assert found["file store"] == [("ok", "writable")]
    said = [words for _state, words in lms_lines(found)]
    assert said[:2] == ["no launch yet", "grades: 0 waiting, 0 held, 0 changed there"]
    assert said[2] == "key set reachable, usable keys: 1"
    assert said[3].startswith("clocks agree to ")
    assert said[4] == "access token with the scopes score and lineitem"
    assert {state for lines in found.values() for state, _ in lines} == {"ok"}


def test_a_launch_and_held_grades_are_counted(school: School):
    student = school.student()
    school.want(student, 80)
    school.change(ScoreReport, state="held", reason="refused")
    result, found = doctor("--offline")
    assert result.exit_code == 0
    lines = lms_lines(found)
    assert lines[0][1] == f"last launch {school.now:%Y-%m-%d %H:%M} UTC"
    assert lines[1] == ("look", "grades: 0 waiting, 1 held, 0 changed there: run `lti-tool passback list`")
    assert len(lines) == 2, "nobody was asked"
    assert "Person" not in result.stdout
    school.change(ScoreReport, state="drifted", reason="")
    _result, found = doctor("--offline")
    assert lms_lines(found)[1][1].startswith("grades: 0 waiting, 0 held, 1 changed there: run")


def test_an_lms_that_is_down_and_one_that_is_switched_off(school: School):
    school.change(Platform, jwks_url="http://127.0.0.1:9/certs", token_url="http://127.0.0.1:9/token")
    school.change(Deployment, approved_at=None)
    result, found = doctor()
    assert result.exit_code == 1
    assert ("look", "1 deployments wait for approval") in lms_lines(found)
    assert ("broken", "key set of 127.0.0.1: address") in lms_lines(found)
    assert lms_lines(found)[-1][1].startswith("no access token: ")
    school.change(Platform, disabled_at=school.now)
    result, found = doctor()
    assert result.exit_code == 0
    assert lms_lines(found) == [("ok", f"switched off since {school.now:%Y-%m-%d}")]


def test_a_worker_that_does_not_run_is_noticed(school: School):
    school.want(school.student(), 80)
    school.change(ScoreReport, next_try_at=datetime.now(UTC) - timedelta(minutes=20))
    result, found = doctor("--offline")
    assert result.exit_code == 1
    said = "stuck: a grade has been due for 20 minutes, a worker moved never: does one run?"
    assert found["worker"] == [("broken", said)]


def test_a_database_that_was_not_made_is_told_and_not_made(data: Path):
    result, found = doctor()
    assert result.exit_code == 1
    assert found["migrations"] == [
        ("broken", f"at version none, the newest is {schema.heads()[0]}: run `lti-tool db upgrade`")
    ]
    assert "worker" not in found
    assert schema.version(connect(f"sqlite:///{data / 'lti-tool.sqlite3'}")) is None


def test_what_is_broken_is_told_line_by_line(data: Path, monkeypatch: pytest.MonkeyPatch):
    (data / "file").touch()
    monkeypatch.setenv("LTI_TOOL_CONTENT", str(COURSES / "broken"))
    monkeypatch.setenv("LTI_TOOL_STORAGE_URL", f"file://{data}/file/below")
    monkeypatch.setenv("LTI_TOOL_DATABASE_URL", f"sqlite:///{data}/none/db")
    monkeypatch.setenv("LTI_TOOL_BASE_URL", "http://localhost:8000")
    result, found = doctor()
    assert result.exit_code == 1
    assert found["address"][0][0] == "look"
    assert found["content"][0][0] == "broken"
    assert found["content"][0][1].endswith("run `lti-tool content check`")
    assert found["file store"][0][0] == "broken"
    assert found["database"] == [("broken", "does not answer")]
