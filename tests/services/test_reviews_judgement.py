"""Staff judge what was handed in, correct themselves if need be, and the LMS hears of it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from support.people import make_person
from support.work import FIRST, GOOD, POOR, WEAK, hand_in, refused, result, review, sent, with_rules

from lti_tool.domain.course import Course
from lti_tool.errors import MalformedMessage
from lti_tool.services import assignments, reviews
from lti_tool.services.who import Who
from lti_tool.storage.work import Review

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
