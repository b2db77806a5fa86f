"""What time does to an attempt: its minutes run out, or the quiz is edited or removed meanwhile."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from support.answers import answer, take, with_quiz
from support.courses import bank
from support.people import make_person
from support.work import hand_in

from lti_tool.domain.course import Course
from lti_tool.errors import Conflict
from lti_tool.services import quizzes
from lti_tool.services.who import Who
from lti_tool.storage.work import Attempt, QuizVersion

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


# --- time --------------------------------------------------------------------------------------------------


@pytest.fixture
def second(session: Session, course: Course, student: Who, now: datetime) -> Who:
    """The student, for whom the second module with its timed quiz is open."""
    take(session, course, student, "a101-quiz", now)
    hand_in(session, course, student, now)
    return student


def test_a_timed_quiz_takes_answers_until_the_time_is_over(
    session: Session, course: Course, second: Who, now: datetime
) -> None:
    attempt_id = quizzes.start(session, course, second, "a102-quiz", now)
    due = now + 20 * MINUTE
    assert quizzes.outline(session, course, second, attempt_id, now).due_at == due
    quizzes.save(session, course, second, attempt_id, 1, {"pick": [0]}, due + timedelta(seconds=10))
    too_late = due + timedelta(seconds=11)
    with pytest.raises(Conflict) as caught:
        quizzes.save(session, course, second, attempt_id, 2, {"pick": [0]}, too_late)
    assert caught.value.code == "closed"
    with pytest.raises(Conflict):
        quizzes.question(session, course, second, attempt_id, 2, too_late)
    quizzes.submit(session, course, second, attempt_id, too_late)
    assert session.get_one(Attempt, attempt_id).submitted_at == due


def test_what_was_saved_is_handed_in_when_the_time_is_over(
    session: Session, course: Course, second: Who, now: datetime, reported: list[tuple[Any, ...]]
) -> None:
    attempt_id = quizzes.start(session, course, second, "a102-quiz", now)
    answer(session, course, second, attempt_id, now, mistakes=1)
    due = now + 20 * MINUTE
    assert quizzes.close_overdue(session, course, due + timedelta(seconds=10)) == 0
    closing = due + timedelta(seconds=11)
    assert quizzes.close_overdue(session, course, closing) == 1
    assert quizzes.close_overdue(session, course, closing) == 0
    attempt = session.get_one(Attempt, attempt_id)
    assert (attempt.submitted_at, attempt.percent, attempt.passed) == (due, 66, False)
    assert reported[-1] == (second.person_id, second.context_id, "a102-quiz", 66, due, "", closing)


def test_starting_hands_in_a_forgotten_attempt_first(
    session: Session, course: Course, second: Who, now: datetime
) -> None:
    forgotten = quizzes.start(session, course, second, "a102-quiz", now)
    tomorrow = now + 24 * HOUR
    fresh = quizzes.start(session, course, second, "a102-quiz", tomorrow)
    assert fresh != forgotten
    assert session.get_one(Attempt, forgotten).submitted_at == now + 20 * MINUTE


def test_an_overdue_attempt_at_a_quiz_that_left_the_course_is_closed_and_not_reported(
    session: Session, course: Course, second: Who, now: datetime, reported: list[tuple[Any, ...]]
) -> None:
    quizzes.start(session, course, second, "a102-quiz", now)
    del reported[:]
    shorter = replace(course, stages=(replace(course.stages[0], modules=course.modules[:1]),))
    assert quizzes.close_overdue(session, shorter, now + HOUR) == 1
    assert reported == []


# --- versions ----------------------------------------------------------------------------------------------


def test_editing_the_quiz_does_not_touch_a_running_attempt(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    attempt_id = quizzes.start(session, course, student, "a101-quiz", now)
    answer(session, course, student, attempt_id, now, mistakes=1)
    edited = with_quiz(course, questions=bank("new", 4), pass_mark=90)
    shown = quizzes.question(session, edited, student, attempt_id, 1, now)
    assert (shown.total, shown.quiz.pass_mark) == (6, 80)
    quizzes.submit(session, edited, student, attempt_id, now)
    assert quizzes.result(session, edited, student, attempt_id, now).attempt.passed
    fresh = quizzes.start(session, edited, student, "a101-quiz", now + 12 * HOUR)
    assert quizzes.question(session, edited, student, fresh, 1, now).total == 4
    assert session.query(QuizVersion).count() == 2


def test_a_version_is_archived_once_for_all(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    quizzes.start(session, course, student, "a101-quiz", now)
    quizzes.start(session, course, make_person(session, "Ren"), "a101-quiz", now)
    assert [row.digest for row in session.scalars(select(QuizVersion))] == ["a101-quiz@1"]
