"""Finding submissions and their files. Everything is asked for inside one context."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from lti_tool.storage.people import Membership
from lti_tool.storage.work import Review, Submission, Upload, Version


def submission_of(session: Session, person_id: int, context_id: int, assignment: str) -> Submission | None:
    """A person's submission with versions, files and reviews; None when nothing was begun."""
    return session.scalar(_of(person_id, context_id, assignment))


def hold_submission(session: Session, person_id: int, context_id: int, assignment: str) -> Submission | None:
    """As `submission_of`, and nobody else changes it until the transaction ends."""
    return session.scalar(_held(_of(person_id, context_id, assignment)))


def begin_submission(session: Session, person_id: int, context_id: int, assignment: str) -> Submission:
    """The person's submission, held; begun as a draft when there was none."""
    found = hold_submission(session, person_id, context_id, assignment)
    if found:
        return found
    try:
        with session.begin_nested():
            session.add(
                Submission(person_id=person_id, context_id=context_id, assignment=assignment, state="draft")
            )
    except IntegrityError:
        pass  # begun at the same moment in another tab
    return session.scalars(_held(_of(person_id, context_id, assignment))).one()


def submission_in(session: Session, submission_id: int, context_id: int) -> Submission | None:
    """A submission by id, if it is of this context."""
    return session.scalar(_in(submission_id, context_id))


def hold_submission_in(session: Session, submission_id: int, context_id: int) -> Submission | None:
    """As `submission_in`, and nobody else changes it until the transaction ends."""
    return session.scalar(_held(_in(submission_id, context_id)))


def waiting_in(session: Session, context_id: int) -> Sequence[Version]:
    """The newest versions of all submissions of a context that wait for a review, oldest first."""
    query = (
        select(Version)
        .join(Version.submission)
        .join(Submission.person)
        .where(Submission.context_id == context_id, Submission.state == "submitted")
        .where(Version.submitted_at.is_not(None), ~Version.reviews.any())
        .options(contains_eager(Version.submission).contains_eager(Submission.person))
        .order_by(Version.submitted_at, Version.id)
    )
    return session.scalars(query).all()


def upload_in(session: Session, upload_id: int, context_id: int) -> Upload | None:
    """A file by id with its version and submission, if it is of this context."""
    query = (
        select(Upload)
        .join(Upload.version)
        .join(Version.submission)
        .where(Upload.id == upload_id, Submission.context_id == context_id)
        .options(contains_eager(Upload.version).contains_eager(Version.submission))
    )
    return session.scalar(query)


def is_learner(session: Session, person_id: int, context_id: int) -> bool:
    """Whether the person's newest launch in the context was as a learner."""
    membership = session.get(Membership, (person_id, context_id))
    return membership is not None and membership.role == "learner"


def _of(person_id: int, context_id: int, assignment: str) -> Select[Submission]:
    return _whole().where(
        Submission.person_id == person_id,
        Submission.context_id == context_id,
        Submission.assignment == assignment,
    )


def _in(submission_id: int, context_id: int) -> Select[Submission]:
    return _whole().where(Submission.id == submission_id, Submission.context_id == context_id)


def _whole() -> Select[Submission]:
    versions = selectinload(Submission.versions)
    return select(Submission).options(
        joinedload(Submission.person),
        versions.selectinload(Version.uploads),
        versions.selectinload(Version.reviews).joinedload(Review.reviewer),
    )


def _held(query: Select[Submission]) -> Select[Submission]:
    # What another transaction committed while we waited for the row must be seen, not what we knew before.
    return query.with_for_update(of=Submission).execution_options(populate_existing=True)
