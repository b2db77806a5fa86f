"""A WSGI app on a real port of this machine for as long as a block runs.

port = free_port()
app = create_demo(DemoConfig(base_url=f"http://127.0.0.1:{port}", ...))   # an app that must know its address
with serving(app, port) as address:
    requests.get(address + "/certs")
"""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from werkzeug.serving import make_server

from lti_tool.demo.serve import Quiet

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Different ports that nobody listens on at the moment."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


class _Quiet(Quiet):
    """Prints no line a request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        if type == "error":
            super().log(type, message, *args)


@contextmanager
def serving(
    app: "WSGIApplication", port: int = 0, certificate: ssl.SSLContext | None = None
) -> Iterator[str]:
    """Serve `app` from a thread, one more thread a request; yields its address, without a slash at the end."""
    server = make_server(LOOPBACK, port, app, threaded=True, request_handler=_Quiet, ssl_context=certificate)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if certificate else 'http'}://{LOOPBACK}:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
