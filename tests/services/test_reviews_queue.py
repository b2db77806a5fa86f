"""What waits for a review, and the page on which staff read it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from support.people import make_person
from support.work import FIRST, GOOD, POOR, hand_in, review, statements, with_rules

from lti_tool.domain.course import Course
from lti_tool.errors import NotFound
from lti_tool.services import assignments, reviews
from lti_tool.services.who import Who
from lti_tool.storage.work import Submission

# --- the queue ---------------------------------------------------------------------------------------------


def test_the_queue_shows_what_waits_the_longest_first(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    later = hand_in(session, course, student, now)
    earlier = hand_in(session, course, make_person(session, "Ren"), now - timedelta(hours=1))
    writing = make_person(session, "Mio")
    assignments.save_draft(session, course, writing, FIRST, "Not yet", now)
    waiting = reviews.queue(session, course, teacher)
    assert [(line.submission_id, line.person_name, line.number, line.submitted_at) for line in waiting] == [
        (earlier, "Ren", 1, now - timedelta(hours=1)),
        (later, "Aoi", 1, now),
    ]
    assert waiting[0].assignment.id == FIRST


@pytest.mark.parametrize("outcome", ["returned", "graded"])
def test_what_was_judged_leaves_the_queue_and_a_new_version_comes_back_to_it(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime, outcome: str
) -> None:
    submission = hand_in(session, course, student, now)
    review(session, course, teacher, submission, now, outcome, POOR)
    assert reviews.queue(session, course, teacher) == ()
    hand_in(session, course, student, now + timedelta(days=1), "Better")
    (line,) = reviews.queue(session, course, teacher)
    assert (line.number, line.submitted_at) == (2, now + timedelta(days=1))


def test_the_queue_costs_the_same_for_one_and_for_many(
    session: Session, course: Course, teacher: Who, now: datetime
) -> None:
    counts = []
    for size in (1, 12):
        for number in range(size):
            hand_in(session, course, make_person(session, f"Student {number}"), now)
        session.expunge_all()
        with statements(session) as asked:
            assert len(reviews.queue(session, course, teacher)) >= size
        counts.append(len(asked))
    assert counts == [1, 1]


def test_work_on_an_assignment_that_left_the_course_is_not_asked_for(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    submission = hand_in(session, course, student, now)
    without = with_rules(course, id="a101-renamed")
    assert reviews.queue(session, without, teacher) == ()
    with pytest.raises(NotFound):
        reviews.open_review(session, without, teacher, submission)


# --- the review page ---------------------------------------------------------------------------------------


def test_the_page_shows_the_newest_version_and_what_came_before(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    submission = hand_in(session, course, student, now, "First try")
    first = reviews.open_review(session, course, teacher, submission)
    assert (first.person_name, first.version.text, first.earlier, first.state) == (
        "Aoi",
        "First try",
        (),
        "submitted",
    )
    assert (first.cap, first.may_return) == (4, True)
    review(session, course, teacher, submission, now, "returned", comment="Add sources.")
    hand_in(session, course, student, now, "Second try")
    session.expunge_all()
    second = reviews.open_review(session, course, teacher, submission)
    assert (second.version.number, second.version.text, second.cap) == (2, "Second try", 3)
    (earlier,) = second.earlier
    assert earlier.review
    assert (earlier.text, earlier.review.comment, earlier.review.reviewer_name) == (
        "First try",
        "Add sources.",
        "Sato",
    )


def test_a_draft_is_nobodys_business(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    assignments.save_draft(session, course, student, FIRST, "Private", now)
    submission = session.query(Submission).one().id
    with pytest.raises(NotFound):
        reviews.open_review(session, course, teacher, submission)
    with pytest.raises(NotFound):
        reviews.save_review(session, course, teacher, submission, GOOD, "", "graded", now, number=1)


def test_a_new_draft_does_not_hide_what_was_handed_in(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    submission = hand_in(session, course, student, now, "Handed in")
    review(session, course, teacher, submission, now, "returned")
    assignments.save_draft(session, course, student, FIRST, "Private", now)
    page = reviews.open_review(session, course, teacher, submission)
    assert (page.version.number, page.version.text, page.earlier) == (1, "Handed in", ())
