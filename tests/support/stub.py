"""An LMS server for tests of the outbound half: answers as told, on 127.0.0.1, and remembers what it was asked."""

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Asked:
    """One request that arrived. Header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode(), keep_blank_values=True)


@dataclass(frozen=True)
class Told:
    """One answer to give; `write` takes over the connection instead."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    write: Callable[[BaseHTTPRequestHandler], None] | None = None


class Stub:
    """What to answer and what was asked. The last answer told for a path is repeated."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self._told: dict[str, deque[Told]] = defaultdict(deque)

    def tell(self, path: str, body: Any = b"", status: int = 200, **more: Any) -> None:
        """Answer `path` (with its query, if one is given) with `body`: bytes, or anything else as JSON."""
        found = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._told[path].append(Told(status, found, **more))

    def next(self, path: str) -> Told:
        queue = self._told.get(path) or self._told.get(path.partition("?")[0])
        if not queue:
            return Told(404, b"<!DOCTYPE html><title>Not found</title>")
        return queue.popleft() if len(queue) > 1 else queue[0]


@contextmanager
def serving() -> Iterator[Stub]:
    """A stub that serves while the block runs."""
    stub = Stub()
    handler = type("Handler", (_Handler,), {"stub": stub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        stub.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield stub
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    stub: Stub
    protocol_version = "HTTP/1.1"
    timeout = 2

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.stub.asked.append(Asked(self.command, self.path, headers, body))
        told = self.stub.next(self.path)
        if told.write is not None:
            told.write(self)
            self.close_connection = True
            return
        self.send_response(told.status, told.reason)
        for name, value in told.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(told.body)))
        self.end_headers()
        self.wfile.write(told.body)

    do_GET = do_POST = _answer  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        """Say nothing on the console."""


def resolver(**names: str | list[str]) -> Any:
    """A name service that knows only `names` (dots written as underscores) and counts in `.asked` who was looked up.

    Of several addresses for a name one after the other is given, the last one for ever: a rebinding attack.
    """
    answers = {
        name.replace("_", "."): deque([found] if isinstance(found, str) else found)
        for name, found in names.items()
    }

    def look_up(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        look_up.asked.append(host)  # type: ignore[attr-defined]
        if host not in answers:
            raise OSError(f"unknown name {host}")
        queue = answers[host]
        address = queue.popleft() if len(queue) > 1 else queue[0]
        if ":" in address:
            return [(10, 1, 6, "", (address, port, 0, 0))]
        return [(2, 1, 6, "", (address, port))]

    look_up.asked = []  # type: ignore[attr-defined]
    return look_up
