"""Faults to switch: how the services of the demo LMS misbehave, to see what the tool makes of it."""

import random
import socket
import struct
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from flask import Response, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SLOWEST = 60
LONGEST_BURST = 1000
_MARK = "demo_lms.hang_up"
_PAGE = "<!doctype html><title>LMS</title><p>Please log in.</p>"
_ABORT = struct.pack("ii", 1, 0)
"""SO_LINGER: close with a reset instead of a farewell."""

Line = Literal["kept", "closed", "reset", "half"]
"""How a connection ends: as it should, without an answer, by a reset, or in the middle of the answer."""


@dataclass(frozen=True)
class Fault:
    """One way to misbehave.

    With a `status` line the service is not asked: this and `body` are answered, with Retry-After if `asks_time`.
    `waits`: for the seconds that are set. `line`: what becomes of the connection; without a `status` the service
    has done its work by then.
    """

    status: str = ""
    body: str = "[]"
    waits: bool = False
    asks_time: bool = False
    line: Line = "kept"


FAULTS: Mapping[str, Fault] = {
    "none": Fault(),
    "unavailable": Fault("503 Service Unavailable", _PAGE),
    "busy": Fault("429 Too Many Requests", asks_time=True),
    "slow": Fault(waits=True),
    "hang": Fault("503 Service Unavailable", waits=True, line="closed"),
    "drop": Fault("503 Service Unavailable", line="closed"),
    "reset": Fault("503 Service Unavailable", line="reset"),
    "lost": Fault(line="closed"),
    "half": Fault(line="half"),
    "page": Fault("200 OK", _PAGE),
    "invalid": Fault("400 Incorrect score received"),
    "unauthorized": Fault("401 Unauthorized"),
    "forbidden": Fault("403 Forbidden"),
    "missing": Fault("404 Not Found"),
    "conflict": Fault("409 Conflict"),
    "locked": Fault("500 Internal Server Error"),
}
SCOPES: Mapping[str, frozenset[str]] = {
    "all": frozenset(),
    "scores": frozenset({"ags.scores"}),
    "results": frozenset({"ags.results"}),
    "tokens": frozenset({"token.token"}),
    "columns": frozenset(
        f"ags.{name}"
        for name in ("lineitems", "create_lineitem", "lineitem", "update_lineitem", "delete_lineitem")
    ),
}
"""Whom a fault strikes, as Flask endpoints; none named: every service."""


@dataclass(frozen=True)
class Call:
    """One call of a service by the tool. `status` is None when the connection was dropped."""

    at: float
    method: str
    path: str
    status: int | None


class FaultSwitch:
    """The one fault that is on, and the last calls that came in. Nothing of it outlives a restart."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.dice = random.Random()  # noqa: S311 - which calls fail is no secret
        self.fault = "none"
        self.seconds = 0
        self.scope = "all"
        self.share = 100
        self.burst = 0
        self.struck: Counter[str] = Counter()
        """How often each fault struck since the start."""
        self._calls: deque[Call] = deque(maxlen=50)

    def set(
        self, fault: str, seconds: int = 0, *, scope: str = "all", share: int = 100, burst: int = 0
    ) -> None:
        """Switch to `fault`: until further notice, or for the next `burst` calls that it strikes.

        `seconds` (0-60): how slow "slow" is, how long "hang" hangs and what "busy" asks for. `scope`: one of SCOPES.
        `share`: how many of a hundred calls it strikes. Raises KeyError for a fault or scope that is none.
        """
        with self._lock:
            if fault not in FAULTS or scope not in SCOPES:
                raise KeyError(f"{fault} for {scope}")
            self.fault, self.scope, self.share = fault, scope, share
            self.seconds = max(0, min(seconds, SLOWEST))
            self.burst = max(0, min(burst, LONGEST_BURST))

    def calls(self) -> tuple[Call, ...]:
        """The last calls, newest first."""
        with self._lock:
            return tuple(reversed(self._calls))

    def note(self, response: Response) -> Response:
        """Enter the present request among the calls."""
        status = None if request.environ.get(_MARK) else response.status_code
        with self._lock:
            self._calls.append(Call(time.time(), request.method, request.full_path.rstrip("?"), status))
        return response

    def strike(self) -> Response | None:
        """What the fault answers in place of the service; None lets the call through."""
        with self._lock:
            name, seconds = self._drawn(request.endpoint or ""), self.seconds
        fault = FAULTS[name]
        if fault.waits:
            time.sleep(seconds)
        if fault.line != "kept":
            request.environ[_MARK] = fault.line
        if not fault.status:
            return None
        media_type = "text/html" if fault.body == _PAGE else "application/json"
        answer = Response(fault.body, fault.status, content_type=media_type)
        if fault.asks_time:
            answer.headers["Retry-After"] = str(seconds)
        return answer

    def _drawn(self, endpoint: str) -> str:
        """The fault that strikes this call; the last of a burst switches it off."""
        name, scope = self.fault, SCOPES[self.scope]
        if name == "none" or (scope and endpoint not in scope) or self.dice.random() * 100 >= self.share:
            return "none"
        self.struck[name] += 1
        if self.burst:
            self.burst -= 1
            if not self.burst:
                self.fault = "none"
        return name


class HangUp:
    """WSGI layer that ends a marked request without an answer, or with half of one."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *info: Any) -> Any:
            if environ.get(_MARK) == "half":
                length = {name: int(value) for name, value in headers if name == "Content-Length"}
                headers = [
                    (name, str(2 * length[name] + 1) if name in length else value) for name, value in headers
                ]
            return start_response(status, headers, *info)

        answer = self._app(environ, begin)
        line = environ.get(_MARK)
        return _broken(environ, line, answer) if line else answer


def _broken(environ: "WSGIEnvironment", line: Line, answer: Iterable[bytes]) -> Iterator[bytes]:
    """As much of the answer as goes out, then the end of the connection."""
    if line == "half":
        yield b"".join(answer)
    connection = environ.get("werkzeug.socket")
    if isinstance(
        connection, socket.socket
    ):  # without its end the server would wait for a next request on it
        if line == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
            connection.shutdown(socket.SHUT_RD)
            connection.close()
        else:
            connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("the demo LMS hung up on purpose")
