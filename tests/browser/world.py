"""The demo LMS and the tool on ports of their own, connected as a real LMS connects, with the worker beside them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from support.live import free_ports, serving

from lti_tool import demonstration, worker
from lti_tool.app import create_app, utc_now
from lti_tool.config import load
from lti_tool.demo.app import DemoConfig, Lms, connect, create_demo, lms_of
from lti_tool.domain.course import Course
from lti_tool.services import keys, registration
from lti_tool.services.who import Who
from lti_tool.storage import people
from lti_tool.storage.db import Base, Engine, open_session, transaction
from lti_tool.web.current import Parts

PATIENCE = 30
"""Seconds after which something that should have happened has not."""

DAY, EVENING = "2", "3"
"""The courses of the demo LMS. Activities are placed in the first one only."""
SAKURA, KEN, KEIKO, SHO, NAOKI = "5", "6", "3", "4", "2"
"""Two students, the teacher, the non-editing teacher, the administrator."""


@dataclass(frozen=True)
class World:
    """Everything that runs. People and courses are named by their ids in the demo LMS."""

    lms_url: str
    tool_url: str
    lms_app: Flask
    tool_app: Flask

    @property
    def lms(self) -> Lms:
        return lms_of(self.lms_app)

    @property
    def parts(self) -> Parts:
        parts: Parts = self.tool_app.extensions["lti_tool"]
        return parts

    @property
    def course(self) -> Course:
        return self.parts.course

    @property
    def engine(self) -> Engine:
        return self.parts.engine

    def activity(self, node: str, course: str = DAY) -> str:
        """The LMS's id of the activity that opens a node."""
        with self.lms.state.read() as data:
            found = [one.id for one in data.course_activities(course) if one.custom.get("node") == node]
        return found[0]

    def column(self, node: str, course: str = DAY) -> str:
        """The LMS's id of the grade column of a node."""
        with self.lms.state.read() as data:
            return next(one.id for one in data.course_columns(course) if one.resource_id == node)

    def grade(self, person: str, node: str, course: str = DAY) -> float | None:
        """What the LMS's gradebook holds."""
        column = self.column(node, course)
        with self.lms.state.read() as data:
            grade = data.grade(column, person)
        return grade.score if grade else None

    def who(self, person: str, role: str = "learner", course: str = DAY) -> Who:
        """Somebody as the tool knows them, after their first launch."""
        with open_session(self.engine, writes=False) as session:
            found = session.query(people.Person).filter_by(sub=person).one()
            context = session.query(people.Context).filter_by(context_id=course).one()
            return Who(found.id, context.id, role)

    def calls(self, part: str) -> list[int | None]:
        """Status of the calls to services whose address holds `part`, oldest first; None was dropped."""
        return [call.status for call in reversed(self.lms.faults.calls()) if part in call.path]

    def invitation(self) -> str:
        """A registration address that has not been used."""
        with transaction(self.engine) as session:
            return registration.invite_url(self.tool_url, registration.invite(session, utc_now()))


def eventually(happened: Callable[[], bool]) -> None:
    """Wait until it is so; fail when it does not happen."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@contextmanager
def running(data: Path, content: Path, *, connected: bool = True) -> Iterator[World]:
    """Serve both for as long as the block runs. Different hosts, so that the tool is a third party in a frame."""
    lms_port, tool_port = free_ports(2)
    lms_url, tool_url = f"http://127.0.0.1:{lms_port}", f"http://localhost:{tool_port}"
    tool = _tool(data, content, lms_port, tool_url)
    parts: Parts = tool.extensions["lti_tool"]
    lms = create_demo(DemoConfig(lms_url, data, demonstration.placements(parts.course)))
    world = World(lms_url, tool_url, lms, tool)
    with serving(world.lms_app, lms_port), serving(world.tool_app, tool_port):
        if connected:
            connect(world.lms_app, world.invitation())
        with _working(world):
            yield world
    world.engine.dispose()


def _tool(data: Path, content: Path, lms_port: int, tool_url: str) -> Flask:
    settings = load(
        {},
        base_url=tool_url,
        data=str(data),
        content=str(content),
        secret_key="test",
        outbound_allow=f"127.0.0.1:{lms_port}",
    )
    app = create_app(settings)
    parts: Parts = app.extensions["lti_tool"]
    Base.metadata.create_all(parts.engine)
    with transaction(parts.engine) as session:
        keys.ensure(session, utc_now())
    return app


@contextmanager
def _working(world: World) -> Iterator[None]:
    parts, stop = world.parts, threading.Event()
    works = worker.Works(parts.engine, parts.http, parts.course, utc_now)
    thread = threading.Thread(target=worker.run, args=(works, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
