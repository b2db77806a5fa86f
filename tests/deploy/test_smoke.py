"""The larger size as it is deployed: nginx with TLS, gunicorn, PostgreSQL, Redis, Celery's worker and beat.

Every file of `deploy/` that starts or shapes one of them is used as it stands, but for paths, ports and names. A
student launches through nginx, takes a quiz, and the gradebook of the LMS shows the result.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests
from browser.world import DAY, SAKURA
from conftest import missing
from flask import Flask
from support import deployed, pages
from support.certificates import certify
from support.databases import own_database
from support.deployed import Ports
from support.live import LOOPBACK, free_ports, serving
from support.processes import TINY, answers, process, run, until
from support.processes import command as tool
from support.queueing import Redis, redis_program
from support.visitor import Visitor

from lti_tool import demonstration
from lti_tool.curriculum.load import sound
from lti_tool.demo.app import DemoConfig, connect, create_demo, lms_of

QUIZ = "t101-quiz"
SIZE = 3 * 1024 * 1024


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody here trusts the test's authority: the tool, the LMS, and the browser."""
    authority = certify(tmp_path)
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, str(authority))


@contextmanager
def deployment(folder: Path, ports: Ports) -> Iterator[Mapping[str, str]]:
    """All servers, for as long as the block runs; answers the settings of the tool."""
    with ExitStack() as stack:
        database = stack.enter_context(own_database())
        redis = stack.enter_context(Redis(folder))
        settings = deployed.environment(
            base_url=f"https://localhost:{ports.https}",
            data=str(folder / "data"),
            database_url=database,
            redis_url=redis.url,
            content=str(TINY),
            outbound_allow=f"{LOOPBACK}:{ports.lms_https}",
            worker_bind=f"{LOOPBACK}:{ports.worker}",
        )
        run(tool("db", "upgrade"), settings)
        web = deployed.command("lti-tool-web.service")
        web[web.index("--bind") + 1] = f"{LOOPBACK}:{ports.web}"
        server = ["nginx", "-c", str(deployed.nginx(folder, ports)), "-e", f"{folder}/error.log"]
        commands = {
            "nginx": server,
            "web": web,
            "worker": deployed.command("lti-tool-worker.service"),
            "beat": deployed.command("lti-tool-beat.service"),
        }
        started = {
            name: stack.enter_context(process(words, settings, folder / f"{name}.txt"))
            for name, words in commands.items()
        }
        yield settings
        gone = {name: (folder / f"{name}.txt").read_text() for name, each in started.items() if each.poll()}
        assert gone == {}, "all of them live to the end"
    assert {name: each.returncode for name, each in started.items()} == dict.fromkeys(started, 0)


@pytest.fixture
def lms(tmp_path: Path, trusted: None) -> tuple[Flask, Ports]:
    """The demo LMS, whose address begins with https, and where everything will listen."""
    for program, found in {"nginx": shutil.which("nginx"), "redis-server": redis_program()}.items():
        if found is None:
            missing(f"no {program} is installed")
    ports = Ports(*free_ports(6))
    placed = demonstration.placements(sound(TINY))
    return create_demo(DemoConfig(f"https://{LOOPBACK}:{ports.lms_https}", tmp_path, placed)), ports


@pytest.mark.postgresql
def test_a_quiz_taken_through_nginx_reaches_the_gradebook(lms: tuple[Flask, Ports], tmp_path: Path):
    app, ports = lms
    site = f"https://localhost:{ports.https}"
    with serving(app, ports.lms), deployment(tmp_path, ports) as settings:
        until(lambda: answers(f"{site}/readyz") and answers(f"http://{LOOPBACK}:{ports.worker}/livez"))
        connect(app, run(tool("platform", "invite"), dict(settings)).strip())
        with lms_of(app).state.read() as data:
            (activity,) = [one.id for one in data.course_activities(DAY) if one.custom.get("node") == QUIZ]
            (column,) = [one.id for one in data.course_columns(DAY) if one.resource_id == QUIZ]
        student = Visitor(lms_of(app).config.base_url, SAKURA).launch(activity)
        assert student.url.startswith(site)
        assert "100%" in pages.words(pages.pass_quiz(student.pages(), sound(TINY), QUIZ).text)

        def shown() -> float | None:
            with lms_of(app).state.read() as data:
                grade = data.grade(column, SAKURA)
            return grade.score if grade else None

        until(lambda: shown() == 100)
        gate_keeps_its_rules(site, ports)
    log = (tmp_path / "lti-tool.log").read_text()
    assert '"POST /lti" 303' in log
    assert "invite" not in log


def gate_keeps_its_rules(site: str, ports: Ports) -> None:
    """What nginx alone decides."""
    plain = requests.get(f"http://{LOOPBACK}:{ports.http}/lti/jwks.json", allow_redirects=False, timeout=5)
    assert (plain.status_code, plain.headers["Location"][:8]) == (301, "https://")
    answer = requests.get(f"{site}/lti/jwks.json", timeout=5)
    assert answer.headers["Strict-Transport-Security"]
    assert answer.headers["Content-Security-Policy"]
    assert "nginx/" not in answer.headers["Server"]
    assert requests.get(f"{site}/metrics", timeout=5).status_code == 404
    assert answers(f"http://{LOOPBACK}:{ports.web}/metrics")
    much = b"x" * SIZE
    assert requests.post(f"{site}/lti/launch", data=much, timeout=20).status_code == 413
    file = requests.post(f"{site}/l/nobody/assignments/x/files", data=much, timeout=20)
    assert file.status_code not in {413, 502}, "a handed-in file comes through to the tool"
