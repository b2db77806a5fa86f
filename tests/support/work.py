"""Work on assignments for tests: a course whose first assignment has other rules, and work handed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import event
from sqlalchemy.orm import Session
from support.people import ARRIVED, make_deployment

from lti_tool.domain.course import Course
from lti_tool.services import assignments, reviews
from lti_tool.services.who import Who
from lti_tool.storage.people import Context
from lti_tool.storage.work import Submission

FIRST = "a101-work"
"""The assignment that is open from the start. Its rubric: C17 60, C10 40 critical."""

GOOD = {"C17": 3, "C10": 3}
POOR = {"C17": 1, "C10": 3}


def with_rules(course: Course, **rules: object) -> Course:
    """The course with other values in its first assignment."""
    stage, *stages = course.stages
    module, *modules = stage.modules
    assert module.assignment
    module = replace(module, assignment=replace(module.assignment, **rules))
    return replace(course, stages=(replace(stage, modules=(module, *modules)), *stages))


def hand_in(session: Session, course: Course, who: Who, now: datetime, text: str = "My page.") -> int:
    """Hand a text in for the first assignment; answers the id of the submission."""
    assignments.save_draft(session, course, who, FIRST, text, now)
    assignments.submit(session, course, who, FIRST, now)
    return (
        session.query(Submission)
        .filter_by(person_id=who.person_id, context_id=who.context_id, assignment=FIRST)
        .one()
        .id
    )


def review(
    session: Session,
    course: Course,
    who: Who,
    submission_id: int,
    now: datetime,
    outcome: str = "graded",
    levels: dict[str, int] = GOOD,
    comment: str = "Read this.",
) -> None:
    """Judge the version that is the newest now."""
    number = reviews.open_review(session, course, who, submission_id).version.number
    reviews.save_review(session, course, who, submission_id, levels, comment, outcome, now, number=number)


def elsewhere(session: Session) -> Context:
    """A context of the same name in another LMS."""
    context = Context(
        deployment=make_deployment(session, "https://other.test"),
        context_id="course-1",
        scopes=[],
        created_at=ARRIVED,
    )
    session.add(context)
    session.flush()
    return context


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """The SQL sent to the database meanwhile."""
    sent: list[str] = []
    connection = session.connection()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield sent
    event.remove(connection, "before_cursor_execute", note)
