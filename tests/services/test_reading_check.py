"""Having read now what an LMS shows: every column, and what came of it."""

from datetime import timedelta

import pytest
from support.delivering import QUIZ, School, answering

from lti_tool.errors import NotFound
from lti_tool.services import reading_check
from lti_tool.services.reading_check import Checked
from lti_tool.storage.scores import ScoreReport


def checked(school: School, **which: int) -> list[Checked]:
    """One check."""
    found = reading_check.check(school.engine, school.http, school.course, lambda: school.now, **which)
    return list(found)


@pytest.fixture
def received(school: School) -> School:
    """The LMS took a grade a while ago."""
    school.want(school.student("5"), 80)
    school.send()
    school.forward(minutes=10)
    return school


def test_a_grade_that_is_shown_is_fine(received: School):
    (course,) = checked(received, platform_id=received.platform_id)
    assert (course.context_id, course.read, course.unread) == (received.context_id, 1, {})
    assert course.groups["confirmed"] == 1
    assert course.fine
    received.forward(seconds=10)
    assert checked(received)[0].read == 1, "read a moment ago is read now"


def test_a_grade_that_was_changed_there_is_told(received: School):
    with received.lms.state.change() as data:
        data.grade(received.column().id, "5").score = 90
    (course,) = checked(received, context_id=received.context_id)
    assert course.groups["drifted"] == 1
    assert not course.fine


def test_a_column_that_cannot_be_read_is_told_with_the_reason(received: School):
    received.http.always = answering(503)
    (course,) = checked(received)
    assert (course.read, course.fine) == (0, False)
    assert list(course.unread) == [QUIZ]
    received.http.always = None
    received.forward(hours=1)
    assert checked(received)[0].fine


def test_what_is_not_there_is_not_checked(received: School):
    for which in ({"platform_id": 999}, {"context_id": 999}):
        with pytest.raises(NotFound):
            checked(received, **which)
    received.change(ScoreReport, state="held", reason="refused", next_try_at=received.now + timedelta(days=1))
    assert not checked(received)[0].fine
