"""A course whose class list the tool reads from a demo LMS over real sockets, with pages that can be made to fail."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import event
from support.live import free_port, serving
from support.stub import resolver
from support.tokens import private_key
from werkzeug.wrappers import Response

from lti_tool.demo import services_nrps
from lti_tool.demo.app import DemoConfig, Lms, create_demo, lms_of
from lti_tool.demo.lms import TYPE_ID
from lti_tool.demo.messages import NAME_CLAIMS, SCOPES
from lti_tool.demo.people import Kind, Person
from lti_tool.demo.state import Registration
from lti_tool.lti.http import Http
from lti_tool.lti.nrps import MEMBERSHIPS
from lti_tool.services import roster
from lti_tool.services.who import Who
from lti_tool.storage import people
from lti_tool.storage.db import Engine, open_session, transaction
from lti_tool.storage.people import Context, Membership
from lti_tool.storage.platforms import Deployment, Platform, ToolKey
from lti_tool.storage.scores import AccessToken

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CLIENT = "client-of-the-tool"


def somebody(sub: str, kind: Kind = "student", family: str = "田中") -> Person:
    """An account of the LMS."""
    return Person(sub, f"user{sub}", kind, (family, "さくら"), (family, "Sakura"))


TEACHER = somebody("3", "teacher", "山本")
AOI, KEN, MEI = somebody("5", family="鈴木"), somebody("6", family="佐藤"), somebody("7", family="高橋")


def members_page(*subs: str, link: str = "", status: str = "Active") -> Response:
    """A page of learners."""
    people = [{"user_id": sub, "roles": ["Learner"], "status": status} for sub in subs]
    answer = Response(json.dumps({"members": people}), mimetype=MEMBERSHIPS)
    if link:
        answer.headers["Link"] = link
    return answer


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements sent while the block runs."""
    asked: list[str] = []

    def note(*about: Any) -> None:
        asked.append(about[2])

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


class Gate:
    """In front of the LMS: lets calls of the class list through until one page is to fail."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self.asked: list[str] = []
        self.broken: dict[int, Response] = {}
        """What is answered in place of the n-th page, the first being 1."""
        self.arrived: Callable[[], object] | None = None
        """Called when a page has been asked for, before it is answered."""

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not environ["PATH_INFO"].endswith("/memberships"):
            return self._app(environ, start_response)
        self.asked.append(environ["QUERY_STRING"])
        if self.arrived:
            self.arrived()
        broken = self.broken.get(len(self.asked))
        return (broken or self._app)(environ, start_response)

    def mend(self) -> None:
        """Count from the first page again, with nothing broken."""
        self.asked, self.broken = [], {}


@dataclass
class Classroom:
    """The tool's side of course 2 of the LMS; the teacher (`3`) has launched into it."""

    engine: Engine
    lms: Lms
    gate: Gate
    now: datetime
    monkeypatch: pytest.MonkeyPatch
    http: Http = field(default_factory=lambda: Http(("127.0.0.1",), resolver()))
    context_id: int = 0

    def enrol(self, *enrolled: Person) -> None:
        """These and nobody else are in the course."""
        self.monkeypatch.setattr(services_nrps, "PEOPLE", enrolled)

    def forward(self, **delta: float) -> None:
        """Let time pass for the tool."""
        self.now += timedelta(**delta)

    def read(self) -> int:
        """One round of a worker; how many lists were read."""
        return roster.sync_due(self.engine, self.http, lambda: self.now)

    def launch(self, sub: str, role: str = "learner", name: str = "") -> Who:
        """Somebody comes into the course, as far as the database is concerned."""
        with transaction(self.engine) as session:
            context = session.get_one(Context, self.context_id)
            known = {"deployment_id": context.deployment_id, "sub": sub}
            person = session.query(people.Person).filter_by(**known).one_or_none()
            person = person or people.Person(**known, created_at=self.now)
            person.name = name or person.name
            session.add(person)
            session.flush()
            row = session.get(Membership, (person.id, context.id)) or Membership(
                person_id=person.id, context_id=context.id
            )
            row.role, row.last_launch_at, row.status, row.left_at = role, self.now, "active", None
            session.add(row)
            return Who(person.id, context.id, role)

    def members(self) -> dict[str, Membership]:
        """Everybody the tool knows in the course, by the LMS's id."""
        with open_session(self.engine, writes=False) as session:
            rows = session.query(Membership).filter_by(context_id=self.context_id).all()
            return {row.person.sub: row for row in rows}

    def state(self) -> roster.RosterState:
        """What the teacher's page says of the list."""
        with open_session(self.engine, writes=False) as session:
            return roster.state(session, self.teacher)

    @property
    def teacher(self) -> Who:
        return Who(0, self.context_id, "instructor")

    def wish(self) -> None:
        """The teacher presses the button."""
        with transaction(self.engine) as session:
            roster.request(session, self.teacher, self.now)

    def change(self, **values: object) -> None:
        """Write into the course's row."""
        with transaction(self.engine) as session:
            session.query(Context).update(values)

    def forget_tokens(self) -> None:
        """The next call needs a new token."""
        with transaction(self.engine) as session:
            session.query(AccessToken).delete()

    def grant(self, *scopes: str) -> None:
        """What the LMS lets the tool do from now on."""
        with self.lms.state.change() as data:
            assert data.registration
            data.registration.scopes = list(scopes)


@contextmanager
def classroom(
    engine: Engine, folder: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Classroom]:
    """A course as after the teacher's first launch, with the demo LMS on a port of its own."""
    port = free_port()
    app = create_demo(DemoConfig(f"http://127.0.0.1:{port}", folder))
    gate = Gate(app)
    with serving(gate, port):
        room = Classroom(engine, lms_of(app), gate, now, monkeypatch)
        _register(room.lms)
        # The tool's clock stands still in November; the LMS would call its assertions outdated.
        monkeypatch.setattr(room.lms.tool_keys, "verify", lambda _token, _registration: {"sub": CLIENT})
        with transaction(engine) as session:
            context = _context(room.lms, now)
            pem = private_key("tool").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            session.add_all(
                [context, ToolKey(kid="k", private_pem=pem.decode(), created_at=now, signs_from=now)]
            )
            session.flush()
            room.context_id = context.id
        room.launch("3", "instructor", "山本 恵子")
        yield room


def _register(lms: Lms) -> None:
    with lms.state.change() as data:
        data.registration = Registration(
            client_id=CLIENT,
            deployment_id=TYPE_ID,
            names={"": "Tool"},
            domain="tool.test",
            initiate_login_uri="http://tool.test/login",
            redirect_uris=["http://tool.test/launch"],
            jwks_uri="http://tool.test/jwks",
            target_link_uri="http://tool.test/launch",
            deep_linking_uri="http://tool.test/launch",
            scopes=list(SCOPES),
            claims=list(NAME_CLAIMS),
            custom={},
        )


def _context(lms: Lms, now: datetime) -> Context:
    base = lms.config.base_url
    platform = Platform(
        issuer=base,
        client_id=CLIENT,
        auth_url=f"{base}/auth",
        token_url=f"{base}/token",
        jwks_url=f"{base}/certs",
        created_at=now,
    )
    deployment = Deployment(platform=platform, deployment_id=TYPE_ID, created_at=now, approved_at=now)
    return Context(
        deployment=deployment,
        context_id="2",
        memberships_url=lms.memberships_url("2"),
        scopes=[],
        created_at=now,
    )
