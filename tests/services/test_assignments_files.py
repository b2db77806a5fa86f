"""Files handed in with an assignment: which are kept, and who gets at them."""

import hashlib
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from support.people import make_context, make_person
from support.uploads import PDF, add, takes_files, work
from support.work import FIRST, elsewhere, refused

from lti_tool.domain.course import Course
from lti_tool.errors import NotFound, ToolError
from lti_tool.services import assignments
from lti_tool.services.who import Who
from lti_tool.storage.files import FileStore
from lti_tool.storage.work import Upload


@pytest.fixture
def course(course: Course) -> Course:
    """The first assignment takes a text and up to two files of at most a megabyte."""
    return takes_files(course)


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
    """ATK-15."""
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


# --- who may what ------------------------------------------------------------------------------------------


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
    """ATK-15, ATK-20."""
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
    """ATK-20."""
    upload = add(session, course, store, student, now)
    classmate = make_person(session, "Classmate")
    add(session, course, store, classmate, now)
    for stranger in (classmate, Who(student.person_id, make_context(session, "course-2").id, "learner")):
        with pytest.raises(NotFound):
            assignments.remove_file(session, course, stranger, FIRST, upload)
    assert session.get(Upload, upload)
