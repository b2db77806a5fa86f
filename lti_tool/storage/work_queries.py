"""Queries on lessons, quiz versions, attempts and answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Integer, bindparam, literal_column, null, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.storage.db import Base
from lti_tool.storage.prepared import Prepared, ask
from lti_tool.storage.work import Answer, Attempt, AttemptGrant, LessonRead, QuizVersion, Submission

_PERSON, _CONTEXT = bindparam("person", type_=Integer), bindparam("context", type_=Integer)
_EVERYTHING: CompoundSelect[str, str, str, int | None, bool | None] = union_all(
    select(literal_column("'quiz'"), Attempt.quiz, literal_column("''"), Attempt.percent, Attempt.passed)
    .where(Attempt.person_id == _PERSON, Attempt.context_id == _CONTEXT)
    .where(Attempt.preview.is_(False), Attempt.submitted_at.is_not(None)),
    select(
        literal_column("'assignment'"),
        Submission.assignment,
        Submission.state,
        Submission.percent,
        Submission.passed,
    ).where(Submission.person_id == _PERSON, Submission.context_id == _CONTEXT),
    select(literal_column("'lesson'"), LessonRead.lesson, literal_column("''"), null(), null()).where(
        LessonRead.person_id == _PERSON, LessonRead.context_id == _CONTEXT
    ),
)
_DONE = Prepared(_EVERYTHING, ("person", "context"))


def insert_missing(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, except those whose key is there already - also when somebody else makes them right now."""
    if rows:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        session.execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))


def insert_once(session: Session, row: Base) -> bool:
    """Insert a row unless one with its key is there already, perhaps made by somebody else this moment."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


@dataclass
class Done:
    """What a learner has done in a context."""

    quizzes: dict[str, tuple[int, bool]]
    """Best percent and whether any attempt passed, by quiz, over the submitted attempts."""
    assignments: dict[str, tuple[str, int | None, bool]]
    """State, percent and whether it is passed, by assignment."""
    lessons: set[str]
    """Ids of the lessons that have been read."""


def done(session: Session, person_id: int, context_id: int) -> Done:
    """All that a learner has done, in one question: every page asks it."""
    found = Done({}, {}, set())
    rows = ask(session, _DONE, {"person": person_id, "context": context_id})
    for kind, node, state, percent, passed in rows:
        if kind == "quiz":
            best, ever = found.quizzes.get(node, (0, False))
            found.quizzes[node] = (max(best, percent or 0), ever or bool(passed))
        elif kind == "assignment":
            found.assignments[node] = (state, percent, bool(passed))
        else:
            found.lessons.add(node)
    return found


def archived(session: Session, digest: str) -> bool:
    """Whether this version of a quiz is in the archive."""
    return session.get(QuizVersion, digest) is not None


def version(session: Session, digest: str) -> QuizVersion:
    """The archived version an attempt was drawn from; no attempt is without one."""
    return session.get_one(QuizVersion, digest)


def attempts(
    session: Session, person_id: int, context_id: int, quiz: str, *, preview: bool
) -> Sequence[Attempt]:
    """All attempts of a person at a quiz, first first."""
    query = (
        select(Attempt)
        .where(Attempt.person_id == person_id, Attempt.context_id == context_id)
        .where(Attempt.quiz == quiz, Attempt.preview.is_(preview))
        .order_by(Attempt.number)
    )
    return session.scalars(query).all()


def attempt(session: Session, attempt_id: int, *, lock: bool = False) -> Attempt | None:
    """An attempt by id. With `lock`, as it is now and not to be changed by others until we commit."""
    query = select(Attempt).where(Attempt.id == attempt_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def overdue(session: Session, before: datetime) -> Sequence[Attempt]:
    """Running attempts whose time was over at `before`, locked; those somebody is handing in are left out.

    By person: whoever holds several people at once takes them in this order.
    """
    query = (
        select(Attempt)
        .where(Attempt.submitted_at.is_(None), Attempt.due_at < before)
        .order_by(Attempt.person_id, Attempt.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).all()


def grants(session: Session, person_id: int, context_id: int, quiz: str) -> Sequence[AttemptGrant]:
    """A teacher's leaves for a person's further attempts at a quiz, first first."""
    query = (
        select(AttemptGrant)
        .where(AttemptGrant.person_id == person_id, AttemptGrant.context_id == context_id)
        .where(AttemptGrant.quiz == quiz)
        .order_by(AttemptGrant.id)
    )
    return session.scalars(query).all()


def answers(session: Session, attempt_id: int) -> dict[str, Answer]:
    """The answers of an attempt by question."""
    query = select(Answer).where(Answer.attempt_id == attempt_id)
    return {answer.question: answer for answer in session.scalars(query)}
