"""Who works on an assignment: learners of the context, each on their own, where it is open."""

import io
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy.orm import Session
from support.people import make_context, make_person
from support.uploads import PDF, add, takes_files, work
from support.work import FIRST, hand_in

from lti_tool.domain.course import Course
from lti_tool.errors import AccessDenied, Locked, NotFound, ToolError
from lti_tool.services import assignments
from lti_tool.services.who import Who
from lti_tool.storage.files import FileStore
from lti_tool.storage.work import Submission


@pytest.fixture
def course(course: Course) -> Course:
    """The first assignment takes a text and up to two files of at most a megabyte."""
    return takes_files(course)


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


def test_the_same_person_works_separately_in_each_context(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    hand_in(session, course, student, now)
    assert (
        work(session, course, Who(student.person_id, make_context(session, "course-2").id, "learner")).state
        == "none"
    )
