"""A Redis of the test's own, and Celery's processes as they are deployed.

with Redis(folder) as redis, celery("worker", environment(redis.url, ...)) as worker:
    ...
    redis.kill(); redis.start()        # everything that was in it is gone
    worker.kill()                      # a Popen
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from redis import Redis as Client
from redis.exceptions import RedisError
from support.live import LOOPBACK, free_port

PATIENCE = 30
"""Seconds after which a process that should have come or gone has not."""


def redis_program() -> str | None:
    """Where the server is installed."""
    return shutil.which("redis-server")


class Redis:
    """A server that keeps nothing on disk, on a port that stays the same when it is started again."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"redis://{LOOPBACK}:{port}/0"
        listening = ["--bind", LOOPBACK, "--port", str(port), "--dir", str(folder)]
        self.options = (*listening, "--save", "", "--appendonly", "no", "--loglevel", "warning")
        self.client = Client.from_url(self.url)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        self._process = subprocess.Popen(
            [redis_program() or "redis-server", *self.options], stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < deadline, "Redis does not answer"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it at once, with all that it holds."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except RedisError:
            return False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        self.kill()


def environment(redis_url: str, **settings: str) -> Mapping[str, str]:
    """This process's environment with these settings of the tool (names in lower case) and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LTI_TOOL_")}
    given = {"redis_url": redis_url, "embedded_worker": "0", **settings}
    return kept | {f"LTI_TOOL_{name.upper()}": value for name, value in given.items()}


@contextmanager
def celery(part: str, settings: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Celery's `worker` or `beat` with the tool's tasks; what it logs goes to the end of `log`."""
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"] if part == "worker" else []
    command = [sys.executable, "-m", "celery", "-q", "-A", "lti_tool.tasks", part, *quiet]
    with log.open("ab") as output:
        process = subprocess.Popen(command, env=dict(settings), stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
