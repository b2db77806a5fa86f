"""A student's work on an assignment: drafts, files, handing in, and what came back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Literal

from lti_tool.domain.course import Assignment, Course
from lti_tool.services.who import Who
from lti_tool.storage.db import Session
from lti_tool.storage.files import FileStore

WorkState = Literal["none", "draft", "submitted", "returned", "graded"]


@dataclass(frozen=True)
class FileLine:
    """A file of a version: `id` for downloading, the student's name for it, size in bytes."""

    id: int
    name: str
    size: int


@dataclass(frozen=True)
class FileRef:
    """Where the bytes of a file are: `key` in the file store."""

    name: str
    size: int
    key: str


@dataclass(frozen=True)
class ReviewLine:
    """The newest judgement of a version. `percent` and `passed` are None when it was returned."""

    levels: Mapping[str, int]
    comment: str
    outcome: Literal["returned", "graded"]
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


@dataclass(frozen=True)
class Work:
    """All that a person did on an assignment.

    `versions` are those handed in, oldest first; `draft` is the one being written, if any. `state` stays
    `returned` or `graded` while a new version is being written: what was handed in stays handed in.
    `percent` and `passed` are of the newest grading. `editable`: a draft may be saved now.
    """

    assignment: Assignment
    state: WorkState
    draft: Handed | None
    versions: tuple[Handed, ...]
    percent: int | None
    passed: bool | None
    resubmissions_left: int
    editable: bool

    @property
    def text(self) -> str:
        """What the editor starts with: the draft, or a copy of the version before it."""
        if self.draft:
            return self.draft.text
        return self.versions[-1].text if self.versions and self.editable else ""


def work(session: Session, course: Course, who: Who, assignment_id: str) -> Work:
    """The person's own work; always empty for staff and observers.

    Raises NotFound (no such assignment) or Locked.
    """
    raise NotImplementedError


def save_draft(
    session: Session, course: Course, who: Who, assignment_id: str, text: str, now: datetime
) -> None:
    """Keep `text` as the draft.

    Raises NotFound, Locked, AccessDenied (not a learner), Conflict: `closed` (waiting for review, passed, or no
    resubmission left), `too-long`.
    """
    raise NotImplementedError


def add_file(
    session: Session,
    course: Course,
    store: FileStore,
    who: Who,
    assignment_id: str,
    name: str,
    stream: BinaryIO,
    now: datetime,
) -> FileLine:
    """Add a file to the draft, which is begun if there is none.

    Raises NotFound, Locked, AccessDenied, Conflict: `closed`, `file-type` (ending not wanted, or the content is
    something else), `empty-file`, `too-many-files`, `too-large`; ToolError `storage` when it cannot be kept.
    """
    raise NotImplementedError


def remove_file(session: Session, course: Course, who: Who, assignment_id: str, upload_id: int) -> str:
    """Take a file out of the draft. Returns its key: delete it from the store once this is committed.

    Raises NotFound (also for files of others and of versions handed in), Locked, AccessDenied, Conflict `closed`.
    """
    raise NotImplementedError


def submit(session: Session, course: Course, who: Who, assignment_id: str, now: datetime) -> None:
    """Hand the draft in; from now on it never changes. Doing it twice is doing it once.

    Raises NotFound, Locked, AccessDenied, Conflict: `empty` (neither text nor file), `closed`.
    """
    raise NotImplementedError


def download(session: Session, who: Who, upload_id: int) -> FileRef:
    """A file, for its owner, and once it is handed in for the staff of the same context; else NotFound."""
    raise NotImplementedError
