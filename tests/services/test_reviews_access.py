"""Who reviews: the staff of the same context, and nobody their own work."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session
from support.people import make_context, make_person
from support.work import GOOD, elsewhere, hand_in, result, review, sent

from lti_tool.domain.course import Course
from lti_tool.errors import AccessDenied, NotFound
from lti_tool.services import reviews
from lti_tool.services.who import Who
from lti_tool.storage.people import Membership

STAFF = ["instructor", "assistant", "admin"]


@pytest.mark.parametrize("role", STAFF)
def test_all_staff_review(session: Session, course: Course, student: Who, now: datetime, role: str) -> None:
    submission = hand_in(session, course, student, now)
    review(session, course, make_person(session, "Staff", role), submission, now)
    assert result(session, submission)[0] == "graded"


@pytest.mark.parametrize("role", ["learner", "observer"])
def test_nobody_else_reviews(
    session: Session, course: Course, student: Who, now: datetime, role: str
) -> None:
    submission = hand_in(session, course, student, now)
    who = make_person(session, "Classmate", role)
    for act in (
        lambda: reviews.queue(session, course, who),
        lambda: reviews.open_review(session, course, who, submission),
        lambda: reviews.save_review(session, course, who, submission, GOOD, "", "graded", now, number=1),
    ):
        with pytest.raises(AccessDenied):
            act()
    assert result(session, submission) == ("submitted", None, None)


def test_staff_of_another_context_or_lms_find_nothing(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    submission = hand_in(session, course, student, now)
    for context in (make_context(session, "course-2"), elsewhere(session)):
        stranger = make_person(session, "Stranger", "admin", context)
        assert reviews.queue(session, course, stranger) == ()
        for act in (
            lambda who=stranger: reviews.open_review(session, course, who, submission),
            lambda who=stranger: reviews.save_review(
                session, course, who, submission, GOOD, "", "graded", now, number=1
            ),
        ):
            with pytest.raises(NotFound):
                act()
    assert result(session, submission) == ("submitted", None, None)


def test_nobody_judges_their_own_work_whatever_they_have_become(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    submission = hand_in(session, course, student, now)
    promoted = Who(student.person_id, student.context_id, "instructor")
    assert reviews.queue(session, course, promoted) == ()
    for act in (
        lambda: reviews.open_review(session, course, promoted, submission),
        lambda: reviews.save_review(session, course, promoted, submission, GOOD, "", "graded", now, number=1),
    ):
        with pytest.raises(AccessDenied):
            act()
    assert result(session, submission) == ("submitted", None, None)


def test_the_grade_of_somebody_who_is_no_learner_any_more_stays_with_us(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    submission = hand_in(session, course, student, now)
    session.get_one(Membership, (student.person_id, student.context_id)).role = "assistant"
    review(session, course, teacher, submission, now)
    assert result(session, submission) == ("graded", 75, True)
    assert sent(session) == []
