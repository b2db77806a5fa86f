"""A worker shows that it lives: to systemd, and over http; one that hangs does not."""

import socket
from pathlib import Path

import pytest
import requests
from support.live import free_port

from lti_tool.liveness import STILL, Pulse, answer_on, tell_systemd
from lti_tool.metrics import WORK_FAILURES


class Hand:
    """A clock turned by hand, in seconds."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch):
    """What systemd would hear."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield heard


def test_who_comes_round_is_alive_and_who_does_not_is_not():
    clock = Hand()
    pulse = Pulse(clock)
    assert pulse.alive, "it has only begun"
    clock.now += STILL
    assert pulse.alive
    clock.now += 1
    assert not pulse.alive
    pulse.touch()
    assert pulse.alive


def test_the_supervisor_hears_of_it_now_and_then(supervisor):
    clock = Hand()
    pulse = Pulse(clock)
    for _ in range(100):
        pulse.touch()
        clock.now += 0.1
    heard = [supervisor.recv(100), supervisor.recv(100)]
    assert heard == [b"READY=1\nWATCHDOG=1"] * 2
    with pytest.raises(BlockingIOError):
        supervisor.recv(100)


def test_no_supervisor_and_one_that_went_away_are_no_fault(monkeypatch, tmp_path: Path):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    tell_systemd("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    tell_systemd("READY=1")


def test_it_answers_over_http():
    clock, port = Hand(), free_port()
    pulse = Pulse(clock)
    server = answer_on(f"127.0.0.1:{port}", pulse)
    try:
        answer = requests.get(f"http://127.0.0.1:{port}/livez", timeout=10)
        assert (answer.status_code, answer.text) == (200, "moving\n")
        clock.now += 2 * STILL
        assert requests.get(f"http://127.0.0.1:{port}/livez", timeout=10).status_code == 503
        WORK_FAILURES.labels("of_this_test").inc()
        measured = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
        assert 'lti_tool_work_failures_total{work="of_this_test"} 1.0' in measured
        assert requests.get(f"http://127.0.0.1:{port}/", timeout=10).status_code == 404
    finally:
        server.shutdown()
        server.server_close()
