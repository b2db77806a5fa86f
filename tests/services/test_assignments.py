"""A student writes, adds files, hands in, gets it back and tries again; nobody else gets at any of it."""

import hashlib
import io
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from support.people import make_context, make_person
from support.work import FIRST, POOR, elsewhere, hand_in, review, with_rules

from lti_tool.domain.course import Course
from lti_tool.errors import AccessDenied, Conflict, Locked, NotFound, ToolError
from lti_tool.services import assignments
from lti_tool.services.assignments import Work
from lti_tool.services.who import Who
from lti_tool.storage.files import FileStore
from lti_tool.storage.work import Submission, Upload

PDF = b"%PDF-1.7\n" + b"page\n" * 2000


@pytest.fixture
def course(course: Course) -> Course:
    """The first assignment takes a text and up to two files of at most a megabyte."""
    return with_rules(course, files=("pdf", "csv"), max_files=2, max_mb=1)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(f"file://{tmp_path / 'files'}")


def add(
    session: Session,
    course: Course,
    store: FileStore,
    who: Who,
    now: datetime,
    name: str = "観察シート.pdf",
    content: bytes = PDF,
) -> int:
    return assignments.add_file(session, course, store, who, FIRST, name, io.BytesIO(content), now).id


def work(session: Session, course: Course, who: Who) -> Work:
    session.expire_all()  # what counts is what the database holds
    return assignments.work(session, course, who, FIRST)


def refused(code: str) -> AbstractContextManager[object]:
    return pytest.raises(Conflict, check=lambda error: error.code == code)


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


# --- files -------------------------------------------------------------------------------------------------


def test_a_file_is_kept_whole_under_its_clean_name_and_can_be_fetched_back(
    session: Session, course: Course, store: FileStore, student: Who, now: datetime
) -> None:
    upload = add(session, course, store, student, now, name="C:\\hana\\観察\x07シート.pdf")
    ref = assignments.download(session, student, upload)
    assert (ref.name, ref.size) == ("観察シート.pdf", len(PDF))
    with store.open(ref.key) as file:
        assert file.read() == PDF
    row = session.get_one(Upload, upload)
    assert row.sha256 == hashlib.sha256(PDF).hexdigest()
    draft = work(session, course, student).draft
    assert draft
    assert [(line.id, line.name, line.size) for line in draft.files] == [(upload, "観察シート.pdf", len(PDF))]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("run.exe", b"MZ\x90\x00", "file-type"),
        ("page.pdf.html", b"<html>", "file-type"),
        ("page", PDF, "file-type"),
        ("page.pdf", b"<html><script>", "file-type"),
        ("log.csv", b"\x89PNG\r\n\x1a\n\x00", "file-type"),
        ("page.pdf", b"", "empty-file"),
        ("page.pdf", PDF + bytes(1024 * 1024), "too-large"),
    ],
)
def test_a_file_that_is_not_wanted_is_refused_and_not_kept(
    session: Session,
    course: Course,
    store: FileStore,
    student: Who,
    now: datetime,
    tmp_path: Path,
    name: str,
    content: bytes,
    code: str,
) -> None:
    with refused(code):
        add(session, course, store, student, now, name, content)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert session.query(Upload).count() == 0


def test_no_more_files_than_allowed_until_one_is_taken_out(
    session: Session, course: Course, store: FileStore, student: Who, now: datetime
) -> None:
    first = add(session, course, store, student, now)
    add(session, course, store, student, now)
    with refused("too-many-files"):
        add(session, course, store, student, now)
    key = assignments.download(session, student, first).key
    assert assignments.remove_file(session, course, student, FIRST, first) == key
    add(session, course, store, student, now, name="third.pdf")
    draft = work(session, course, student).draft
    assert draft
    assert [line.name for line in draft.files] == ["観察シート.pdf", "third.pdf"]


def test_a_store_that_fails_leaves_the_text_and_no_trace_of_the_file(
    session: Session, course: Course, student: Who, now: datetime, tmp_path: Path
) -> None:
    (tmp_path / "files").write_text("no folder")
    assignments.save_draft(session, course, student, FIRST, "Safe", now)
    with pytest.raises(ToolError) as caught:
        add(session, course, FileStore(f"file://{tmp_path / 'files'}"), student, now)
    assert caught.value.code == "storage"
    draft = work(session, course, student).draft
    assert draft
    assert (draft.text, draft.files) == ("Safe", ())


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


