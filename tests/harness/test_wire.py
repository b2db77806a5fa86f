"""Every fault by real sockets, as the tool's own client meets it: the grade waits, and arrives once all is well."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from harness.promises import keeps, shows, waiting
from harness.room import Room
from support.delivering import School, make_lms
from support.live import LOOPBACK, free_port, serving

from lti_tool import worker
from lti_tool.demo.app import lms_of
from lti_tool.demo.faults import FAULTS
from lti_tool.lti import connections
from lti_tool.lti.http import Http
from lti_tool.storage.db import Base, Engine, connect

TRIES = 6


def work(room: Room) -> None:
    """A worker, again and again, with as much time between as it wants."""
    works = worker.Works(room.school.engine, room.school.http, room.school.course, lambda: room.school.now)
    for _ in range(TRIES):
        worker.tick(works, lambda: False)
        keeps(room)
        room.resend()
        room.school.forward(hours=1)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{tmp_path / 'tool.sqlite3'}")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def begin(engine: Engine, folder: Path, base_url: str, key_set: str) -> Room:
    """A room whose LMS has this address."""
    app = make_lms(folder, base_url)
    with lms_of(app).state.change() as data:
        assert data.registration is not None
        data.registration.jwks_uri = key_set
    return Room(School(engine, app, Http(allow=(base_url.partition("//")[2],))))


def test_every_fault_passes_and_the_grades_are_there(
    engine: Engine, tmp_path: Path, key_set: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "READ_SECONDS", 0.5)
    port = free_port()
    room = begin(engine, tmp_path, f"http://{LOOPBACK}:{port}", key_set)
    with serving(room.school.app, port):
        for number, fault in enumerate(FAULTS):
            room.fault(fault, "all", 100, 3, 1)
            room.wish("5", "a101-quiz", number)
            room.wish("6", "a102-quiz", number)
            work(room)
            assert not waiting(room), fault
            shows(room)
    assert set(room.lms.faults.struck) == set(FAULTS) - {"none"}


def test_a_certificate_that_nobody_signed_and_a_server_without_one_get_no_grade(
    engine: Engine, tmp_path: Path, key_set: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor do they get a token; and when the right one is back, so are the grades."""
    known, unknown = certificate(tmp_path / "known"), certificate(tmp_path / "unknown")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "known.pem"))
    port = free_port()
    room = begin(engine, tmp_path, f"https://{LOOPBACK}:{port}", key_set)
    room.wish("5", "a101-quiz", 80)
    for wrong in (unknown, None):
        with serving(room.school.app, port, wrong):
            work(room)
        assert waiting(room) == 1
        assert not room.lms.faults.calls(), "nothing of ours was said to it"
    with serving(room.school.app, port, known):
        work(room)
    shows(room)


def certificate(path: Path) -> ssl.SSLContext:
    """A server's certificate for this machine that has signed itself, kept in `path`.pem."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lms")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))])
    signed = builder.add_extension(here, critical=False).sign(key, hashes.SHA256())
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = path.with_suffix(".pem")
    file.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
