"""Lessons are found with their neighbours and remembered once read."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.course import Course
from lti_tool.errors import Locked, NotFound
from lti_tool.services import lessons
from lti_tool.services.who import Who
from lti_tool.storage.work import LessonRead


def test_a_lesson_knows_its_place_and_its_neighbours(session: Session, course: Course, student: Who) -> None:
    first = lessons.open_lesson(session, course, student, "a101-why")
    assert (first.stage.id, first.module.id, first.previous, first.read) == ("stage1", "a101", None, False)
    assert first.following is not None
    second = lessons.open_lesson(session, course, student, first.following.id)
    assert (second.lesson.id, second.previous, second.following) == ("a101-how", first.lesson, None)


def test_a_lesson_is_read_once_and_stays_read(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    lessons.finish(session, course, student, "a101-why", now)
    lessons.finish(session, course, student, "a101-why", now + timedelta(days=1))
    assert lessons.open_lesson(session, course, student, "a101-why").read
    assert [row.read_at for row in session.scalars(select(LessonRead))] == [now]


def test_reading_counts_for_learners_only(
    session: Session, course: Course, teacher: Who, visitor: Who, now: datetime
) -> None:
    for who in (teacher, visitor):
        lessons.finish(session, course, who, "a101-why", now)
        assert not lessons.open_lesson(session, course, who, "a101-why").read
    assert session.scalars(select(LessonRead)).all() == []


def test_a_locked_lesson_is_neither_shown_nor_counted(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    with pytest.raises(Locked):
        lessons.open_lesson(session, course, student, "b201-why")
    with pytest.raises(Locked):
        lessons.finish(session, course, student, "b201-why", now)


@pytest.mark.parametrize("node", ["a101-quiz", "a101", "nothing"])
def test_only_lessons_are_lessons(session: Session, course: Course, student: Who, node: str) -> None:
    with pytest.raises(NotFound):
        lessons.open_lesson(session, course, student, node)
