"""How a worker shows that it lives: to systemd's watchdog, and to whoever asks it over http."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from lti_tool import metrics

EVERY = 5.0
"""Seconds between two words to systemd."""
STILL = 180.0
"""Seconds after which a worker that has not come round is taken for dead: longer than one call to an LMS lasts."""


class Pulse:
    """When this process came round last. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._moved = clock()
        self._told = float("-inf")

    def touch(self) -> None:
        """We have come round."""
        self._moved = self._clock()
        if self._moved - self._told >= EVERY:
            self._told = self._moved
            tell_systemd("READY=1\nWATCHDOG=1")

    @property
    def alive(self) -> bool:
        """Whether it came round lately."""
        return self._clock() - self._moved <= STILL


def tell_systemd(words: str) -> None:
    """Send `words` (sd_notify(3)) where a supervisor listens; without one this does nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        try:
            channel.sendto(words.encode(), address)
        except OSError:
            return  # a supervisor that does not listen must not keep grades waiting


class _Server(ThreadingMixIn, WSGIServer):
    """Nobody who asks slowly keeps another from asking."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    """Prints no line a request, and waits for nobody."""

    timeout = 10

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def answer_on(bind: str, pulse: Pulse) -> WSGIServer:
    """Answer `/livez` and `/metrics` at `bind` (host:port) from a thread of its own.

    Raises OSError when nothing can listen there.
    """
    host, _, port = bind.rpartition(":")

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            start("200 OK", [("Content-Type", metrics.CONTENT_TYPE_LATEST)])
            return [metrics.exposition(())]
        status = "200 OK" if pulse.alive else "503 Service Unavailable"
        start(status if path == "/livez" else "404 Not Found", [("Content-Type", "text/plain")])
        return [b"moving\n" if pulse.alive else b"stuck\n"]

    server = make_server(host, int(port), answer, _Server, _Quiet)
    threading.Thread(target=server.serve_forever, name="liveness", daemon=True).start()
    return server
