"""A class whose grades are on their way: the tool's rows, a demo LMS, and the wire between, which tests may cut."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from json import dumps
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from support.courses import tiny_course
from support.tables import empty
from support.tokens import private_key
from werkzeug.test import TestResponse

from lti_tool.demo.app import DemoConfig, Lms, create_demo, lms_of
from lti_tool.demo.lms import TYPE_ID
from lti_tool.demo.messages import AGS_SCOPES
from lti_tool.demo.state import Column, Grade, Registration
from lti_tool.domain.course import Course
from lti_tool.errors import Exchange, Unreachable
from lti_tool.lti.http import Answer
from lti_tool.services import passback
from lti_tool.services.delivery import Courier
from lti_tool.services.who import Who
from lti_tool.storage.db import Engine, transaction
from lti_tool.storage.people import Context, Membership, Person
from lti_tool.storage.platforms import Deployment, Platform, ToolKey
from lti_tool.storage.scores import AccessToken, LineItem, ScoreDelivery, ScoreReport

QUIZ = "a101-quiz"
CLIENT = "client-of-the-tool"
BASE = "http://lms.test"
Fault = Callable[[Callable[[], Answer]], Answer]
"""Gets the call as it would be, and answers in its place."""


class Wire:
    """Stands for `lti.http.Http`: every call goes straight into the demo LMS, unless the next fault takes it."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.faults: deque[Fault] = deque()
        self.always: Fault | None = None
        self.asked: list[str] = []

    def get(self, url: str, *, accept: str = "application/json", bearer: str = "", **_limits: int) -> Answer:
        return self._call("GET", url, bearer, headers={"Accept": accept})

    def post(
        self, url: str, *, data: Any = None, json: Any = None, headers: Any = None, bearer: str = ""
    ) -> Answer:
        return self._call("POST", url, bearer, headers=dict(headers or {}), json=json, data=data)

    def put(self, url: str, *, json: Any, media: str, bearer: str) -> Answer:
        headers = {"Accept": media, "Content-Type": media}
        return self._call("PUT", url, bearer, headers=headers, data=dumps(json))

    def delete(self, url: str, *, bearer: str) -> Answer:
        return self._call("DELETE", url, bearer, headers={})

    def _call(self, method: str, url: str, bearer: str, *, headers: dict[str, str], **body: Any) -> Answer:
        self.asked.append(f"{method} {url.removeprefix(BASE).partition('?')[0]}")

        def go() -> Answer:
            sent = {**headers, **({"Authorization": f"Bearer {bearer}"} if bearer else {})}
            found: TestResponse = self._app.test_client().open(url, method=method, headers=sent, **body)
            reason = found.status.partition(" ")[2]
            return Answer(method, url, found.status_code, reason, found.headers, found.data)

        fault = self.faults.popleft() if self.faults else self.always
        return fault(go) if fault else go()


def answering(status: int, body: bytes = b"", retry_after: float | None = None) -> Fault:
    """The LMS does not see the call; this is answered."""
    return lambda _go: Answer("POST", BASE, status, "", {}, body, retry_after)


def lost(go: Callable[[], Answer]) -> Answer:
    """The call arrives, its answer does not."""
    go()
    raise Unreachable("the connection broke off", Exchange("POST", BASE))


def cut(_go: Callable[[], Answer]) -> Answer:
    """Nothing arrives."""
    raise Unreachable("no connection", Exchange("POST", BASE))


def through(go: Callable[[], Answer]) -> Answer:
    """All is well this time."""
    return go()


