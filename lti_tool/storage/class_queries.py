"""The learners of a context and where they stand: as many queries for a large class as for a small one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from lti_tool.storage.people import Membership, Person
from lti_tool.storage.work import Attempt, AttemptGrant, Submission


@dataclass(frozen=True)
class Tried:
    """An attempt without its paper."""

    quiz: str
    percent: int | None
    passed: bool | None
    submitted_at: datetime | None


def learners(session: Session, context_id: int) -> Sequence[Membership]:
    """Memberships as a learner with their people, by name; those who have left at the end."""
    query = (
        select(Membership)
        .join(Membership.person)
        .where(Membership.context_id == context_id, Membership.role == "learner")
        .options(contains_eager(Membership.person))
        .order_by(Membership.status == "left", Person.name, Person.id)
    )
    return session.scalars(query).all()


def learner(session: Session, context_id: int, person_id: int) -> Membership | None:
    """The membership of one person, if it is as a learner."""
    query = (
        select(Membership)
        .join(Membership.person)
        .where(
            Membership.context_id == context_id,
            Membership.person_id == person_id,
            Membership.role == "learner",
        )
        .options(contains_eager(Membership.person))
    )
    return session.scalar(query)


def quizzes_passed(session: Session, context_id: int) -> Sequence[tuple[int, str]]:
    """Every (person, quiz) of a context with a passed attempt that counts, once."""
    query = (
        select(Attempt.person_id, Attempt.quiz)
        .where(Attempt.context_id == context_id, Attempt.passed.is_(True), Attempt.preview.is_(False))
        .distinct()
    )
    return [(person_id, quiz) for person_id, quiz in session.execute(query)]


def submissions(session: Session, context_id: int) -> Sequence[Submission]:
    """All submissions of a context, without their versions."""
    return session.scalars(select(Submission).where(Submission.context_id == context_id)).all()


def submissions_of(session: Session, context_id: int, person_id: int) -> Sequence[Submission]:
    """The submissions of one person in a context, without their versions."""
    query = select(Submission).where(Submission.context_id == context_id, Submission.person_id == person_id)
    return session.scalars(query).all()


def attempts_of(session: Session, context_id: int, person_id: int) -> Sequence[Tried]:
    """A person's attempts in a context by quiz, oldest first, without previews."""
    query = (
        select(Attempt.quiz, Attempt.percent, Attempt.passed, Attempt.submitted_at)
        .where(Attempt.context_id == context_id, Attempt.person_id == person_id, Attempt.preview.is_(False))
        .order_by(Attempt.quiz, Attempt.number)
    )
    return [Tried(*row) for row in session.execute(query)]


def unused_grants(session: Session, context_id: int, person_id: int) -> frozenset[str]:
    """The quizzes for which a person has an extra attempt that was not used yet."""
    query = select(AttemptGrant.quiz).where(
        AttemptGrant.context_id == context_id,
        AttemptGrant.person_id == person_id,
        AttemptGrant.attempt_id.is_(None),
    )
    return frozenset(session.scalars(query))
