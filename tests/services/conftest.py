"""The course, the people and the surroundings of service tests."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from support.courses import tiny_course
from support.people import make_person

from lti_tool.domain.course import Course
from lti_tool.services import passback
from lti_tool.services.who import Who
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