@dataclass
class School:
    """The tool's side of one course, connected to a demo LMS."""

    engine: Engine
    app: Flask
    http: Any
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    course: Course = field(default_factory=tiny_course)
    context_id: int = 0
    platform_id: int = 0

    @property
    def lms(self) -> Lms:
        return lms_of(self.app)

    def forward(self, **delta: float) -> None:
        """Let time pass for the tool; the LMS has its own clock."""
        self.now += timedelta(**delta)

    def time(self) -> float:
        """The tool's clock in Unix seconds."""
        return self.now.timestamp()

    def courier(self, **parts: Any) -> Courier:
        """A worker that sends one score after the other, unless told otherwise."""
        return Courier(self.engine, self.http, self.course, lambda: self.now, **{"at_once": 1, **parts})

    def send(self) -> int:
        """One round of a new worker."""
        return self.courier().send_due()

    def student(self, sub: str = "5") -> Who:
        """A learner the LMS knows under `sub` (5, 6 and 7 are students there)."""
        with transaction(self.engine) as session:
            deployment_id = session.get_one(Context, self.context_id).deployment_id
            person = Person(deployment_id=deployment_id, sub=sub, name=f"Person {sub}", created_at=self.now)
            session.add(person)
            session.flush()
            session.add(
                Membership(
                    person_id=person.id, context_id=self.context_id, role="learner", last_launch_at=self.now
                )
            )
            return Who(person.id, self.context_id, "learner")

    def want(self, who: Who, percent: int, node: str = QUIZ, comment: str = "") -> None:
        """Have the LMS show a grade."""
        with transaction(self.engine) as session:
            passback.report(
                session,
                self.course,
                who.person_id,
                self.context_id,
                node,
                percent,
                self.now,
                comment,
                self.now,
            )

    def report(self, who: Who, node: str = QUIZ) -> ScoreReport:
        """The row of a grade."""
        with transaction(self.engine) as session:
            rows = session.query(ScoreReport).filter_by(person_id=who.person_id).join(ScoreReport.line_item)
            return rows.filter(LineItem.node == node).one()

    def tries(self, who: Who) -> list[ScoreDelivery]:
        """Every try of the person's one grade, first first."""
        with transaction(self.engine) as session:
            rows = session.query(ScoreDelivery).filter_by(report_id=self.report(who).id)
            return rows.order_by(ScoreDelivery.id).all()

    def column(self, node: str = QUIZ) -> Column:
        """The LMS's column of a node; fails when it has two."""
        with self.lms.state.read() as data:
            (found,) = [column for column in data.columns.values() if column.resource_id == node]
            return found

    def shown(self, sub: str = "5", node: str = QUIZ) -> Grade | None:
        """What the LMS's gradebook shows."""
        with self.lms.state.read() as data:
            return data.grade(self.column(node).id, sub)

    def change(self, kind: type, **values: object) -> None:
        """Write into every row of a table."""
        with transaction(self.engine) as session:
            session.query(kind).update(values)


def make_lms(folder: Path, base_url: str = BASE) -> Flask:
    """A demo LMS that knows the tool and holds one column, of the quiz a101-quiz; or the one kept in `folder`."""
    app = create_demo(DemoConfig(base_url, folder))
    if not lms_of(app).state.fresh:
        return app
    with lms_of(app).state.change() as data:
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
            scopes=list(AGS_SCOPES),
            claims=[],
            custom={},
        )
        column = data.next_id()
        data.columns[column] = Column(column, "2", "Quiz", 100, resource_id=QUIZ)
    return app


def make_school(engine: Engine, app: Flask, http: Any) -> School:
    """The tool's rows for course 2 of the LMS, with a column it knows and a token for its services."""
    school = School(engine, app, http)
    base, here = school.lms.config.base_url, school.lms
    with transaction(engine) as session:
        platform = Platform(
            issuer=base,
            client_id=CLIENT,
            auth_url="https://lms.test/auth",
            token_url=f"{base}/token",
            jwks_url=f"{base}/certs",
            created_at=school.now,
        )
        deployment = Deployment(
            platform=platform, deployment_id=TYPE_ID, created_at=school.now, approved_at=school.now
        )
        context = Context(
            deployment=deployment,
            context_id="2",
            lineitems_url=here.lineitems_url("2"),
            scopes=sorted(AGS_SCOPES),
            created_at=school.now,
        )
        session.add(context)
        session.flush()
        column = here.lineitem_url(school.column())
        session.add(LineItem(context_id=context.id, node=QUIZ, url=column, from_launch=True))
        session.add(_token(school, platform.id))
        school.context_id, school.platform_id = context.id, platform.id
    return school


def begin_anew(school: School) -> School:
    """The same LMS and the same database, before anything happened there: for one more story of a random test."""
    empty(school.engine)
    with school.lms.state.change() as data:
        data.grades.clear()
    fresh = make_school(school.engine, school.app, school.http)
    fresh.now = datetime(2026, 11, 24, 5, 3, tzinfo=UTC)
    fresh.http.faults.clear()
    return fresh


def _token(school: School, platform_id: int) -> AccessToken:
    scopes = " ".join(
        sorted(scope for scope in AGS_SCOPES if not scope.endswith("readonly") or "result" in scope)
    )
    value = school.lms.tokens.issue(frozenset(AGS_SCOPES))
    return AccessToken(
        platform_id=platform_id,
        scopes=scopes,
        granted=scopes,
        token=value,
        expires_at=school.now + timedelta(days=365),
    )


def give_key(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tool can sign, and the LMS believes it without fetching the key."""
    pem = private_key("tool").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with transaction(school.engine) as session:
        session.add(ToolKey(kid="k", private_pem=pem, created_at=school.now, signs_from=school.now))
    monkeypatch.setattr(school.lms.tool_keys, "verify", lambda _token, _registration: {"sub": CLIENT})
