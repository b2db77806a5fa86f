"""The staff's side of an assignment: what waits, the review page, and the judgement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.course import Assignment, Course
from lti_tool.services.assignments import Handed, WorkState
from lti_tool.services.who import Who
from lti_tool.storage.db import Session


@dataclass(frozen=True)
class Waiting:
    """A version that nobody has judged yet."""

    submission_id: int
    person_name: str
    assignment: Assignment
    number: int
    submitted_at: datetime


@dataclass(frozen=True)
class ReviewPage:
    """The newest version handed in, and those before it, oldest first.

    `cap`: levels above it count as it (3 from the second version on). `may_return`: a resubmission is left.
    """

    submission_id: int
    person_name: str
    assignment: Assignment
    version: Handed
    earlier: tuple[Handed, ...]
    state: WorkState
    cap: int
    may_return: bool


def queue(session: Session, course: Course, who: Who) -> tuple[Waiting, ...]:
    """What waits for a review in this context, oldest first, without the reviewer's own. AccessDenied: not staff."""
    raise NotImplementedError


def open_review(session: Session, course: Course, who: Who, submission_id: int) -> ReviewPage:
    """What is needed to judge a submission, new or already judged.

    Raises AccessDenied (not staff, or the reviewer's own work), NotFound (other context, nothing handed in).
    """
    raise NotImplementedError


def save_review(
    session: Session,
    course: Course,
    who: Who,
    submission_id: int,
    levels: Mapping[str, int],
    comment: str,
    outcome: str,
    now: datetime,
    *,
    number: int,
) -> None:
    """Judge version `number`; a later judgement replaces an earlier one, and both are kept.

    `levels` (1-4) by criterion code. A grade is reported to the LMS in the same transaction. Raises AccessDenied,
    NotFound, MalformedMessage (unknown criterion, level or outcome), Conflict: `moved-on` (a newer version was
    handed in), `comment` (needed to return), `incomplete` (a grade needs all levels), `critical-level-2`
    (return it instead), `no-resubmissions` (grade it instead).
    """
    raise NotImplementedError
