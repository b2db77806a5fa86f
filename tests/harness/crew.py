"""Processes that are killed without warning and started again, and a trap in the LMS that says when."""

import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATIENCE = 30
"""Seconds that a process has to end by itself when the test is over."""


class Part:
    """One process of the tool."""

    def __init__(self, command: Sequence[str], settings: Mapping[str, str], log: Path) -> None:
        self._command, self._settings, self._log = command, dict(settings), log
        self._process: subprocess.Popen[bytes] | None = None
        self.kills = 0

    def start(self) -> None:
        """Start, if it does not run."""
        if self._process is None:
            with self._log.open("ab") as output:
                self._process = subprocess.Popen(
                    self._command, env=self._settings, stdout=output, stderr=output
                )

    def kill(self) -> None:
        """`kill -9`: it has no moment left to put anything in order."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            self.kills += 1

    def stop(self) -> None:
        """Ask it to end, and see that it does."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(PATIENCE)
            finally:
                self._process.kill()


@contextmanager
def running(parts: Iterable[Part]) -> Iterator[None]:
    """All of them, for as long as the block runs."""
    with ExitStack() as stack:
        for part in parts:
            part.start()
            stack.callback(part.stop)
        yield


class Trap:
    """WSGI layer of the LMS: something happens in the middle of a call of the tool, before it is served or after."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self._lock = threading.Lock()
        self._left = 0
        self._action: Callable[[], None] = lambda: None
        self._served_first = False
        self.sprung = threading.Event()
        self._count = 0
        self._came = threading.Condition()

    def arm(self, calls: int, action: Callable[[], None], *, served_first: bool) -> None:
        """Let `action` happen at the call of that number from now."""
        with self._lock:
            self._left, self._action, self._served_first = calls, action, served_first
            self.sprung.clear()

    def calls(self, count: int, seconds: float) -> None:
        """Let the tool work: until it has called so often, or so much time has passed. The pace of a schedule."""
        with self._came:
            until = self._count + count
            self._came.wait_for(lambda: self._count >= until, seconds)

    def disarm(self) -> None:
        """Nothing will happen any more."""
        with self._lock:
            self._left = 0

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with self._came:
            self._count += 1
            self._came.notify_all()
        with self._lock:
            self._left -= 1
            caught = self._left == 0
        if not caught:
            return self._app(environ, start_response)
        if not self._served_first:
            self._spring()
        answer: Any = self._app(environ, start_response)
        if self._served_first:
            self._spring()
        return answer

    def _spring(self) -> None:
        self._action()
        self.sprung.set()
