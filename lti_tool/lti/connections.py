"""Connections that judge the address they open, and give up when the time of the whole call is over."""

import http.client
import io
import socket
import ssl
import threading
import time
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError, NewConnectionError

from lti_tool.lti.addresses import Guard

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0

_call = threading.local()
"""`deadline` of the call this thread is in: connections are shared by calls, so they cannot hold it."""


def begin_call(deadline: float) -> None:
    """Until the next `begin_call`, what this thread connects and reads must end by `deadline` (monotonic)."""
    _call.deadline = deadline


def pools(guard: Guard) -> urllib3.PoolManager:
    """Pools whose connections ask `guard` before they open a socket.

    The trusted authorities are those of the system; SSL_CERT_FILE adds a school's own.
    """
    manager = urllib3.PoolManager(
        num_pools=100,
        maxsize=256,  # several LMSs may live on one host, and each has calls under way
        timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        ssl_context=ssl.create_default_context(),
    )
    plain = type("PlainConnection", (_Guarded, HTTPConnection), {"guard": guard})
    secure = type("SecureConnection", (_Guarded, HTTPSConnection), {"guard": guard})
    manager.pool_classes_by_scheme = {
        "http": type("PlainPool", (urllib3.HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("SecurePool", (urllib3.HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }
    return manager


class _Guarded(HTTPConnection):
    """Opens its socket to an address the guard has just judged, and reads within the deadline of the call."""

    guard: Guard

    def _new_conn(self) -> socket.socket:
        try:
            endpoints = self.guard.endpoints(self._dns_host, self.port)
        except OSError as error:
            raise NameResolutionError(self.host, self, socket.gaierror(str(error))) from error
        failure: OSError | None = None
        for family, address in endpoints:
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                sock.settimeout(_within(CONNECT_SECONDS, _call.deadline))
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.connect(address)
            except OSError as error:
                sock.close()
                failure = error
            else:
                return sock
        raise NewConnectionError(self, "no connection") from failure

    def response_class(self, sock: socket.socket, **options: Any) -> http.client.HTTPResponse:  # type: ignore[override]
        """Called by http.client as a class is, to read the answer from `sock`."""
        response = http.client.HTTPResponse(sock, **options)
        response.fp = io.BufferedReader(_TimedReader(sock, response.fp.detach(), _call.deadline))
        return response


class _TimedReader(io.RawIOBase):
    """Reads from a socket until a deadline: its own timeout starts anew with every byte that drips in."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, deadline: float) -> None:
        super().__init__()
        self._sock, self._raw, self._deadline = sock, raw, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_within(READ_SECONDS, self._deadline))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _within(seconds: float, deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the call took too long")
    return min(seconds, left)
