"""The staff's side of an assignment: what waits, the review page, and the judgement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain import rubric
from lti_tool.domain.course import Assignment, Course
from lti_tool.errors import AccessDenied, Conflict, MalformedMessage, NotFound
from lti_tool.services import audit, passback
from lti_tool.services.versions import (
    Handed,
    WorkState,
    handed,
    handed_in,
    plain,
    resubmissions_left,
    state_of,
)
from lti_tool.services.who import Who
from lti_tool.storage import submission_queries
from lti_tool.storage.db import Session
from lti_tool.storage.work import Review, Submission, Version

MAX_COMMENT = 20_000
"""Characters of a comment."""


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
    """What waits for a review in this context, oldest first, without the reviewer's own.

    Raises AccessDenied (not staff).
    """
    _require_staff(who)
    lines = []
    for version in submission_queries.waiting_in(session, who.context_id):
        submission = version.submission
        assignment = course.nodes.get(submission.assignment)
        if (
            isinstance(assignment, Assignment)
            and version.submitted_at
            and submission.person_id != who.person_id
        ):
            name = submission.person.name
            lines.append(Waiting(submission.id, name, assignment, version.number, version.submitted_at))
    return tuple(lines)


def open_review(session: Session, course: Course, who: Who, submission_id: int) -> ReviewPage:
    """What is needed to judge a submission, new or already judged.

    Raises AccessDenied (not staff, or the reviewer's own work), NotFound (other context, nothing handed in).
    """
    _require_staff(who)
    found = submission_queries.submission_in(session, submission_id, who.context_id)
    submission, assignment, version = _reviewable(course, who, submission_id, found)
    return ReviewPage(
        submission.id,
        submission.person.name,
        assignment,
        handed(version),
        tuple(handed(each) for each in handed_in(submission)[:-1]),
        state_of(submission),
        rubric.cap(version.number),
        resubmissions_left(assignment, submission) > 0,
    )


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

    `levels` (1-4) by criterion code; a version that is returned needs none. A grade is reported to the LMS in
    the same transaction.

    Raises AccessDenied, NotFound, MalformedMessage (unknown criterion, level or outcome), Conflict:
    `moved-on` (a newer version was handed in), `comment` (needed to return), `too-long`, `incomplete` (a
    grade needs all levels), `critical-level-2` (return it instead), `no-resubmissions` (grade it instead).
    """
    submission, assignment, version = _held(session, course, who, submission_id)
    if version.number != number:
        raise Conflict(f"version {number} of submission {submission_id}", code="moved-on")
    judgement = _judge(assignment, version, levels, outcome)
    review = Review(
        reviewer_id=who.person_id,
        levels=dict(levels),
        comment=_comment(comment, outcome),
        outcome=outcome,
        percent=judgement.percent if judgement else None,
        passed=judgement.passed if judgement else None,
        created_at=now,
    )
    _settle(submission, version, review)
    session.flush()
    what = f"submission {submission_id} version {number} {outcome}"
    audit.record(session, audit.person(who), audit.Action.REVIEW_SAVED, what, now)
    if judgement and submission_queries.is_learner(session, submission.person_id, submission.context_id):
        _report(session, course, version, judgement.percent, review.comment, now)


def _require_staff(who: Who) -> None:
    if not who.staff:
        raise AccessDenied("only staff review work", code="role")


def _held(
    session: Session, course: Course, who: Who, submission_id: int
) -> tuple[Submission, Assignment, Version]:
    """What is to be judged; until we commit, nobody else judges it or hands in anew."""
    _require_staff(who)
    found = submission_queries.hold_submission_in(session, submission_id, who.context_id)
    return _reviewable(course, who, submission_id, found)


def _reviewable(
    course: Course, who: Who, submission_id: int, found: Submission | None
) -> tuple[Submission, Assignment, Version]:
    """The submission, its assignment and the newest version handed in."""
    assignment = course.nodes.get(found.assignment) if found else None
    versions = handed_in(found) if found else ()
    if found is None or not isinstance(assignment, Assignment) or not versions:
        raise NotFound(f"submission {submission_id}")
    if found.person_id == who.person_id:
        raise AccessDenied("nobody reviews their own work", code="own-work")
    return found, assignment, versions[-1]


def _judge(
    assignment: Assignment, version: Version, levels: Mapping[str, int], outcome: str
) -> rubric.Judgement | None:
    """The judgement for a grade; None when the version is returned."""
    may_return = resubmissions_left(assignment, version.submission) > 0
    try:
        rubric.check(assignment.rubric, levels)
    except ValueError as error:
        raise MalformedMessage(str(error)) from error
    if outcome == "returned":
        if not may_return:
            raise Conflict(assignment.id, code="no-resubmissions")
        return None
    if outcome != "graded":
        raise MalformedMessage(f"outcome {outcome!r}")
    if absent := rubric.missing(assignment.rubric, levels):
        raise Conflict(", ".join(absent), code="incomplete")
    judgement = rubric.judge(assignment.rubric, levels, assignment.pass_mark, rubric.cap(version.number))
    # That part must be done again; with no resubmission left, it is a grade, and no pass.
    if judgement.weak and may_return:
        raise Conflict(", ".join(judgement.weak), code="critical-level-2")
    return judgement


def _comment(comment: str, outcome: str) -> str:
    comment = plain(comment).strip()
    if len(comment) > MAX_COMMENT:
        raise Conflict(f"{len(comment)} characters", code="too-long")
    if outcome == "returned" and not comment:
        raise Conflict("say what is to be done again", code="comment")
    return comment


def _settle(submission: Submission, version: Version, review: Review) -> None:
    """The newest review of each version counts; the result is that of the newest version graded."""
    version.reviews.append(review)
    submission.state = review.outcome
    newest = [version.reviews[-1] for version in handed_in(submission) if version.reviews]
    grade = next((review for review in reversed(newest) if review.outcome == "graded"), None)
    submission.percent = grade.percent if grade else None
    submission.passed = grade.passed if grade else None


def _report(
    session: Session, course: Course, version: Version, percent: int, comment: str, now: datetime
) -> None:
    work = version.submission
    passback.report(
        session,
        course,
        work.person_id,
        work.context_id,
        work.assignment,
        percent,
        version.submitted_at or now,
        comment,
        now,
    )
