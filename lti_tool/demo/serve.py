"""The demo LMS on a port of its own, in this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """Prints no line a request, and leaves the date to an app that tells its own."""

    _headers_buffer: list[bytes]

    def send_header(self, keyword: str, value: str) -> None:
        """The server has dated the answer before it knew what the app says."""
        if keyword.lower() == "date":
            self._headers_buffer = [line for line in self._headers_buffer if not line.startswith(b"Date:")]
        super().send_header(keyword, value)

    def log_request(self, *_args: object) -> None:
        """Nothing."""


@contextmanager
def serving(app: Flask, base_url: str) -> Iterator[None]:
    """Serve the demo LMS from a thread for as long as the block runs. Raises OSError when the port is taken.

    Werkzeug's server, because dropping a connection in mid-answer, one of the faults to switch, needs the socket.
    """
    parts = urlsplit(base_url)
    server = make_server(parts.hostname or "", parts.port or 80, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
