"""One attempt at a quiz from the first answer to handing in, and whose attempts count."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from support.answers import answer, paper, right, take, with_quiz, wrong
from support.people import make_context, make_person

from lti_tool.domain.course import Course
from lti_tool.domain.gating import Progress
from lti_tool.errors import Conflict, MalformedMessage, NotFound
from lti_tool.services import gating, quizzes
from lti_tool.services.who import Who
from lti_tool.storage.work import Answer, Attempt

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


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
