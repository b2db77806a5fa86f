"""The tool as its operators run it: `lti-tool serve` and `lti-tool worker`, as processes on this machine."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from support.live import free_port

TINY = Path(__file__).parent.parent / "courses" / "tiny"
SECONDS = 60
"""For a start, or anything else that is waited for: generous, since many tests may share the machine."""


def environment(data: Path, **settings: str) -> dict[str, str]:
    """The environment of an installation in `data` on the tiny course; settings by name, in lower case."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LTI_TOOL_")}
    given = {"data": str(data), "content": str(TINY), **settings}
    return kept | {f"LTI_TOOL_{name.upper()}": value for name, value in given.items()}


def command(*words: str) -> list[str]:
    """`lti-tool` with these words."""
    return [sys.executable, "-m", "lti_tool.cli", *words]


def run(words: list[str], env: dict[str, str]) -> str:
    """What a command prints. Fails with its messages when it fails."""
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def until(found: Callable[[], object]) -> None:
    """Wait for something to be so."""
    end = time.monotonic() + SECONDS
    while not found():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def answers(address: str) -> bool:
    """Whether something listens there and is well."""
    try:
        return requests.get(address, timeout=5).ok
    except (requests.ConnectionError, requests.Timeout):
        return False


@contextmanager
def process(words: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen]:
    """A process for as long as the block runs, in a group of its own; what it says goes into `log`."""
    with log.open("a") as said:
        started = subprocess.Popen(words, env=env, stdout=said, stderr=said, start_new_session=True)
    try:
        yield started
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


class Address(str):
    """Where a server answers; and its process."""

    process: subprocess.Popen


@contextmanager
def serving(env: dict[str, str], log: Path) -> Iterator[Address]:
    """`lti-tool serve`; yields its address once it answers."""
    bind = f"127.0.0.1:{free_port()}"
    with process(command("serve", "--bind", bind), env, log) as served:
        until(lambda: served.poll() is not None or answers(f"http://{bind}/readyz"))
        assert served.poll() is None, log.read_text()
        address = Address(f"http://{bind}")
        address.process = served
        yield address
