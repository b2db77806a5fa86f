"""What is open follows from what is stored, for this person in this context only."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session
from support.answers import take
from support.people import make_context, make_person
from support.work import hand_in

from lti_tool.domain.course import Condition, Course
from lti_tool.domain.gating import OPEN, AssignmentProgress, Progress, QuizProgress
from lti_tool.errors import Locked, NotFound
from lti_tool.services import gating, lessons
from lti_tool.services.who import Who
from lti_tool.storage.work import Submission


def test_progress_is_what_was_read_passed_and_handed_in(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    lessons.finish(session, course, student, "a101-why", now)
    take(session, course, student, "a101-quiz", now)
    hand_in(session, course, student, now)
    assert gating.progress(session, course, student) == Progress(
        {"a101-quiz": QuizProgress(100, True)},
        {"a101-work": AssignmentProgress("submitted")},
        frozenset({"a101-why"}),
    )


def test_work_in_another_context_or_by_another_person_opens_nothing(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    take(session, course, student, "a101-quiz", now)
    elsewhere = Who(student.person_id, make_context(session, "course-2").id, "learner")
    for who in (elsewhere, make_person(session, "Ren")):
        assert gating.progress(session, course, who) == Progress()


def test_results_of_what_the_course_no_longer_has_are_left_out(
    session: Session, course: Course, student: Who
) -> None:
    gone = Submission(
        person_id=student.person_id, context_id=student.context_id, assignment="gone", state="submitted"
    )
    session.add(gone)
    session.flush()
    assert gating.progress(session, course, student) == Progress()


def test_a_locked_node_is_refused_with_the_conditions_that_open_it(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    take(session, course, student, "a101-quiz", now)
    with pytest.raises(Locked) as caught:
        gating.require_open(session, course, student, "a102-quiz")
    assert caught.value.node == "a102-quiz"
    assert caught.value.reasons == (Condition("assignment_submitted", "a101-work"),)
    hand_in(session, course, student, now)
    assert gating.require_open(session, course, student, "a102-quiz").id == "a102-quiz"


def test_what_is_not_in_the_course_is_not_found(session: Session, course: Course, teacher: Who) -> None:
    with pytest.raises(NotFound):
        gating.require_open(session, course, teacher, "nothing")


def test_to_staff_everything_is_open(session: Session, course: Course, teacher: Who) -> None:
    assert set(gating.standing(session, course, teacher).states) == set(course.nodes)
    assert set(gating.standing(session, course, teacher).states.values()) == {OPEN}


def test_an_observer_sees_what_a_beginner_sees(
    session: Session, course: Course, visitor: Who, student: Who
) -> None:
    assert gating.standing(session, course, visitor) == gating.standing(session, course, student)
    with pytest.raises(Locked):
        gating.require_open(session, course, visitor, "a102")
