"""The guarded client: what it sends, what it makes of answers, and when it gives up."""

import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from support.stub import Stub, resolver, serving
from support.tokens import private_key

from lti_tool.errors import BadAnswer, ConfigError, ForbiddenAddress, Unreachable
from lti_tool.lti import http as client
from lti_tool.lti.http import Answer, Http, retry_after, shown

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI1In0.c2lnbmF0dXJl"


@pytest.fixture
def lms() -> Iterator[Stub]:
    with serving() as stub:
        yield stub


@pytest.fixture
def http() -> Http:
    return Http(("127.0.0.1",), resolver())


def test_get_sends_one_media_type_and_the_bearer_token(lms: Stub, http: Http) -> None:
    lms.tell("/results?user_id=5", [{"userId": "5"}])
    answer = http.get(f"{lms.url}/results?user_id=5", accept="application/x+json", bearer="secret")
    assert answer.ok
    assert answer.json() == [{"userId": "5"}]
    (asked,) = lms.asked
    assert asked.headers["accept"] == "application/x+json"
    assert asked.headers["authorization"] == "Bearer secret"
    assert asked.headers["user-agent"] == "lti-tool"


def test_post_sends_a_form_or_json(lms: Stub, http: Http) -> None:
    lms.tell("/token", {})
    http.post(f"{lms.url}/token", data={"scope": "a b", "x": "&="})
    http.post(f"{lms.url}/token", json={"name": "迷い"}, headers={"Content-Type": "application/vnd.x+json"})
    form, document = lms.asked
    assert form.headers["content-type"] == "application/x-www-form-urlencoded"
    assert form.form == {"scope": ["a b"], "x": ["&="]}
    assert "authorization" not in form.headers
    assert document.headers["content-type"] == "application/vnd.x+json"
    assert document.json == {"name": "迷い"}


def test_json_is_read_whatever_type_is_stated(lms: Stub, http: Http) -> None:
    """Moodle answers its JSON as text/html."""
    lms.tell("/", {"a": 1}, headers={"Content-Type": "text/html"})
    assert http.get(f"{lms.url}/").json() == {"a": 1}


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"NaN", b"\xff\xfe\xff", b"[" * 200_000, b"1" * 5000, b"{}x"]
)
def test_what_is_no_json_is_a_bad_answer(lms: Stub, http: Http, body: bytes) -> None:
    """ATK-26."""
    lms.tell("/", body)
    answer = http.get(f"{lms.url}/")
    with pytest.raises(BadAnswer) as failure:
        answer.json()
    assert failure.value.exchange.status == 200


def test_a_status_is_an_answer_not_an_error(lms: Stub, http: Http) -> None:
    lms.tell("/scores", b"[]", 400, reason="Incorrect score received{}")
    answer = http.post(f"{lms.url}/scores", json={})
    assert (answer.status, answer.ok) == (400, False)
    assert answer.words == "Incorrect score received{}"


def test_the_exchange_holds_no_secret(lms: Stub, http: Http) -> None:
    """OAU-11, ATK-22: neither the query, nor the bearer token, nor any JWT."""
    lms.tell("/p", f"no: opaque-token and {JWT}\n  and more".encode(), 403, headers={"Retry-After": "7"})
    exchange = http.get(f"{lms.url}/p?sesskey=abc", bearer="opaque-token").exchange
    assert exchange.url == f"{lms.url}/p?..."
    assert exchange.body == "no: [token] and [token] and more"
    assert (exchange.method, exchange.status, exchange.retry_after) == ("GET", 403, 7.0)
    assert "opaque-token" not in repr(http.get(f"{lms.url}/p", bearer="opaque-token"))


def test_html_pages_are_not_shown_as_words() -> None:
    page = Answer("GET", "https://x/", 404, "Not Found", {}, b"<!DOCTYPE html><p>gone")
    assert page.words == ""


