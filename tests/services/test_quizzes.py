"""A quiz from the page in front to handing in: rules, autosave, time, and whose attempts count."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from support.answers import answer, paper, right, take, wrong
from support.courses import bank
from support.people import make_context, make_person
from support.work import hand_in

from lti_tool.domain.course import Course
from lti_tool.domain.gating import Progress
from lti_tool.errors import AccessDenied, Conflict, Locked, MalformedMessage, NotFound
from lti_tool.services import gating, passback, quizzes
from lti_tool.services.who import Who
from lti_tool.storage import work_queries
from lti_tool.storage.work import Answer, Attempt, AttemptGrant, QuizVersion

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was reported: person, context, node, percent, submitted at, comment, now."""
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(passback, "report", lambda _session, _course, *about: calls.append(about))
    return calls


@pytest.fixture
def second(session: Session, course: Course, student: Who, now: datetime) -> Who:
    """The student, for whom the second module with its timed quiz is open."""
    take(session, course, student, "a101-quiz", now)
    hand_in(session, course, student, now)
    return student


def with_quiz(course: Course, **rules: Any) -> Course:
    """The course with other rules in its first quiz, and so another digest."""
    stage, *stages = course.stages
    module, *modules = stage.modules
    assert module.quiz
    changed = replace(module, quiz=replace(module.quiz, **{"digest": "a101-quiz@2", **rules}))
    return replace(course, stages=(replace(stage, modules=(changed, *modules)), *stages))


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


# --- answering ---------------------------------------------------------------------------------------------


