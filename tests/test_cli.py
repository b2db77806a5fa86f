"""The `lti-tool` command from an empty data folder: what it prints, what it refuses, what it leaves behind."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.delivering import QUIZ, make_lms, make_school

from lti_tool.cli import main
from lti_tool.commands import platforms as platform_commands
from lti_tool.lti.http import Http
from lti_tool.services import deployments, passback_admin
from lti_tool.storage import schema
from lti_tool.storage.db import connect, transaction
from lti_tool.storage.scores import LineItem, Reading, ScoreReport

COURSES = Path(__file__).parent / "courses"
PLATFORM = (
    *("platform", "add", "--issuer", "https://moodle.example", "--client-id", "c1"),
    *("--auth-url", "https://moodle.example/auth", "--token-url", "https://moodle.example/token"),
    *("--jwks-url", "https://moodle.example/jwks"),
)


def nowhere(*_about: object, **_more: object) -> list[object]:
    """Finds no host: the names in these tests are nobody's."""
    raise OSError("no such host")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty LTI_TOOL_DATA, and no other settings but the address and the course."""
    for name in [name for name in os.environ if name.startswith("LTI_TOOL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LTI_TOOL_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LTI_TOOL_BASE_URL", "https://lti.example.jp")
    monkeypatch.setenv("LTI_TOOL_CONTENT", str(COURSES / "tiny"))
    monkeypatch.setattr(platform_commands, "Http", partial(Http, resolver=nowhere))
    return tmp_path / "data"


def run(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def database(folder: Path):
    """The embedded database."""
    return connect(f"sqlite:///{folder / 'lti-tool.sqlite3'}")


def test_the_database_is_made_and_brought_to_the_newest_version(folder):
    for _ in range(2):
        result = run("db", "upgrade")
        assert result.exit_code == 0
        assert result.stdout == f"database at version {schema.heads()[0]}\n"
    assert schema.differences(database(folder)) == []


def test_an_invitation_is_one_line_with_one_address(folder):
    """Acceptance 11: as a program, as it is piped into a clipboard."""
    found = subprocess.run(
        [sys.executable, "-m", "lti_tool.cli", "platform", "invite"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.fullmatch(r"https://lti\.example\.jp/lti/register\?invite=[\w-]{43}\n", found.stdout)
    assert found.stderr == ""
    assert found.stdout.rpartition("=")[2].strip().encode() not in (folder / "lti-tool.sqlite3").read_bytes()


def test_two_invitations_differ(folder):
    assert run("platform", "invite").stdout != run("platform", "invite").stdout


def test_an_lms_is_entered_listed_and_switched_off(folder):
    assert run("platform", "list").stdout == ""
    assert (
        run(*PLATFORM, "--name", "School", "--deployment-id", "1").stdout == "added https://moodle.example\n"
    )
    assert run("platform", "list").stdout == "1\tactive\thttps://moodle.example\tc1\tSchool\n"
    assert run("platform", "disable", "1").exit_code == 0
    assert run("platform", "list").stdout == "1\tdisabled\thttps://moodle.example\tc1\tSchool\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (PLATFORM, "registered already"),
        (("platform", "disable", "9"), "no platform 9"),
        (
            (*PLATFORM[:7], "http://moodle.example/auth", *PLATFORM[8:]),
            "not an https address that may be called",
        ),
        (("passback", "retry", "9"), "no report 9"),
    ],
)
def test_a_known_fault_is_one_sentence_without_a_traceback(folder, arguments, told):
    run(*PLATFORM)
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("lti-tool: ")
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_wrong_setting_is_told_by_its_name(folder, monkeypatch):
    monkeypatch.setenv("LTI_TOOL_BASE_URL", "lti.example.jp")
    result = run("db", "upgrade")
    assert (result.exit_code, "LTI_TOOL_BASE_URL='lti.example.jp'" in result.stderr) == (1, True)


def test_a_new_key_is_published_before_it_signs(folder):
    """KEY-03."""
    run("db", "upgrade")
    (old,) = (line.split("\t")[0] for line in run("keys", "list").stdout.splitlines())
    new = re.fullmatch(
        r"([\w-]{43}) signs from \d{4}-\d\d-\d\d \d\d:\d\d UTC\n", run("keys", "rotate").stdout
    )
    assert new
    listed = [line.split("\t")[:2] for line in run("keys", "list").stdout.splitlines()]
    assert listed == [[new[1], "waits"], [old, "signs"]]
    assert run("keys", "rotate").stderr == "lti-tool: a new key waits already\n"
    third = run("keys", "rotate", "--leaked").stdout.split()[0]
    assert [line.split("\t")[:2] for line in run("keys", "list").stdout.splitlines()] == [[third, "signs"]]


def test_a_good_package_is_described_and_a_broken_one_fails(folder):
    good, broken = run("content", "check"), run("content", "check", str(COURSES / "broken"))
    assert (good.exit_code, broken.exit_code) == (0, 1)
    assert re.search(r"\w+\.yaml:\d+: ", broken.stdout)
    assert not re.search(r"\w+\.yaml:\d+: ", good.stdout)


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_nothing_is_served_from_a_broken_package(folder, monkeypatch, command):
    monkeypatch.setenv("LTI_TOOL_CONTENT", str(COURSES / "broken"))
    monkeypatch.setattr(os, "execve", lambda *_: pytest.fail("it was served"))
    result = run(command)
    assert result.exit_code == 1
    assert re.search(r"\w+\.yaml:\d+: ", result.stderr)


def test_serving_replaces_this_process_with_the_web_server(folder, monkeypatch):
    called: list[list[str]] = []
    monkeypatch.setattr(os, "execve", lambda _program, arguments, _environment: called.append(arguments))
    run("serve", "--bind", "127.0.0.1:9999")
    (arguments,) = called
    assert arguments[1:4] == ["-m", "gunicorn", "lti_tool.wsgi:app"]
    assert arguments[arguments.index("--bind") + 1] == "127.0.0.1:9999"
    assert (folder / "lti-tool.sqlite3").exists()


def test_every_setting_is_printed(folder):
    assert "LTI_TOOL_DATABASE_URL" in run("settings").stdout


def test_grades_on_their_way_are_counted_and_held_ones_sent_again(folder, tmp_path):
    run("db", "upgrade")
    engine = database(folder)
    school = make_school(engine, make_lms(tmp_path), None)
    for sub, state in (("5", "held"), ("6", "queued")):
        student = school.student(sub)
        school.want(student, 80)
        with transaction(engine) as session:
            row = session.get_one(ScoreReport, school.report(student).id)
            row.state, row.reason, row.tries = state, "refused" if state == "held" else "", 2
    queue, held = run("passback", "list").stdout.splitlines()
    number, issuer, waiting, *others = queue.split("\t")
    assert (number, issuer) == ("platform 1", school.lms.config.base_url)
    assert re.fullmatch(r"1 waiting since \d{4}-\d\d-\d\d \d\d:\d\d UTC", waiting)
    told = ["1 held", "0 changed there", "0 failures", "left alone until -", "last received -"]
    assert others == told
    assert held == f"report 1\tplatform 1\tcourse 1\t{QUIZ}\trefused\t2 tries"
    assert "Person" not in held + queue
    assert run("passback", "retry").exit_code == 2, "nothing said about which"
    assert run("passback", "retry", "--held", "1").exit_code == 2
    assert run("passback", "retry", "--held").stdout == "queued 1\n"
    assert run("passback", "retry", "1", "2").stdout == "queued 2\n"
    with transaction(engine) as session:
        assert passback_admin.needy(session) == ()
        assert {row.next_try_at <= datetime.now(UTC) for row in session.query(ScoreReport)} == {True}
    engine.dispose()


def test_what_the_lms_shows_is_read_and_compared(folder, tmp_path):
    run("db", "upgrade")
    engine = database(folder)
    school = make_school(engine, make_lms(tmp_path), None)
    school.want(school.student("5"), 80)
    told = run("passback", "check")
    assert told.exit_code == 1, "nobody has come to this course for a launch, and its LMS is not there"
    course, column = told.stdout.splitlines()
    assert course.startswith(
        "course 1\tplatform 1\t0 columns read\t0 shown as sent\t0 not seen yet\t1 waiting"
    )
    assert column.startswith(f"course 1\tplatform 1\t{QUIZ}\tnot read: ")
    assert run("passback", "check", "--course", "9").exit_code == 1
    with transaction(engine) as session:
        session.query(ScoreReport).delete()
        session.query(Reading).delete()
        session.query(LineItem).delete()
    assert run("passback", "check").stdout == ""
    engine.dispose()


def test_the_audit_log_is_exported(folder):
    """ATK-25."""
    run("platform", "invite")
    run("keys", "rotate")
    head, invited, rotated = run("audit", "export").stdout.splitlines()
    assert head == "number,time,who,action,what"
    assert invited.endswith(",command line,platform-invited,invitation 1")
    assert ",command line,key-rotated,key " in rotated
    assert run("audit", "export", "--action", "key-rotated").stdout.splitlines() == [head, rotated]
    assert run("audit", "export", "--since", "2999-01-01").stdout.splitlines() == [head]
    assert run("audit", "export", "--action", "nonsense").exit_code == 2


def test_an_operator_is_made_and_the_password_never_stands_in_the_command(folder):
    typed = CliRunner().invoke(main, ["operator", "add", "anna"], input="correct horse battery\n" * 2)
    assert typed.exit_code == 0
    assert "correct horse" not in typed.stdout
    assert run("operator", "add", "ben", "some password 123").exit_code == 2
    made = run("operator", "add", "ben", "--generate").stdout
    assert re.fullmatch(r"[\w-]{20}\n", made)
    assert run("operator", "password", "ben", "--generate").stdout != made
    assert run("operator", "disable", "anna").stdout == "disabled anna\n"
    accounts = [line.split("\t")[:2] for line in run("operator", "list").stdout.splitlines()]
    assert accounts == [["anna", "disabled"], ["ben", "active"]]
    assert run("operator", "enable", "anna").stdout == "enabled anna\n"
    assert made.strip().encode() not in (folder / "lti-tool.sqlite3").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "typed", "told"),
    [
        (("add", "Anna"), "correct horse battery\n" * 2, "a name has up to 40 of"),
        (("add", "anna"), "short\n" * 2, "a password has 12 to 200 characters"),
        (("password", "nobody"), "correct horse battery\n" * 2, "no operator nobody"),
        (("disable", "nobody"), "", "no operator nobody"),
    ],
)
def test_what_is_wrong_with_an_operator_is_told_in_one_line(folder, arguments, typed, told):
    found = CliRunner().invoke(main, ["operator", *arguments], input=typed)
    assert found.exit_code == 1
    assert found.stderr.splitlines()[-1].startswith(f"lti-tool: {told}")


def test_a_deployment_is_let_in_and_kept_out(folder):
    """CLM-05, DR-17."""
    run(*PLATFORM, "--deployment-id", "1")
    engine = database(folder)
    assert deployments.ask(engine, 1, "school-b", datetime.now(UTC)) == "deployment-waits"
    engine.dispose()
    assert run("platform", "deployments", "1").stdout == "1\tapproved\t1\n2\twaiting\tschool-b\n"
    assert run("platform", "approve", "2").stdout == "approved 2\n"
    assert run("platform", "refuse", "1").stdout == "refused 1\n"
    assert run("platform", "deployments", "1").stdout == "1\trefused\t1\n2\tapproved\tschool-b\n"
    assert run("platform", "approve", "9").stderr == "lti-tool: no deployment 9\n"
    assert run("platform", "deployments", "9").stderr == "lti-tool: no platform 9\n"


def test_a_platform_is_switched_off_and_on_again(folder):
    run(*PLATFORM)
    run("platform", "disable", "1")
    assert run("platform", "list").stdout.split("\t")[1] == "disabled"
    assert run("platform", "enable", "1").stdout == "enabled 1\n"
    assert run("platform", "list").stdout.split("\t")[1] == "active"


def test_an_lms_entered_by_hand_is_told_when_its_keys_cannot_be_fetched(folder):
    added = run(*PLATFORM)
    assert (added.exit_code, added.stdout) == (0, "added https://moodle.example\n")
    assert added.stderr.startswith("nobody can launch until its public keys can be fetched: ")


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--jwks-url", "https://10.0.0.7/keys", "jwks_url: not an https address that may be called"),
        ("--token-url", "http://moodle.example/token", "token_url: not an https address that may be called"),
        ("--issuer", "moodle", "issuer: not an https address that may be called"),
        ("--client-id", " ", "client_id: missing or too long"),
    ],
)
def test_what_is_typed_wrongly_for_an_lms_is_told(folder, option, value, told):
    """ATK-03."""
    result = run(*PLATFORM, option, value)
    assert (result.exit_code, result.stderr) == (1, f"lti-tool: {told}\n")
    assert run("platform", "list").stdout == ""
