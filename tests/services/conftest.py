"""The course, the people and the surroundings of service tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from support.courses import tiny_course
from support.delivering import School, Wire, make_lms, make_school
from support.people import make_person
from support.tables import empty

from lti_tool.domain.course import Course
from lti_tool.services import passback
from lti_tool.services.who import Who
from lti_tool.storage.db import Engine
from lti_tool.storage.files import FileStore


@pytest.fixture
def course() -> Course:
    """Two stages, three modules, a gate between the stages."""
    return tiny_course()


@pytest.fixture
def student(session: Session) -> Who:
    """A learner."""
    return make_person(session, "Aoi")


@pytest.fixture
def teacher(session: Session) -> Who:
    """An instructor of the same context."""
    return make_person(session, "Sato", "instructor")


@pytest.fixture
def visitor(session: Session) -> Who:
    """Somebody whose role is unknown: may look at what is open, is never graded."""
    return make_person(session, "Guest", "observer")


@pytest.fixture(scope="session")
def first_lms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a demo LMS that was started once; making its key takes a while."""
    folder = tmp_path_factory.mktemp("lms")
    make_lms(folder)
    return folder / "demo-lms.json"


@pytest.fixture
def school(engine: Engine, first_lms: Path, tmp_path: Path) -> Iterator[School]:
    """A course with one quiz column in a demo LMS, and nobody in it yet; everything is committed."""
    shutil.copy(first_lms, tmp_path)
    empty(engine)
    app = make_lms(tmp_path)
    yield make_school(engine, app, Wire(app))
    empty(engine)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    """Where uploads are kept: `files` in the test's own folder."""
    return FileStore(f"file://{tmp_path / 'files'}")


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was reported: person, context, node, percent, submitted at, comment, now."""
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(passback, "report", lambda _session, _course, *about: calls.append(about))
    return calls