def test_answers_are_kept_one_by_one_and_are_there_after_the_browser_died(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    attempt_id = quizzes.start(session, course, student, "a101-quiz", now)
    question, drawn = paper(session, course, attempt_id)[2]
    saved = quizzes.save(session, course, student, attempt_id, 3, wrong(question, drawn), now + MINUTE)
    saved = quizzes.save(session, course, student, attempt_id, 3, right(question, drawn), saved + MINUTE)
    session.expire_all()
    shown = quizzes.question(session, course, student, attempt_id, 3, now)
    assert shown.saved_at == saved == now + 2 * MINUTE
    assert shown.response is not None
    assert shown.answered == (False, False, True, False, False, False)
    assert quizzes.outline(session, course, student, attempt_id, now).answered == shown.answered
    assert session.query(Answer).filter_by(attempt_id=attempt_id).count() == 1


@pytest.mark.parametrize("number", [0, 7, -1])
def test_there_is_no_question_outside_the_paper(
    session: Session, course: Course, student: Who, now: datetime, number: int
) -> None:
    attempt_id = quizzes.start(session, course, student, "a101-quiz", now)
    with pytest.raises(NotFound):
        quizzes.question(session, course, student, attempt_id, number, now)
    with pytest.raises(NotFound):
        quizzes.save(session, course, student, attempt_id, number, {"pick": []}, now)


def test_an_impossible_response_is_refused_and_the_kept_one_stays(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    attempt_id = quizzes.start(session, course, student, "a101-quiz", now)
    answer(session, course, student, attempt_id, now)
    number = next(
        index
        for index, (question, _drawn) in enumerate(paper(session, course, attempt_id), start=1)
        if question.kind == "numeric"
    )
    for response, code in (({"pick": [99]}, "malformed"), ({"number": "many"}, "number")):
        with pytest.raises(MalformedMessage) as caught:
            quizzes.save(session, course, student, attempt_id, number, response, now)
        assert caught.value.code == code
    kept = quizzes.question(session, course, student, attempt_id, number, now).response
    assert kept == {"number": "120000"}


def test_the_attempt_of_somebody_else_does_not_exist(
    session: Session, course: Course, student: Who, teacher: Who, visitor: Who, now: datetime
) -> None:
    attempt_id = quizzes.start(session, course, student, "a101-quiz", now)
    elsewhere = Who(student.person_id, make_context(session, "course-2").id, "learner")
    demoted = Who(student.person_id, student.context_id, "observer")
    promoted = Who(student.person_id, student.context_id, "instructor")
    for who in (make_person(session, "Ren"), teacher, visitor, elsewhere, demoted, promoted):
        for act in (quizzes.outline, quizzes.submit, quizzes.result):
            with pytest.raises(NotFound):
                act(session, course, who, attempt_id, now)
        with pytest.raises(NotFound):
            quizzes.question(session, course, who, attempt_id, 1, now)
        with pytest.raises(NotFound):
            quizzes.save(session, course, who, attempt_id, 1, {"pick": []}, now)
    with pytest.raises(NotFound):
        quizzes.outline(session, course, student, attempt_id + 1000, now)


# --- handing in --------------------------------------------------------------------------------------------


def test_handing_in_marks_on_the_server_and_closes_the_attempt(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    attempt_id = take(session, course, student, "a101-quiz", now, mistakes=2)
    attempt = session.get_one(Attempt, attempt_id)
    assert (attempt.percent, attempt.passed, attempt.submitted_at) == (66, False, now)
    credits = sorted(row.credit or 0 for row in session.scalars(select(Answer)))
    assert credits == [0, 0, 100, 100, 100, 100]
    assert quizzes.outline(session, course, student, attempt_id, now).submitted
    with pytest.raises(Conflict) as caught:
        quizzes.save(session, course, student, attempt_id, 1, {"pick": []}, now)
    assert caught.value.code == "closed"
    with pytest.raises(Conflict):
        quizzes.question(session, course, student, attempt_id, 1, now)


def test_handing_in_twice_is_handing_in_once(
    session: Session, course: Course, student: Who, now: datetime, reported: list[tuple[Any, ...]]
) -> None:
    attempt_id = take(session, course, student, "a101-quiz", now)
    quizzes.submit(session, course, student, attempt_id, now + HOUR)
    assert session.get_one(Attempt, attempt_id).submitted_at == now
    assert len(reported) == 1


def test_an_empty_attempt_may_be_handed_in_and_earns_nothing(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    attempt_id = quizzes.start(session, course, student, "a101-quiz", now)
    quizzes.submit(session, course, student, attempt_id, now)
    assert session.get_one(Attempt, attempt_id).percent == 0


def test_the_lms_is_told_the_best_percent_with_every_attempt(
    session: Session, course: Course, student: Who, now: datetime, reported: list[tuple[Any, ...]]
) -> None:
    later = now + 12 * HOUR
    take(session, course, student, "a101-quiz", now, mistakes=1)
    take(session, course, student, "a101-quiz", later, mistakes=3)
    assert reported == [
        (student.person_id, student.context_id, "a101-quiz", 83, now, "", now),
        (student.person_id, student.context_id, "a101-quiz", 83, later, "", later),
    ]


# --- staff -------------------------------------------------------------------------------------------------


def test_staff_try_a_quiz_without_rules_and_without_trace(
    session: Session, course: Course, teacher: Who, now: datetime, reported: list[tuple[Any, ...]]
) -> None:
    course = with_quiz(course, attempts=1)
    for _again in range(2):
        take(session, course, teacher, "a101-quiz", now)
    page = quizzes.overview(session, course, teacher, "a101-quiz", now)
    assert (len(page.attempts), page.next_at, page.attempts_left) == (2, None, None)
    as_student = replace(teacher, role="learner")
    assert gating.progress(session, course, as_student) == Progress()
    assert quizzes.overview(session, course, as_student, "a101-quiz", now).attempts == ()
    assert reported == []
    take(session, course, as_student, "a101-quiz", now)
    assert len(reported) == 1


# --- time --------------------------------------------------------------------------------------------------


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


def test_a_draw_larger_than_the_bank_promises_only_what_there_is(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    small = with_quiz(course, questions=bank("x", 2), draw=9)
    assert quizzes.overview(session, small, student, "a101-quiz", now).quiz.draw == 2
