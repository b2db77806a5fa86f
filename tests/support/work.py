"""Work on assignments for tests: a course whose first assignment has other rules, and work handed in."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session
from support.people import ARRIVED, make_deployment

from lti_tool.domain.course import Course
from lti_tool.errors import Conflict
from lti_tool.services import assignments, reviews
from lti_tool.services.who import Who
from lti_tool.storage.people import Context
from lti_tool.storage.scores import ScoreReport
from lti_tool.storage.work import Submission

FIRST = "a101-work"
"""The assignment that is open from the start. Its rubric: C17 60, C10 40 critical."""

GOOD = {"C17": 3, "C10": 3}
POOR = {"C17": 1, "C10": 3}
WEAK = {"C17": 4, "C10": 2}
"""The critical criterion at level 2; 78 percent all the same."""


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


def refused(code: str) -> AbstractContextManager[object]:
    """Whatever is done inside is a conflict of this code."""
    return pytest.raises(Conflict, check=lambda error: error.code == code)


def result(session: Session, submission_id: int) -> tuple[str, int | None, bool | None]:
    """State, percent and passed of a submission as the database holds them."""
    session.expire_all()
    row = session.get_one(Submission, submission_id)
    return row.state, row.percent, row.passed


def sent(session: Session) -> list[tuple[str, int, str, datetime]]:
    """What the LMS is to show for the first assignment."""
    session.expire_all()
    return [
        (row.line_item.node, row.percent, row.comment, row.submitted_at)
        for row in session.query(ScoreReport)
        if row.line_item.node == FIRST
    ]


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
