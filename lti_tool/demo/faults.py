"""Faults to switch: how the services of the demo LMS misbehave, to see what the tool makes of it."""

import socket
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from flask import Response, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Fault = Literal["none", "unavailable", "slow", "drop", "conflict"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
SLOWEST = 60
_MARK = "demo_lms.hang_up"


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
        self._fault: Fault = "none"
        self._seconds = 0
        self._calls: deque[Call] = deque(maxlen=50)

    @property
    def fault(self) -> Fault:
        return self._fault

    @property
    def seconds(self) -> int:
        return self._seconds

    def set(self, fault: Fault, seconds: int = 0) -> None:
        """Switch to `fault` until further notice; `seconds` (0-60) is how slow "slow" is."""
        with self._lock:
            self._fault = fault
            self._seconds = max(0, min(seconds, SLOWEST))

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
            fault, seconds = self._fault, self._seconds
        if fault == "unavailable":
            return Response("Service Unavailable", 503, content_type="text/html")
        if fault == "slow":
            time.sleep(seconds)
        if fault == "drop":
            request.environ[_MARK] = True
            return Response(status=503)
        if fault == "conflict" and request.method == "POST" and request.path.endswith("/scores"):
            return Response("[]", 409, content_type="application/json")
        return None


class HangUp:
    """WSGI layer that ends a marked request without an answer: the server closes the connection."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        answer = self._app(environ, start_response)
        if environ.get(_MARK):
            connection = environ.get("werkzeug.socket")
            if isinstance(connection, socket.socket):
                connection.shutdown(socket.SHUT_RDWR)  # or the server would wait for a next request on it
            raise ConnectionAbortedError("the demo LMS hung up on purpose")
        return answer
