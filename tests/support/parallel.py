"""Many LMSs that take scores at once, each call held up by whatever a test likes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from support.delivering import School

from lti_tool.lti.claims import SCOPE_SCORE
from lti_tool.lti.http import Answer
from lti_tool.storage.db import transaction
from lti_tool.storage.people import Context, Person
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.scores import AccessToken, LineItem, ScoreReport

PATIENCE = 20


@dataclass
class Quick:
    """Stands for `lti.http.Http` and takes every score, when `gate` lets it."""

    gate: Callable[[str], object] = lambda _url: None
    urls: list[str] = field(default_factory=list)
    stamps: list[str] = field(default_factory=list)
    flying: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def post(self, url: str, *, json: Any, **_about: object) -> Answer:
        host = url.split("/")[2]
        with self.lock:
            self.urls.append(url)
            self.stamps.append(json["timestamp"])
            self.flying[host] = self.flying.get(host, 0) + 1
            self.most[host] = max(self.most.get(host, 0), self.flying[host])
        try:
            self.gate(url)
        finally:
            with self.lock:
                self.flying[host] -= 1
        return Answer("POST", url, 200, "OK", self.headers, b"{}")

    def sent(self, part: str) -> int:
        """How many scores went to an address with this in it."""
        with self.lock:
            return sum(part in url for url in self.urls)


def add_platform(school: School, name: str, courses: dict[str, int]) -> int:
    """Another LMS, with so many queued scores in each course; its number."""
    now = school.now
    with transaction(school.engine) as session:
        platform = Platform(
            issuer=f"http://{name}.test",
            client_id="c",
            auth_url="https://a",
            token_url=f"http://{name}.test/token",
            jwks_url="https://k",
            created_at=now,
        )
        deployment = Deployment(platform=platform, deployment_id="1", created_at=now, approved_at=now)
        session.add(deployment)
        session.flush()
        token = {"token": "t", "granted": SCOPE_SCORE, "expires_at": now + timedelta(days=1)}
        session.add(AccessToken(platform_id=platform.id, scopes=SCOPE_SCORE, **token))
        for course, scores in courses.items():
            context = Context(deployment=deployment, context_id=course, scopes=[SCOPE_SCORE], created_at=now)
            column = LineItem(context=context, node="n", url=f"http://{name}.test/{course}")
            people = [
                Person(deployment_id=deployment.id, sub=f"{course}-{number}", created_at=now)
                for number in range(scores)
            ]
            session.add_all([column, *people])
            session.flush()
            session.add_all(
                ScoreReport(
                    line_item_id=column.id,
                    person_id=person.id,
                    percent=80,
                    submitted_at=now,
                    timestamp=now,
                    state="queued",
                    next_try_at=now,
                )
                for person in people
            )
        return platform.id


def states(school: School) -> dict[str, int]:
    """How many reports are in each state."""
    with transaction(school.engine) as session:
        rows = [row.state for row in session.query(ScoreReport)]
        return {state: rows.count(state) for state in set(rows)}


def eventually(done: Callable[[], bool]) -> None:
    """Wait for what must come."""
    waiting = threading.Event()
    for _ in range(PATIENCE * 100):
        if done():
            return
        waiting.wait(0.01)
    raise AssertionError("it did not happen")


@contextmanager
def sending(school: School, http: Quick, stop: threading.Event | None = None, **parts: Any) -> Iterator[None]:
    """A worker beside the test; its round is over at the end of the block."""
    school.http = http
    stop = stop or threading.Event()
    courier = school.courier(stopping=stop.is_set, **parts)
    thread = threading.Thread(target=courier.send_due)
    thread.start()
    try:
        yield
    finally:
        thread.join(PATIENCE)
        stop.set()
        assert not thread.is_alive()