def test_shown_leaves_out_what_may_be_secret() -> None:
    assert shown("https://me:pw@lms/a?b=c#d") == "https://lms/a?..."
    assert shown("https://lms/a") == "https://lms/a"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("999999999", 86400.0),
        ("Tue, 24 Nov 2026 05:04:00 GMT", 60.0),
        ("Tue, 24 Nov 2026 05:04:00 -0000", 60.0),
        ("Tue, 24 Nov 2026 04:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400.0),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("1e9999", None),
        ("Tue, 99 Nov 2026 05:04:00 GMT", None),
        ("Tue, 24 Nov 2026 05:04:00 +9999999999", None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(value: str, seconds: float | None) -> None:
    assert retry_after(value, datetime(2026, 11, 24, 5, 3, tzinfo=UTC)) == seconds


# --- redirects ---------------------------------------------------------------------------------------------


def test_get_follows_a_redirect_and_keeps_the_token_at_home(lms: Stub, http: Http) -> None:
    lms.tell("/old", status=301, headers={"Location": "/new?a=B"})
    lms.tell("/new", {"here": True})
    answer = http.get(f"{lms.url}/old", bearer="secret")
    assert answer.json() == {"here": True}
    assert answer.url == f"{lms.url}/new?a=B"
    assert lms.asked[1].headers["authorization"] == "Bearer secret"


def test_the_token_does_not_cross_origins_nor_come_back(lms: Stub, http: Http) -> None:
    """OAU-12: another port is another origin; a detour does not bring the token home again."""
    with serving() as other:
        lms.tell("/a", status=302, headers={"Location": f"{other.url}/b"})
        other.tell("/b", status=302, headers={"Location": f"{lms.url}/c"})
        lms.tell("/c", {})
        http.get(f"{lms.url}/a", bearer="secret")
        assert [asked.headers.get("authorization") for asked in (*lms.asked, *other.asked)] == [
            "Bearer secret",
            None,
            None,
        ]


def test_at_most_three_redirects(lms: Stub, http: Http) -> None:
    lms.tell("/loop", status=307, headers={"Location": "/loop"})
    with pytest.raises(BadAnswer):
        http.get(f"{lms.url}/loop")
    assert len(lms.asked) == 4


def test_post_follows_no_redirect(lms: Stub, http: Http) -> None:
    lms.tell("/token", status=307, headers={"Location": "/elsewhere"})
    assert http.post(f"{lms.url}/token", data={"client_assertion": "x"}).status == 307
    assert len(lms.asked) == 1


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "gopher://x/", "//[", "http://127.0.0.1:0/", "\\\\x"]
)
def test_redirects_to_odd_places_are_refused(lms: Stub, http: Http, location: str) -> None:
    """ATK-03."""
    lms.tell("/", status=302, headers={"Location": location})
    with pytest.raises(ForbiddenAddress):
        http.get(f"{lms.url}/")
    assert len(lms.asked) == 1


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


# --- https -------------------------------------------------------------------------------------------------


@pytest.fixture
def https(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A TLS server whose certificate is for moodle.test: its port and the file of the authority."""
    key = private_key("tls")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "moodle.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("moodle.test")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, secret = tmp_path / "cert.pem", tmp_path / "key.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, secret)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve_tls, args=(listener, context))
        thread.start()
        yield listener.getsockname()[1], public
        with socket.create_connection(listener.getsockname()) as goodbye:
            goodbye.sendall(b"bye")
        thread.join()


def _serve_tls(listener: socket.socket, context: ssl.SSLContext) -> None:
    """Answer every TLS client until somebody says bye without TLS."""
    while True:
        client_socket, _ = listener.accept()
        with client_socket:
            client_socket.settimeout(2)
            if client_socket.recv(3, socket.MSG_PEEK) == b"bye":
                return
            try:
                with context.wrap_socket(client_socket, server_side=True) as secure:
                    secure.recv(65536)
                    secure.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
            except OSError:
                continue


def test_https_verifies_the_name_not_the_address(
    https: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to a checked address, the certificate is compared with the name."""
    port, authority = https
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    names = resolver(moodle_test="127.0.0.1", other_test="127.0.0.1")
    http = Http(("moodle.test", "other.test"), names)
    assert http.get(f"https://moodle.test:{port}/").json() == {}
    with pytest.raises(Unreachable, match="certificate"):
        http.get(f"https://other.test:{port}/")


def test_https_refuses_an_unknown_authority(https: tuple[int, Path]) -> None:
    port, _ = https
    http = Http(("moodle.test",), resolver(moodle_test="127.0.0.1"))
    with pytest.raises(Unreachable, match="certificate"):
        http.get(f"https://moodle.test:{port}/")


# --- the allow list ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", ["127.0.0.1", "127.0.0.0/8", "127.0.0.1:{port}"])
def test_a_listed_address_is_reachable(lms: Stub, entry: str) -> None:
    lms.tell("/", {})
    http = Http((entry.format(port=lms.url.rpartition(":")[2]),), resolver())
    assert http.get(f"{lms.url}/").ok


@pytest.mark.parametrize("entry", ["moodle.test", "Moodle.Test.", "moodle.test:{port}"])
def test_a_listed_name_is_reachable_wherever_it_leads(lms: Stub, entry: str) -> None:
    port = lms.url.rpartition(":")[2]
    lms.tell("/", {})
    http = Http((entry.format(port=port),), resolver(moodle_test="127.0.0.1"))
    assert http.get(f"http://moodle.test:{port}/").ok


def test_plain_http_to_a_name_needs_the_name_in_the_list(lms: Stub) -> None:
    """A network in the list makes its addresses reachable, not every name that may come to lead there."""
    http = Http(("127.0.0.0/8",), resolver(moodle_test="127.0.0.1"))
    with pytest.raises(ForbiddenAddress, match="http://"):
        http.get(lms.url.replace("127.0.0.1", "moodle.test"))
    assert lms.asked == []


def test_a_listed_port_opens_no_other(lms: Stub) -> None:
    http = Http(("127.0.0.1:1", "moodle.test:1"), resolver(moodle_test="127.0.0.1"))
    for url in (lms.url, lms.url.replace("127.0.0.1", "moodle.test")):
        with pytest.raises(ForbiddenAddress):
            http.get(url)
    assert lms.asked == []


@pytest.mark.parametrize("entry", ["10.0.0.0/99", "https://moodle.test", "a b", "", "moodle.test:x"])
def test_an_unreadable_allow_list_is_told(entry: str) -> None:
    with pytest.raises(ConfigError, match="LTI_TOOL_OUTBOUND_ALLOW"):
        Http((entry,))
