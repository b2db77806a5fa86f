"""The class at a glance, one student in detail, and one more attempt for a good reason."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from support.people import ARRIVED, make_context, make_person
from support.work import FIRST, POOR, elsewhere, hand_in, review, statements, with_rules

from lti_tool.domain.course import Course
from lti_tool.errors import AccessDenied, Conflict, NotFound
from lti_tool.services import assignments, classes
from lti_tool.services.classes import NodeLine
from lti_tool.services.who import Who
from lti_tool.storage.work import Attempt, AttemptGrant, QuizVersion

QUIZ = "a101-quiz"
GRADED = ["a101-quiz", "a101-work", "a102-quiz", "a102-work", "b201-quiz", "b201-work"]


def refused(code: str) -> AbstractContextManager[object]:
    return pytest.raises(Conflict, check=lambda error: error.code == code)


def try_quiz(
    session: Session,
    who: Who,
    started_at: datetime,
    percent: int | None,
    quiz: str = QUIZ,
    preview: bool = False,
) -> Attempt:
    """An attempt, finished within ten minutes unless `percent` is None; 80 passes."""
    session.merge(QuizVersion(digest=f"{quiz}@1", quiz=quiz, body={}))
    attempt = Attempt(
        person_id=who.person_id,
        context_id=who.context_id,
        quiz=quiz,
        preview=preview,
        number=1 + session.query(Attempt).filter_by(person_id=who.person_id, quiz=quiz).count(),
        digest=f"{quiz}@1",
        paper=[],
        started_at=started_at,
        submitted_at=None if percent is None else started_at + timedelta(minutes=10),
        percent=percent,
        passed=None if percent is None else percent >= 80,
    )
    session.add(attempt)
    session.flush()
    return attempt


def line(session: Session, course: Course, teacher: Who, who: Who, node: str) -> NodeLine:
    session.expire_all()  # what counts is what the database holds
    page = classes.student(session, course, teacher, who.person_id)
    return next(each for each in page.lines if each.node == node)


# --- the roster --------------------------------------------------------------------------------------------


def test_the_roster_lists_learners_by_name_and_nobody_else(
    session: Session, course: Course, student: Who, teacher: Who, visitor: Who
) -> None:
    make_person(session, "Zen")
    make_person(session, "Elsewhere", context=make_context(session, "course-2"))
    make_person(session, "Far away", context=elsewhere(session))
    lines = classes.roster(session, course, teacher)
    assert [each.name for each in lines] == ["Aoi", "Zen"]
    assert (lines[0].person_id, lines[0].done, lines[0].total, lines[0].waiting) == (
        student.person_id,
        0,
        6,
        0,
    )
    assert lines[0].last_launch_at == ARRIVED


def test_done_is_what_was_passed_and_waiting_what_the_staff_must_look_at(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    try_quiz(session, student, now, 50)
    (aoi,) = classes.roster(session, course, teacher)
    assert (aoi.done, aoi.waiting) == (0, 0)
    try_quiz(session, student, now, 90)
    try_quiz(session, student, now, 100)
    submission = hand_in(session, course, student, now)
    (aoi,) = classes.roster(session, course, teacher)
    assert (aoi.done, aoi.waiting) == (1, 1)
    review(session, course, teacher, submission, now, levels=POOR)
    (aoi,) = classes.roster(session, course, teacher)
    assert (aoi.done, aoi.waiting) == (1, 0)
    review(session, course, teacher, submission, now)
    (aoi,) = classes.roster(session, course, teacher)
    assert (aoi.done, aoi.waiting) == (2, 0)


def test_only_what_is_in_the_course_now_and_counts_is_counted(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    try_quiz(session, student, now, 100, quiz="a099-quiz")
    try_quiz(session, student, now, 100, preview=True)
    try_quiz(session, Who(student.person_id, make_context(session, "course-2").id, "learner"), now, 100)
    hand_in(session, course, student, now)
    (aoi,) = classes.roster(session, with_rules(course, id="a101-renamed"), teacher)
    assert (aoi.done, aoi.waiting) == (0, 0)


def test_the_roster_costs_the_same_for_a_small_and_a_large_class(
    session: Session, course: Course, teacher: Who, now: datetime
) -> None:
    counts = []
    for size in (1, 12):
        for number in range(size):
            who = make_person(session, f"Student {number}")
            try_quiz(session, who, now, 90)
            hand_in(session, course, who, now)
        session.expunge_all()
        with statements(session) as asked:
            assert len(classes.roster(session, course, teacher)) >= size
        counts.append(len(asked))
    assert counts == [3, 3]


# --- one student -------------------------------------------------------------------------------------------


def test_a_student_who_has_not_begun_has_an_empty_line_for_every_graded_node(
    session: Session, course: Course, student: Who, teacher: Who
) -> None:
    page = classes.student(session, course, teacher, student.person_id)
    assert (page.person_id, page.name) == (student.person_id, "Aoi")
    assert [each.node for each in page.lines] == GRADED
    assert [each.kind for each in page.lines] == ["quiz", "assignment"] * 3
    for each in page.lines:
        assert (each.percent, each.passed, each.state, each.next_at, each.granted) == (
            None,
            False,
            "none",
            None,
            False,
        )
        assert each.submission_id is None


def test_of_a_quiz_the_best_attempt_counts_and_the_waiting_time_runs_from_the_last(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    try_quiz(session, student, now - timedelta(days=2), 90)
    try_quiz(session, student, now - timedelta(days=1), 40)
    seen = line(session, course, teacher, student, QUIZ)
    assert (seen.percent, seen.passed, seen.state) == (90, True, "done")
    assert seen.next_at == now - timedelta(days=1) + timedelta(hours=12, minutes=10)


def test_while_an_attempt_runs_nothing_is_waited_for(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    try_quiz(session, student, now - timedelta(days=1), 40)
    try_quiz(session, student, now, None)
    seen = line(session, course, teacher, student, QUIZ)
    assert (seen.percent, seen.passed, seen.state, seen.next_at) == (40, False, "running", None)


def test_when_all_attempts_are_used_up_no_time_is_promised(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    for percent in (30, 40):  # the quiz of b201 allows two
        try_quiz(session, student, now, percent, quiz="b201-quiz")
    seen = line(session, course, teacher, student, "b201-quiz")
    assert (seen.percent, seen.state, seen.next_at) == (40, "done", None)


def test_an_assignment_is_shown_as_it_stands_and_can_be_opened_once_handed_in(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    assignments.save_draft(session, course, student, FIRST, "Private", now)
    seen = line(session, course, teacher, student, FIRST)
    assert (seen.state, seen.submission_id) == ("draft", None)
    submission = hand_in(session, course, student, now)
    seen = line(session, course, teacher, student, FIRST)
    assert (seen.state, seen.submission_id, seen.percent) == ("submitted", submission, None)
    review(session, course, teacher, submission, now)
    seen = line(session, course, teacher, student, FIRST)
    assert (seen.state, seen.percent, seen.passed) == ("graded", 75, True)


# --- one more attempt --------------------------------------------------------------------------------------


def test_a_grant_is_kept_with_its_reason_and_ends_the_waiting(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    try_quiz(session, student, now, 40)
    classes.grant_attempt(session, course, teacher, student.person_id, QUIZ, " The network\r\nfailed. ", now)
    grant = session.query(AttemptGrant).one()
    assert (grant.person_id, grant.context_id, grant.quiz) == (student.person_id, student.context_id, QUIZ)
    assert (grant.granted_by, grant.reason, grant.created_at) == (
        teacher.person_id,
        "The network\nfailed.",
        now,
    )
    assert grant.attempt_id is None
    seen = line(session, course, teacher, student, QUIZ)
    assert (seen.granted, seen.next_at) == (True, None)
    assert not line(session, course, teacher, student, "a102-quiz").granted


def test_a_second_grant_needs_the_first_to_be_used(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    classes.grant_attempt(session, course, teacher, student.person_id, QUIZ, "Ill", now)
    with refused("granted"):
        classes.grant_attempt(session, course, teacher, student.person_id, QUIZ, "Ill", now)
    session.query(AttemptGrant).one().attempt_id = try_quiz(session, student, now, 40).id
    classes.grant_attempt(session, course, teacher, student.person_id, QUIZ, "Ill again", now)
    assert session.query(AttemptGrant).count() == 2


@pytest.mark.parametrize(("reason", "code"), [("", "reason"), (" \n　", "reason"), ("あ" * 501, "too-long")])
def test_an_exception_needs_a_reason_of_a_sensible_length(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime, reason: str, code: str
) -> None:
    with refused(code):
        classes.grant_attempt(session, course, teacher, student.person_id, QUIZ, reason, now)
    assert session.query(AttemptGrant).count() == 0


@pytest.mark.parametrize("node", ["a101-work", "stage1", "none"])
def test_only_a_quiz_of_the_course_can_be_granted(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime, node: str
) -> None:
    with pytest.raises(NotFound):
        classes.grant_attempt(session, course, teacher, student.person_id, node, "Ill", now)


# --- who may what ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["learner", "observer"])
def test_the_class_is_for_staff(
    session: Session, course: Course, student: Who, now: datetime, role: str
) -> None:
    who = replace(student, role=role)
    for act in (
        lambda: classes.roster(session, course, who),
        lambda: classes.student(session, course, who, student.person_id),
        lambda: classes.grant_attempt(session, course, who, student.person_id, QUIZ, "Ill", now),
    ):
        with pytest.raises(AccessDenied):
            act()


def test_people_of_other_contexts_and_staff_are_not_found(
    session: Session, course: Course, teacher: Who, visitor: Who, now: datetime
) -> None:
    others = [
        make_person(session, "Next door", context=make_context(session, "course-2")),
        make_person(session, "Far away", context=elsewhere(session)),
        visitor,
        teacher,
    ]
    for person_id in [*(other.person_id for other in others), 999_999]:
        with pytest.raises(NotFound):
            classes.student(session, course, teacher, person_id)
        with pytest.raises(NotFound):
            classes.grant_attempt(session, course, teacher, person_id, QUIZ, "Ill", now)
    assert session.query(AttemptGrant).count() == 0


def test_work_in_another_context_stays_there(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    other = make_context(session, "course-2")
    try_quiz(session, Who(student.person_id, other.id, "learner"), now, 100)
    hand_in(session, course, Who(student.person_id, other.id, "learner"), now)
    page = classes.student(session, course, teacher, student.person_id)
    assert {each.state for each in page.lines} == {"none"}
    (aoi,) = classes.roster(session, course, teacher)
    assert (aoi.done, aoi.waiting) == (0, 0)
