"""Queries on lessons, quiz versions, attempts and answers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.storage.db import Base
from lti_tool.storage.work import Answer, Attempt, AttemptGrant, LessonRead, QuizVersion, Submission


def insert_once(session: Session, row: Base) -> bool:
    """Insert a row unless one with its key is there already, perhaps made by somebody else this moment."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def lessons_read(session: Session, person_id: int, context_id: int) -> frozenset[str]:
    """Ids of the lessons a person has read."""
    query = select(LessonRead.lesson).where(
        LessonRead.person_id == person_id, LessonRead.context_id == context_id
    )
    return frozenset(session.scalars(query))


def submissions(session: Session, person_id: int, context_id: int) -> Sequence[Submission]:
    """A person's work on all assignments."""
    query = select(Submission).where(Submission.person_id == person_id, Submission.context_id == context_id)
    return session.scalars(query).all()


def quiz_results(session: Session, person_id: int, context_id: int) -> dict[str, tuple[int, bool]]:
    """Best percent and whether any attempt passed, by quiz, over a learner's submitted attempts."""
    query = (
        select(Attempt.quiz, Attempt.percent, Attempt.passed)
        .where(Attempt.person_id == person_id, Attempt.context_id == context_id)
        .where(Attempt.preview.is_(False), Attempt.submitted_at.is_not(None))
    )
    results: dict[str, tuple[int, bool]] = {}
    for quiz, percent, passed in session.execute(query):
        best, ever = results.get(quiz, (0, False))
        results[quiz] = (max(best, percent or 0), ever or bool(passed))
    return results


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
