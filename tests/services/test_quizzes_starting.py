"""The page in front of a quiz, and who may start an attempt when: waiting, limits, grants."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from support.answers import take, with_quiz
from support.courses import bank

from lti_tool.domain.course import Course
from lti_tool.errors import AccessDenied, Conflict, Locked, NotFound
from lti_tool.services import quizzes
from lti_tool.services.who import Who
from lti_tool.storage import work_queries
from lti_tool.storage.work import AttemptGrant

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def grant(session: Session, student: Who, teacher: Who, now: datetime) -> AttemptGrant:
    row = AttemptGrant(
        person_id=student.person_id,
        context_id=student.context_id,
        quiz="a101-quiz",
        granted_by=teacher.person_id,
        reason="power cut",
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


# --- the page in front -------------------------------------------------------------------------------------


def test_before_the_first_attempt_the_rules_are_shown(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    page = quizzes.overview(session, course, student, "a101-quiz", now)
    assert (page.quiz.draw, page.quiz.pass_mark, page.quiz.minutes) == (6, 80, None)
    assert (page.attempts, page.running, page.best, page.passed) == ((), None, None, False)
    assert (page.next_at, page.attempts_left) == (None, None)


def test_the_highest_attempt_counts_and_the_next_waits(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    take(session, course, student, "a101-quiz", now, mistakes=1)
    later = now + 12 * HOUR
    take(session, course, student, "a101-quiz", later, mistakes=6)
    page = quizzes.overview(session, course, student, "a101-quiz", later)
    assert [(line.number, line.percent, line.passed) for line in page.attempts] == [
        (1, 83, True),
        (2, 0, False),
    ]
    assert (page.best, page.passed, page.running) == (83, True, None)
    assert page.next_at == later + 12 * HOUR


def test_a_locked_quiz_is_refused_at_the_door(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    with pytest.raises(Locked):
        quizzes.overview(session, course, student, "b201-quiz", now)
    with pytest.raises(Locked):
        quizzes.start(session, course, student, "b201-quiz", now)
    with pytest.raises(NotFound):
        quizzes.overview(session, course, student, "a101-why", now)


def test_a_draw_larger_than_the_bank_promises_only_what_there_is(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    small = with_quiz(course, questions=bank("x", 2), draw=9)
    assert quizzes.overview(session, small, student, "a101-quiz", now).quiz.draw == 2


# --- starting ----------------------------------------------------------------------------------------------


def test_starting_again_goes_on_with_the_running_attempt(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    first = quizzes.start(session, course, student, "a101-quiz", now)
    assert quizzes.start(session, course, student, "a101-quiz", now + HOUR) == first
    page = quizzes.overview(session, course, student, "a101-quiz", now)
    assert (page.running, len(page.attempts)) == (first, 1)


def test_between_attempts_there_are_twelve_hours(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    take(session, course, student, "a101-quiz", now)
    with pytest.raises(Conflict) as caught:
        quizzes.start(session, course, student, "a101-quiz", now + 12 * HOUR - MINUTE)
    assert caught.value.code == "wait"
    assert quizzes.start(session, course, student, "a101-quiz", now + 12 * HOUR)


def test_a_grant_lets_a_learner_start_at_once_but_once(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    take(session, course, student, "a101-quiz", now, mistakes=6)
    leave = grant(session, student, teacher, now)
    assert quizzes.overview(session, course, student, "a101-quiz", now).next_at is None
    assert take(session, course, student, "a101-quiz", now) == leave.attempt_id
    with pytest.raises(Conflict):
        quizzes.start(session, course, student, "a101-quiz", now)


def test_a_grant_is_kept_while_the_rules_allow_an_attempt_anyway(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    leave = grant(session, student, teacher, now)
    take(session, course, student, "a101-quiz", now)
    assert leave.attempt_id is None


def test_a_limit_of_attempts_is_kept_and_told(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    course = with_quiz(course, attempts=2, wait_hours=0)
    take(session, course, student, "a101-quiz", now)
    assert quizzes.overview(session, course, student, "a101-quiz", now).attempts_left == 1
    take(session, course, student, "a101-quiz", now)
    page = quizzes.overview(session, course, student, "a101-quiz", now)
    assert (page.attempts_left, page.next_at) == (0, None)
    with pytest.raises(Conflict) as caught:
        quizzes.start(session, course, student, "a101-quiz", now)
    assert caught.value.code == "attempts"


def test_a_start_that_was_overtaken_by_a_whole_attempt_waits(
    session: Session, course: Course, student: Who, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_queries, "insert_once", lambda *_: False)  # as if the number were taken already
    with pytest.raises(Conflict) as caught:
        quizzes.start(session, course, student, "a101-quiz", now)
    assert caught.value.code == "wait"


def test_an_observer_may_look_but_not_take(
    session: Session, course: Course, visitor: Who, now: datetime
) -> None:
    assert quizzes.overview(session, course, visitor, "a101-quiz", now).attempts == ()
    with pytest.raises(AccessDenied):
        quizzes.start(session, course, visitor, "a101-quiz", now)
