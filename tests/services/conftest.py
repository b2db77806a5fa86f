"""The course and the people of service tests."""

import pytest
from sqlalchemy.orm import Session
from support.courses import tiny_course
from support.people import make_person

from lti_tool.domain.course import Course
from lti_tool.services.who import Who


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
