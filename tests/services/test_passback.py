"""Grades become rows: in the transaction that makes them, once a column and person, for learners only."""

import threading

import pytest
from support.answers import take
from support.delivering import QUIZ, School
from support.people import make_person
from support.work import FIRST, hand_in, review

from lti_tool.errors import AccessDenied
from lti_tool.services import passback, quizzes
from lti_tool.services.who import Who
from lti_tool.storage.db import open_session, transaction
from lti_tool.storage.scores import LineItem, ScoreReport
from lti_tool.storage.work import Attempt, QuizVersion, Submission


def states(session, who: Who) -> dict[str, tuple[str, int]]:
    """State and percent of a person's grades, by node."""
    found = passback.grades(session, who.person_id, who.context_id)
    return {node: (grade.state, grade.percent) for node, grade in found.items()}


def test_a_submitted_quiz_is_queued_at_once(session, course, student, now):
    take(session, course, student, QUIZ, now)
    grade = passback.grades(session, student.person_id, student.context_id)[QUIZ]
    assert (grade.state, grade.percent, grade.queued_at, grade.delivered_at) == ("queued", 100, now, None)


def test_a_graded_assignment_is_queued_with_its_comment(session, course, student, teacher, now):
    review(session, course, teacher, hand_in(session, course, student, now), now)
    row = session.query(ScoreReport).one()
    assert (row.percent, row.comment, row.state, row.line_item.node) == (75, "Read this.", "queued", FIRST)


def test_staff_and_observers_are_never_reported(session, course, teacher, visitor, now):
    """AGS-31."""
    for role in ("assistant", "admin"):
        take(session, course, make_person(session, role, role), QUIZ, now)
    take(session, course, teacher, QUIZ, now)
    with pytest.raises(AccessDenied):
        take(session, course, visitor, QUIZ, now)
    assert session.query(ScoreReport).count() == 0
    assert session.query(LineItem).count() == 0


def test_the_same_grade_again_is_not_sent_again(session, course, student, now):
    """AGS-35."""
    args = (session, course, student.person_id, student.context_id, QUIZ)
    passback.report(*args, 80, now, "", now)
    row = session.query(ScoreReport).one()
    row.state = "delivered"
    passback.report(*args, 80, now, "", now)
    assert row.state == "delivered"
    passback.report(*args, 90, now, "", now)
    assert (row.state, row.percent) == ("queued", 90)


def test_a_new_result_is_a_reason_to_try_a_held_one_again(session, course, student, now):
    args = (session, course, student.person_id, student.context_id, QUIZ, 80, now, "", now)
    passback.report(*args)
    row = session.query(ScoreReport).one()
    row.state, row.reason, row.tries = "held", "refused", 3
    passback.report(*args)
    assert (row.state, row.reason, row.tries) == ("queued", "", 0)


def test_a_stage_is_reported_when_its_last_part_is_there(session, course, student, now):
    for node in ("a101-quiz", "a102-quiz"):
        _finish_quiz(session, student, node, 80, now)
    _finish_work(session, student, "a101-work", 70)
    passback.report(session, course, student.person_id, student.context_id, "a101-work", 70, now, "", now)
    assert "stage1" not in states(session, student)
    _finish_work(session, student, "a102-work", 91)
    passback.report(session, course, student.person_id, student.context_id, "a102-work", 91, now, "", now)
    assert states(session, student)["stage1"] == ("queued", 80)


def test_two_last_results_at_one_moment_report_the_stage(school: School):
    """Neither transaction sees the other's result until one of them is committed."""
    student = school.student()
    with transaction(school.engine) as session:
        for node in ("a101-quiz", "a102-quiz"):
            _finish_quiz(session, student, node, 80, school.now)
    ready = threading.Barrier(2)

    def grade(node: str) -> None:
        if school.engine.dialect.name == "postgresql":
            with transaction(school.engine) as session:
                _finish_work(session, student, node, 80)
                ready.wait(10)
                _report(session, school, student, node)
        else:
            with transaction(school.engine) as session:
                _finish_work(session, student, node, 80)
                _report(session, school, student, node)

    threads = [threading.Thread(target=grade, args=(node,)) for node in ("a101-work", "a102-work")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert school.report(student, "stage1").percent == 80


def test_first_grades_of_many_at_one_moment_share_one_column(school: School):
    students = [school.student(str(number)) for number in range(100, 108)]
    faults: list[BaseException] = []
    barrier = threading.Barrier(len(students))

    def grade(student: Who) -> None:
        barrier.wait()
        try:
            school.want(student, 80, "a102-quiz")
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=grade, args=(student,)) for student in students]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with transaction(school.engine) as session:
        assert session.query(LineItem).filter_by(node="a102-quiz").count() == 1
        assert session.query(ScoreReport).count() == len(students)


def test_a_grade_and_its_report_are_kept_together_or_not_at_all(school: School):
    student = school.student()
    with transaction(school.engine) as session:
        attempt = quizzes.start(session, school.course, student, QUIZ, school.now)
    with open_session(school.engine, writes=True) as session:
        quizzes.submit(session, school.course, student, attempt, school.now)
        assert session.query(ScoreReport).count() == 1
        session.rollback()  # the machine stops here
    with transaction(school.engine) as session:
        assert session.query(ScoreReport).count() == 0
        assert session.get_one(Attempt, attempt).submitted_at is None
        quizzes.submit(session, school.course, student, attempt, school.now)
    with transaction(school.engine) as session:
        assert session.query(ScoreReport).count() == 1
        assert session.get_one(Attempt, attempt).submitted_at == school.now


def test_every_quiz_assignment_and_stage_can_have_a_column(course):
    assert course.graded == {
        *("stage1", "stage2", "a101-quiz", "a101-work", "a102-quiz", "a102-work", "b201-quiz", "b201-work")
    }


def _report(session, school: School, student: Who, node: str) -> None:
    passback.report(
        session, school.course, student.person_id, student.context_id, node, 80, school.now, "", school.now
    )


def _finish_quiz(session, who: Who, node: str, percent: int, now) -> None:
    digest = f"{node}@1"
    session.merge(QuizVersion(digest=digest, quiz=node, body={}))
    session.flush()
    session.add(
        Attempt(
            person_id=who.person_id,
            context_id=who.context_id,
            quiz=node,
            number=1,
            digest=digest,
            paper=[],
            started_at=now,
            submitted_at=now,
            percent=percent,
            passed=True,
        )
    )
    session.flush()


def _finish_work(session, who: Who, node: str, percent: int) -> None:
    session.add(
        Submission(
            person_id=who.person_id,
            context_id=who.context_id,
            assignment=node,
            state="graded",
            percent=percent,
            passed=True,
        )
    )
    session.flush()
