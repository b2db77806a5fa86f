"""The guarded client: certificates, and the addresses that the operator lists."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from support.stub import Stub, resolver
from support.tokens import private_key

from lti_tool.errors import ConfigError, ForbiddenAddress, Unreachable
from lti_tool.lti.http import Http

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
