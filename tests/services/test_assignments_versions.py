"""A student writes, hands in, gets it back and tries again: drafts, versions and what closes them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from support.people import make_person
from support.uploads import add, takes_files, work
from support.work import FIRST, POOR, hand_in, refused, review, with_rules

from lti_tool.domain.course import Course
from lti_tool.errors import NotFound
from lti_tool.services import assignments
from lti_tool.services.who import Who
from lti_tool.storage.files import FileStore
from lti_tool.storage.work import Submission


@pytest.fixture
def course(course: Course) -> Course:
    """The first assignment takes a text and up to two files of at most a megabyte."""
    return takes_files(course)


# --- the first version -------------------------------------------------------------------------------------


def test_before_anything_is_begun_there_is_an_empty_work_to_write_on(
    session: Session, course: Course, student: Who
) -> None:
    begun = work(session, course, student)
    assert (begun.state, begun.draft, begun.versions, begun.percent, begun.passed) == (
        "none",
        None,
        (),
        None,
        None,
    )
    assert (begun.editable, begun.resubmissions_left, begun.text) == (True, 2, "")
    assert session.query(Submission).count() == 0


def test_a_draft_is_kept_and_written_over_and_is_nobody_elses(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    assignments.save_draft(session, course, student, FIRST, "First thought", now)
    later = now + timedelta(minutes=1)
    assignments.save_draft(session, course, student, FIRST, "Second\r\nthought\x00", later)
    mine = work(session, course, student)
    assert mine.draft
    assert (mine.state, mine.text, mine.draft.saved_at, mine.draft.number) == (
        "draft",
        "Second\nthought",
        later,
        1,
    )
    assert work(session, course, make_person(session, "Ren")).state == "none"


def test_handing_in_makes_the_draft_a_version_that_waits(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    hand_in(session, course, student, now, "My page.")
    handed = work(session, course, student)
    assert (handed.state, handed.draft, handed.editable) == ("submitted", None, False)
    (version,) = handed.versions
    assert (version.number, version.text, version.submitted_at, version.review) == (1, "My page.", now, None)


def test_work_that_waits_for_a_review_cannot_be_changed(
    session: Session, course: Course, store: FileStore, student: Who, now: datetime
) -> None:
    upload = add(session, course, store, student, now)
    hand_in(session, course, student, now)
    with refused("closed"):
        assignments.save_draft(session, course, student, FIRST, "Wait, no.", now)
    with refused("closed"):
        add(session, course, store, student, now)
    with pytest.raises(NotFound):
        assignments.remove_file(session, course, student, FIRST, upload)
    (version,) = work(session, course, student).versions
    assert (version.text, len(version.files)) == ("My page.", 1)


def test_the_same_form_sent_twice_is_handed_in_once(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    hand_in(session, course, student, now)
    hand_in(session, course, student, now + timedelta(seconds=1))
    (version,) = work(session, course, student).versions
    assert version.submitted_at == now


@pytest.mark.parametrize("text", [None, "", " \n　"])
def test_nothing_cannot_be_handed_in(
    session: Session, course: Course, student: Who, now: datetime, text: str | None
) -> None:
    if text is not None:
        assignments.save_draft(session, course, student, FIRST, text, now)
    with refused("empty"):
        assignments.submit(session, course, student, FIRST, now)
    assert work(session, course, student).versions == ()


def test_a_file_alone_is_enough(
    session: Session, course: Course, store: FileStore, student: Who, now: datetime
) -> None:
    add(session, course, store, student, now)
    assignments.submit(session, course, student, FIRST, now)
    assert work(session, course, student).state == "submitted"


def test_where_no_text_is_wanted_none_is_kept_and_a_file_is_needed(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    course = with_rules(course, text=False)
    assignments.save_draft(session, course, student, FIRST, "But I like to write", now)
    assert work(session, course, student).text == ""
    with refused("empty"):
        assignments.submit(session, course, student, FIRST, now)


def test_a_text_beyond_all_measure_is_refused(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    with refused("too-long"):
        assignments.save_draft(session, course, student, FIRST, "あ" * (assignments.MAX_TEXT + 1), now)


# --- coming back -------------------------------------------------------------------------------------------


def test_returned_work_is_taken_up_where_it_was_and_the_old_version_stays(
    session: Session, course: Course, store: FileStore, student: Who, teacher: Who, now: datetime
) -> None:
    old = add(session, course, store, student, now, name="old.pdf")
    submission = hand_in(session, course, student, now, "First try")
    review(session, course, teacher, submission, now, "returned", {"C17": 2}, "Say where it is from.")

    back = work(session, course, student)
    assert (back.state, back.editable, back.text, back.resubmissions_left) == (
        "returned",
        True,
        "First try",
        2,
    )
    assert back.versions[0].review
    assert (back.versions[0].review.comment, back.versions[0].review.percent) == (
        "Say where it is from.",
        None,
    )

    new = add(session, course, store, student, now, name="new.pdf")
    begun = work(session, course, student)
    assert begun.state == "returned"
    assert begun.draft
    assert (begun.draft.number, begun.draft.text) == (2, "First try")
    assert [line.id for line in begun.draft.files] == [new]

    with pytest.raises(NotFound):
        assignments.remove_file(session, course, student, FIRST, old)
    hand_in(session, course, student, now + timedelta(days=1), "Second try")
    first, second = work(session, course, student).versions
    assert (first.text, [line.id for line in first.files], first.submitted_at) == ("First try", [old], now)
    assert (second.text, [line.id for line in second.files]) == ("Second try", [new])


def test_passed_work_is_finished(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    review(session, course, teacher, hand_in(session, course, student, now), now)
    done = work(session, course, student)
    assert (done.state, done.percent, done.passed, done.editable, done.text) == (
        "graded",
        75,
        True,
        False,
        "",
    )
    with refused("closed"):
        assignments.save_draft(session, course, student, FIRST, "Even better", now)
    with refused("closed"):
        assignments.submit(session, course, student, FIRST, now)


def test_failed_work_may_be_handed_in_again_twice_and_then_no_more(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    for left in (2, 1, 0):
        submission = hand_in(session, course, student, now, f"Try with {left} left")
        review(session, course, teacher, submission, now, levels=POOR)
        tried = work(session, course, student)
        assert (tried.state, tried.passed, tried.resubmissions_left) == ("graded", False, left)
        assert tried.editable is (left > 0)
    with refused("closed"):
        assignments.save_draft(session, course, student, FIRST, "Once more", now)
    assert len(work(session, course, student).versions) == 3


def test_a_draft_under_way_when_the_grade_is_corrected_to_a_pass_is_put_aside(
    session: Session, course: Course, store: FileStore, student: Who, teacher: Who, now: datetime
) -> None:
    submission = hand_in(session, course, student, now)
    review(session, course, teacher, submission, now, levels=POOR)
    upload = add(session, course, store, student, now)
    review(session, course, teacher, submission, now)
    done = work(session, course, student)
    assert (done.draft, done.passed) == (None, True)
    for act in (
        lambda: assignments.submit(session, course, student, FIRST, now),
        lambda: assignments.remove_file(session, course, student, FIRST, upload),
    ):
        with refused("closed"):
            act()
