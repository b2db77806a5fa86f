"""The guarded client: when it gives up, and how it keeps its connections."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import pytest
from support.stub import Stub, resolver

from lti_tool.errors import BadAnswer, Unreachable
from lti_tool.lti import http as client
from lti_tool.lti.http import Http

# --- limits ------------------------------------------------------------------------------------------------


def test_an_answer_larger_than_the_cap_is_dropped(lms: Stub, http: Http) -> None:
    lms.tell("/big", b"x" * (client.BODY_LIMIT + 1))
    lms.tell("/fits", b"x" * client.BODY_LIMIT)
    with pytest.raises(BadAnswer):
        http.get(f"{lms.url}/big")
    assert len(http.get(f"{lms.url}/fits").body) == client.BODY_LIMIT


def test_a_compressed_answer_is_not_unpacked(lms: Stub, http: Http) -> None:
    lms.tell("/", b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    assert http.get(f"{lms.url}/").body == b"\x1f\x8b"
    assert lms.asked[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["headers", "body"]
)
def test_an_answer_that_drips_for_ever_ends(
    lms: Stub, http: Http, start: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes well within the read timeout; the deadline of the whole call ends it."""
    monkeypatch.setattr(client, "TOTAL_SECONDS", 0.3)
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(start)
        while not stop.wait(0.02):
            try:
                handler.wfile.write(b"x")
            except OSError:
                return

    lms.tell("/", write=drip)
    try:
        with pytest.raises(Unreachable):
            http.get(f"{lms.url}/")
    finally:
        stop.set()


def test_a_silent_answer_is_not_waited_for_longer_than_the_call_may_take(
    lms: Stub, http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The LMS hangs up long after the deadline and long before the read timeout: who gave up first?"""
    monkeypatch.setattr(client, "TOTAL_SECONDS", 0.2)
    stop = threading.Event()
    lms.tell("/", write=lambda _: stop.wait(3) and None)
    try:
        with pytest.raises(Unreachable, match="in time"):
            http.get(f"{lms.url}/")
    finally:
        stop.set()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\n" * 200,
    ],
    ids=["nothing", "no http", "cut off", "too many headers"],
)
def test_a_broken_answer_is_unreachable(lms: Stub, http: Http, sent: bytes) -> None:
    lms.tell("/", write=lambda handler: handler.wfile.write(sent) and None)
    with pytest.raises(Unreachable) as failure:
        http.get(f"{lms.url}/?secret=1")
    assert failure.value.exchange.url == f"{lms.url}/?..."
    assert failure.value.exchange.status is None


def test_no_server_and_no_name_are_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    http = Http(("127.0.0.1",), resolver())
    with pytest.raises(Unreachable, match="no connection"):
        http.get(f"http://127.0.0.1:{port}/")
    with pytest.raises(Unreachable, match="name"):
        http.get("https://nowhere.example/")


def test_a_name_without_addresses_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="name"):
        Http(resolver=lambda *_, **__: []).get("https://empty.example/")


def test_no_connection_is_begun_after_the_deadline(
    lms: Stub, http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TOTAL_SECONDS", 0.0)
    with pytest.raises(Unreachable):
        http.get(f"{lms.url}/")
    assert lms.asked == []


def test_a_token_that_breaks_out_of_its_header_is_not_sent(lms: Stub, http: Http) -> None:
    with pytest.raises(BadAnswer):
        http.get(f"{lms.url}/", bearer="a\r\nX-Evil: 1")
    assert lms.asked == []


# --- connections -------------------------------------------------------------------------------------------


def test_connections_are_kept_and_shared_by_threads(lms: Stub) -> None:
    found = resolver(moodle_test="127.0.0.1")
    http = Http(("moodle.test",), found)
    lms.tell("/", {"ok": 1})
    url = lms.url.replace("127.0.0.1", "moodle.test")
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: http.get(f"{url}/").json(), range(40)))
    assert answers == [{"ok": 1}] * 40
    assert 1 <= len(found.asked) <= 4
    assert lms.asked[0].headers["host"].startswith("moodle.test:")


def test_proxies_of_the_environment_are_ignored(lms: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    lms.tell("/", {})
    assert Http(("127.0.0.1",), resolver()).get(f"{lms.url}/").ok


def test_a_name_with_a_dead_address_is_tried_at_the_next(lms: Stub) -> None:
    port = int(lms.url.rpartition(":")[2])
    lms.tell("/", {})

    def both(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", ("127.0.0.1", 1)), (2, 1, 6, "", ("127.0.0.1", port))]

    assert Http(("moodle.test",), both).get(f"http://moodle.test:{port}/").ok
