"""Several processes serve, and count as one."""

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from support.live import free_port
from support.processes import SECONDS, answers, command, environment, process, serving, until

from lti_tool.metrics import fresh_folder

ASKED = re.compile(r'^lti_tool_request_seconds_count\{endpoint="health.alive"\} ([0-9.]+)$', re.MULTILINE)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An installation of its own, with two web processes."""
    return environment(tmp_path, web_workers="2", embedded_worker="0")


def count(address: str) -> int:
    """How many requests for `/healthz` were counted."""
    found = ASKED.search(requests.get(f"{address}/metrics", timeout=10).text)
    return int(float(found[1])) if found else 0


def test_two_web_processes_count_together(env, tmp_path: Path):
    """However often one is asked, and whatever a server before them left there."""
    folder, log, asked = tmp_path / "metrics", tmp_path / "log", 0

    def ask(_number: int) -> int:
        return requests.get(f"{address}/healthz", timeout=30).status_code

    def both() -> bool:
        nonlocal asked
        asked += 20
        with ThreadPoolExecutor(8) as crowd:
            assert set(crowd.map(ask, range(20))) == {200}
        return len(list(folder.rglob("histogram_*.db"))) == 2

    with serving(env, log) as address:
        until(both)
        assert {count(address) for _ in range(10)} == {asked}, "whichever process answers"


def test_what_a_server_before_has_counted_is_not_counted_again(tmp_path: Path):
    left, other = tmp_path / "metrics" / "counter_1.db", tmp_path / "metrics" / "notes"
    left.parent.mkdir()
    for file in (left, other):
        file.touch()
    assert list(fresh_folder(left.parent).iterdir()) == [other]
    assert list(fresh_folder(tmp_path / "new").iterdir()) == []


def test_a_worker_without_a_web_server_answers_for_itself(env, tmp_path: Path):
    """At its own port, and to the supervisor that started it."""
    bind, notify = f"127.0.0.1:{free_port()}", str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(notify)
        supervisor.settimeout(SECONDS)
        settings = {"LTI_TOOL_WORKER_BIND": bind, "NOTIFY_SOCKET": notify}
        with process(command("worker"), env | settings, tmp_path / "log"):
            assert supervisor.recv(100) == b"READY=1\nWATCHDOG=1"
            until(lambda: answers(f"http://{bind}/livez"))
            assert "lti_tool_deliveries" in requests.get(f"http://{bind}/metrics", timeout=10).text
        heard = [supervisor.recv(100)]
        while heard[-1] != b"STOPPING=1":
            heard.append(supervisor.recv(100))
