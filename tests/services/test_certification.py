"""What of the way to the credential this tool has seen somebody do."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lti_tool.curriculum.load import load
from lti_tool.domain.course import Course
from lti_tool.errors import NotFound
from lti_tool.services import certification
from lti_tool.services.who import Who
from lti_tool.storage.work import Submission


@pytest.fixture
def course() -> Course:
    """The tiny course, which says how it certifies."""
    found, problems = load(Path(__file__).parents[1] / "courses" / "tiny")
    assert found, problems
    return found


def test_needs_are_counted_for_the_learner_alone(
    session: Session, course: Course, student: Who, teacher: Who
) -> None:
    for who in (student, teacher):
        session.add(
            Submission(
                person_id=who.person_id,
                context_id=who.context_id,
                assignment="t101-assignment",
                state="graded",
                percent=80,
                passed=True,
            )
        )
    session.flush()

    first, last = certification.page(session, course, student).gates
    assert (first.met, len(first.unmet)) == (1, 3)
    assert (last.met, len(last.unmet)) == (0, 1)
    assert certification.page(session, course, teacher).gates[0].met == 0


def test_a_course_that_certifies_nothing_has_no_such_page(
    session: Session, course: Course, student: Who
) -> None:
    with pytest.raises(NotFound):
        certification.page(session, replace(course, certification=None), student)
