"""Versions of a work as students and staff see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from lti_tool.domain.course import Assignment
from lti_tool.storage.work import Review, Submission, Upload, Version

WorkState = Literal["none", "draft", "submitted", "returned", "graded"]
Outcome = Literal["returned", "graded"]


@dataclass(frozen=True)
class FileLine:
    """A file of a version: `id` for downloading, the student's name for it, size in bytes."""

    id: int
    name: str
    size: int


@dataclass(frozen=True)
class ReviewLine:
    """The newest judgement of a version. `percent` and `passed` are None when it was returned."""

    levels: Mapping[str, int]
    comment: str
    outcome: Outcome
    percent: int | None
    passed: bool | None
    reviewer_name: str
    created_at: datetime


@dataclass(frozen=True)
class Handed:
    """One version. `submitted_at` is None for a draft."""

    number: int
    text: str
    files: tuple[FileLine, ...]
    saved_at: datetime
    submitted_at: datetime | None
    review: ReviewLine | None


def handed_in(submission: Submission) -> tuple[Version, ...]:
    """The versions handed in, oldest first."""
    return tuple(version for version in submission.versions if version.submitted_at)


def resubmissions_left(assignment: Assignment, submission: Submission) -> int:
    """How often the work may still be handed in after the first time."""
    used = max(0, len(handed_in(submission)) - 1)
    return max(0, assignment.resubmissions - used)


def state_of(submission: Submission) -> WorkState:
    """The state of the work as a whole."""
    return cast(WorkState, submission.state)


def handed(version: Version) -> Handed:
    """A version as shown to people."""
    return Handed(
        version.number,
        version.text,
        tuple(file_line(upload) for upload in version.uploads),
        version.saved_at,
        version.submitted_at,
        _review_line(version.reviews[-1]) if version.reviews else None,
    )


def plain(text: str) -> str:
    """What somebody typed, with one kind of line end and without NUL, which PostgreSQL cannot keep."""
    return text.replace("\r\n", "\n").replace("\x00", "")


def file_line(upload: Upload) -> FileLine:
    """A file as shown to people."""
    return FileLine(upload.id, upload.name, upload.size)


def _review_line(review: Review) -> ReviewLine:
    return ReviewLine(
        review.levels,
        review.comment,
        cast(Outcome, review.outcome),
        review.percent,
        review.passed,
        review.reviewer.name,
        review.created_at,
    )