# --- who may what ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["observer", "instructor", "assistant", "admin"])
def test_only_learners_hand_in_others_see_an_empty_work(
    session: Session, course: Course, store: FileStore, now: datetime, role: str
) -> None:
    who = make_person(session, "Look", role)
    seen = work(session, course, who)
    assert (seen.state, seen.draft, seen.versions, seen.editable) == ("none", None, (), False)
    for act in (
        lambda: assignments.save_draft(session, course, who, FIRST, "text", now),
        lambda: add(session, course, store, who, now),
        lambda: assignments.remove_file(session, course, who, FIRST, 1),
        lambda: assignments.submit(session, course, who, FIRST, now),
    ):
        with pytest.raises(AccessDenied):
            act()
    assert session.query(Submission).count() == 0


def test_somebody_who_has_become_staff_previews_with_a_clean_sheet(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    hand_in(session, course, student, now)
    seen = work(session, course, replace(student, role="assistant"))
    assert (seen.state, seen.versions) == ("none", ())


@pytest.mark.parametrize(
    ("node", "error"), [("a102-work", Locked), ("a101-quiz", NotFound), ("none", NotFound)]
)
def test_what_is_locked_or_no_assignment_stays_shut_for_every_action(
    session: Session,
    course: Course,
    store: FileStore,
    student: Who,
    now: datetime,
    node: str,
    error: type[ToolError],
) -> None:
    for act in (
        lambda: assignments.work(session, course, student, node),
        lambda: assignments.save_draft(session, course, student, node, "text", now),
        lambda: assignments.add_file(session, course, store, student, node, "a.pdf", io.BytesIO(PDF), now),
        lambda: assignments.remove_file(session, course, student, node, 1),
        lambda: assignments.submit(session, course, student, node, now),
    ):
        with pytest.raises(error):
            act()


def test_a_file_is_for_its_owner_and_once_handed_in_for_the_staff_of_its_context(
    session: Session, course: Course, store: FileStore, student: Who, teacher: Who, now: datetime
) -> None:
    upload = add(session, course, store, student, now)
    assert assignments.download(session, student, upload).name == "観察シート.pdf"
    with pytest.raises(NotFound):
        assignments.download(session, teacher, upload)
    assignments.submit(session, course, student, FIRST, now)
    for role in ("instructor", "assistant", "admin"):
        assert assignments.download(session, make_person(session, "Staff", role), upload).size == len(PDF)


def test_nobody_else_gets_at_a_file(
    session: Session, course: Course, store: FileStore, student: Who, now: datetime
) -> None:
    upload = add(session, course, store, student, now)
    assignments.submit(session, course, student, FIRST, now)
    other_context, other_lms = make_context(session, "course-2"), elsewhere(session)
    strangers = [
        make_person(session, "Classmate"),
        make_person(session, "Guest", "observer"),
        make_person(session, "Teacher next door", "instructor", other_context),
        make_person(session, "Teacher far away", "instructor", other_lms),
        Who(student.person_id, other_context.id, "learner"),
        Who(student.person_id, other_lms.id, "learner"),
    ]
    for stranger in strangers:
        with pytest.raises(NotFound):
            assignments.download(session, stranger, upload)
    with pytest.raises(NotFound):
        assignments.download(session, student, upload + 1000)


def test_nobody_takes_a_file_out_of_anothers_draft(
    session: Session, course: Course, store: FileStore, student: Who, now: datetime
) -> None:
    upload = add(session, course, store, student, now)
    classmate = make_person(session, "Classmate")
    add(session, course, store, classmate, now)
    for stranger in (classmate, Who(student.person_id, make_context(session, "course-2").id, "learner")):
        with pytest.raises(NotFound):
            assignments.remove_file(session, course, stranger, FIRST, upload)
    assert session.get(Upload, upload)


def test_the_same_person_works_separately_in_each_context(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    hand_in(session, course, student, now)
    assert (
        work(session, course, Who(student.person_id, make_context(session, "course-2").id, "learner")).state
        == "none"
    )
