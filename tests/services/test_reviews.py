"""Staff judge what was handed in: the newest version, once by everybody's eyes, and the LMS hears of it."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from support.people import make_context, make_person
from support.work import FIRST, GOOD, POOR, elsewhere, hand_in, review, statements, with_rules

from lti_tool.domain.course import Course
from lti_tool.errors import AccessDenied, Conflict, MalformedMessage, NotFound
from lti_tool.services import assignments, reviews
from lti_tool.services.who import Who
from lti_tool.storage.people import Membership
from lti_tool.storage.scores import ScoreReport
from lti_tool.storage.work import Review, Submission

STAFF = ["instructor", "assistant", "admin"]
WEAK = {"C17": 4, "C10": 2}
"""The critical criterion at level 2; 78 percent all the same."""


def refused(code: str) -> AbstractContextManager[object]:
    return pytest.raises(Conflict, check=lambda error: error.code == code)


def result(session: Session, submission_id: int) -> tuple[str, int | None, bool | None]:
    session.expire_all()  # what counts is what the database holds
    row = session.get_one(Submission, submission_id)
    return row.state, row.percent, row.passed


def sent(session: Session) -> list[tuple[str, int, str, datetime]]:
    """What the LMS is to show for assignments."""
    session.expire_all()
    return [
        (row.line_item.node, row.percent, row.comment, row.submitted_at)
        for row in session.query(ScoreReport)
        if row.line_item.node == FIRST
    ]


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


# --- the judgement -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "percent", "passed"),
    [
        ({"C17": 4, "C10": 4}, 100, True),
        ({"C17": 3, "C10": 3}, 75, True),
        ({"C17": 2, "C10": 4}, 67, False),
        ({"C17": 4, "C10": 1}, 60, False),
    ],
)
def test_a_grade_is_kept_and_goes_to_the_lms(
    session: Session,
    course: Course,
    student: Who,
    teacher: Who,
    now: datetime,
    levels: dict[str, int],
    percent: int,
    passed: bool,
) -> None:
    submission = hand_in(session, course, student, now)
    review(
        session,
        course,
        teacher,
        submission,
        now + timedelta(hours=2),
        levels=levels,
        comment=" Well\r\ndone. ",
    )
    assert result(session, submission) == ("graded", percent, passed)
    assert sent(session) == [(FIRST, percent, "Well\ndone.", now)]


def test_a_critical_criterion_at_level_1_fails_whatever_the_total(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    course = with_rules(course, pass_mark=50)
    submission = hand_in(session, course, student, now)
    review(session, course, teacher, submission, now, levels={"C17": 4, "C10": 1})
    assert result(session, submission) == ("graded", 60, False)


def test_a_critical_criterion_at_level_2_is_returned_not_graded(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    submission = hand_in(session, course, student, now)
    with refused("critical-level-2"):
        review(session, course, teacher, submission, now, levels=WEAK)
    assert result(session, submission) == ("submitted", None, None)
    review(session, course, teacher, submission, now, "returned", WEAK)
    assert result(session, submission) == ("returned", None, None)


def test_the_last_version_is_graded_not_returned_and_a_weak_critical_criterion_is_no_pass(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    course = with_rules(course, resubmissions=0, pass_mark=60)
    submission = hand_in(session, course, student, now)
    assert not reviews.open_review(session, course, teacher, submission).may_return
    with refused("no-resubmissions"):
        review(session, course, teacher, submission, now, "returned")
    review(session, course, teacher, submission, now, levels=WEAK)
    assert result(session, submission) == ("graded", 78, False)


def test_in_a_resubmission_level_4_counts_as_3(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    submission = hand_in(session, course, student, now)
    review(session, course, teacher, submission, now, "returned")
    hand_in(session, course, student, now, "Perfect now")
    review(session, course, teacher, submission, now, levels={"C17": 4, "C10": 4})
    assert result(session, submission) == ("graded", 75, True)


def test_returning_says_why_and_reports_nothing(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    submission = hand_in(session, course, student, now)
    with refused("comment"):
        review(session, course, teacher, submission, now, "returned", comment=" \n")
    review(session, course, teacher, submission, now, "returned", {}, "Please add sources.")
    assert result(session, submission) == ("returned", None, None)
    assert sent(session) == []


def test_a_grade_needs_every_level(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    submission = hand_in(session, course, student, now)
    with refused("incomplete"):
        review(session, course, teacher, submission, now, levels={"C17": 4})
    assert session.query(Review).count() == 0


@pytest.mark.parametrize(
    ("levels", "outcome"),
    [
        ({"C17": 5, "C10": 3}, "graded"),
        ({"C99": 3}, "returned"),
        (GOOD, "excellent"),
        ({"C17": 0}, "returned"),
    ],
)
def test_what_no_form_of_ours_can_send_is_refused(
    session: Session,
    course: Course,
    student: Who,
    teacher: Who,
    now: datetime,
    levels: dict[str, int],
    outcome: str,
) -> None:
    submission = hand_in(session, course, student, now)
    with pytest.raises(MalformedMessage):
        review(session, course, teacher, submission, now, outcome, levels)
    assert result(session, submission) == ("submitted", None, None)


def test_a_comment_beyond_all_measure_is_refused(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    submission = hand_in(session, course, student, now)
    with refused("too-long"):
        review(session, course, teacher, submission, now, comment="あ" * (reviews.MAX_COMMENT + 1))


def test_a_judgement_of_a_version_that_is_no_longer_the_newest_is_refused(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    submission = hand_in(session, course, student, now)
    open_since_yesterday = reviews.open_review(session, course, teacher, submission).version.number
    review(session, course, make_person(session, "Mori", "assistant"), submission, now, "returned")
    hand_in(session, course, student, now, "Second try")
    with refused("moved-on"):
        reviews.save_review(
            session, course, teacher, submission, GOOD, "", "graded", now, number=open_since_yesterday
        )
    assert result(session, submission)[0] == "submitted"


# --- corrections -------------------------------------------------------------------------------------------


def test_a_grade_can_be_corrected_and_both_judgements_are_kept(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    submission = hand_in(session, course, student, now)
    review(session, course, teacher, submission, now, levels=POOR)
    review(session, course, teacher, submission, now + timedelta(days=1), comment="I misread it.")
    assert result(session, submission) == ("graded", 75, True)
    assert [(row.percent, row.passed) for row in session.query(Review).order_by(Review.id)] == [
        (30, False),
        (75, True),
    ]
    assert sent(session) == [(FIRST, 75, "I misread it.", now)]
    shown = reviews.open_review(session, course, teacher, submission).version.review
    assert shown
    assert shown.comment == "I misread it."


def test_a_grade_that_is_taken_back_no_longer_counts(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    submission = hand_in(session, course, student, now)
    review(session, course, teacher, submission, now)
    review(session, course, teacher, submission, now, "returned", WEAK, "I overlooked the PR label.")
    assert result(session, submission) == ("returned", None, None)
    assert assignments.work(session, course, student, FIRST).editable


def test_the_grade_of_an_earlier_version_counts_until_the_next_one_is_graded(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    submission = hand_in(session, course, student, now)
    review(session, course, teacher, submission, now, levels=POOR)
    hand_in(session, course, student, now, "Second try")
    assert result(session, submission) == ("submitted", 30, False)
    review(session, course, teacher, submission, now, "returned")
    assert result(session, submission) == ("returned", 30, False)
    hand_in(session, course, student, now, "Third try")
    review(session, course, teacher, submission, now)
    assert result(session, submission) == ("graded", 75, True)


# --- who may what ------------------------------------------------------------------------------------------


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
