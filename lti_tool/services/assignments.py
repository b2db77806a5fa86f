"""A student's work on an assignment: drafts, files, handing in, and what came back."""

from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain import uploads
from lti_tool.domain.course import Assignment, Course
from lti_tool.errors import AccessDenied, Conflict, NotFound
from lti_tool.services import gating
from lti_tool.services.versions import (
    FileLine,
    Handed,
    WorkState,
    file_line,
    handed,
    handed_in,
    plain,
    resubmissions_left,
    state_of,
)
from lti_tool.services.who import Who
from lti_tool.storage import submission_queries
from lti_tool.storage.db import Session
from lti_tool.storage.files import FileStore, Readable
from lti_tool.storage.work import Submission, Upload, Version

MAX_TEXT = 100_000
"""Characters of a text, far beyond any assignment."""

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class FileRef:
    """Where the bytes of a file are: `key` in the file store."""

    name: str
    size: int
    key: str


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
    assignment = _open(session, course, who, assignment_id)
    found = (
        submission_queries.submission_of(session, who.person_id, who.context_id, assignment_id)
        if who.learner
        else None
    )
    if found is None:
        return Work(assignment, "none", None, (), None, None, assignment.resubmissions, editable=who.learner)
    editable = _editable(assignment, found)
    draft = _draft(found)
    return Work(
        assignment,
        state_of(found),
        handed(draft) if draft and editable else None,
        tuple(handed(version) for version in handed_in(found)),
        found.percent,
        found.passed,
        resubmissions_left(assignment, found),
        editable,
    )


def save_draft(
    session: Session, course: Course, who: Who, assignment_id: str, text: str, now: datetime
) -> None:
    """Keep `text` as the draft; it is left out where the assignment wants no text.

    Raises NotFound, Locked, AccessDenied (not a learner), Conflict: `closed` (waiting for review, passed, or
    no resubmission left), `too-long`.
    """
    assignment = _open_to_learner(session, course, who, assignment_id)
    text = plain(text) if assignment.text else ""
    if len(text) > MAX_TEXT:
        raise Conflict(f"{assignment_id}: {len(text)} characters", code="too-long")
    found = submission_queries.begin_submission(session, who.person_id, who.context_id, assignment_id)
    if found.state == "submitted" and found.versions[-1].text == text:
        return  # just handed in: the browser sent the same form twice
    draft = _begin_draft(session, assignment, found, now)
    draft.text, draft.saved_at = text, now
    session.flush()


def add_file(
    session: Session,
    course: Course,
    store: FileStore,
    who: Who,
    assignment_id: str,
    name: str,
    stream: Readable,
    now: datetime,
) -> FileLine:
    """Add a file to the draft, which is begun if there is none.

    Raises NotFound, Locked, AccessDenied, Conflict: `closed`, `file-type` (ending not wanted, or the content
    is something else), `empty-file`, `too-many-files`, `too-large`; ToolError `storage` when it cannot be
    kept.
    """
    assignment = _open_to_learner(session, course, who, assignment_id)
    name = uploads.clean_name(name)
    if not uploads.accepted(name, assignment.files):
        raise Conflict(name, code="file-type")
    content = _examined(name, stream)
    found = submission_queries.begin_submission(session, who.person_id, who.context_id, assignment_id)
    draft = _begin_draft(session, assignment, found, now)
    if len(draft.uploads) >= assignment.max_files:
        raise Conflict(f"{assignment_id}: {assignment.max_files} files", code="too-many-files")
    stored = store.save(content, name, assignment.max_mb * MEGABYTE)
    upload = Upload(name=name, size=stored.size, sha256=stored.sha256, key=stored.key, uploaded_at=now)
    draft.uploads.append(upload)
    draft.saved_at = now
    session.flush()
    return file_line(upload)


def remove_file(session: Session, course: Course, who: Who, assignment_id: str, upload_id: int) -> str:
    """Take a file out of the draft. Returns its key: delete it from the store once this is committed.

    Raises NotFound (also for files of others and of versions handed in), Locked, AccessDenied, Conflict
    `closed`.
    """
    assignment = _open_to_learner(session, course, who, assignment_id)
    found = submission_queries.hold_submission(session, who.person_id, who.context_id, assignment_id)
    draft = _draft(found) if found else None
    upload = next((each for each in draft.uploads if each.id == upload_id), None) if draft else None
    if found is None or draft is None or upload is None:
        raise NotFound(f"file {upload_id}")
    if not _editable(assignment, found):
        raise Conflict(assignment_id, code="closed")
    draft.uploads.remove(upload)
    session.delete(upload)
    session.flush()
    return upload.key


def submit(session: Session, course: Course, who: Who, assignment_id: str, now: datetime) -> None:
    """Hand the draft in; from now on it never changes. Doing it twice is doing it once.

    Raises NotFound, Locked, AccessDenied, Conflict: `empty` (neither text nor file), `closed`.
    """
    assignment = _open_to_learner(session, course, who, assignment_id)
    found = submission_queries.hold_submission(session, who.person_id, who.context_id, assignment_id)
    if found and found.state == "submitted":
        return
    if found and not _editable(assignment, found):
        raise Conflict(assignment_id, code="closed")
    draft = _draft(found) if found else None
    if found is None or draft is None or not (draft.text.strip() or draft.uploads):
        raise Conflict(assignment_id, code="empty")
    draft.submitted_at = now
    found.state = "submitted"
    session.flush()


def download(session: Session, who: Who, upload_id: int) -> FileRef:
    """A file, for its owner, and once it is handed in for the staff of the same context; else NotFound."""
    upload = submission_queries.upload_in(session, upload_id, who.context_id)
    if upload is None:
        raise NotFound(f"file {upload_id}")
    own = upload.version.submission.person_id == who.person_id
    if not own and not (who.staff and upload.version.submitted_at):
        raise NotFound(f"file {upload_id}")
    return FileRef(upload.name, upload.size, upload.key)


def _open(session: Session, course: Course, who: Who, assignment_id: str) -> Assignment:
    node = gating.require_open(session, course, who, assignment_id)
    if not isinstance(node, Assignment):
        raise NotFound(assignment_id)
    return node


def _open_to_learner(session: Session, course: Course, who: Who, assignment_id: str) -> Assignment:
    assignment = _open(session, course, who, assignment_id)
    if not who.learner:
        raise AccessDenied("only learners hand in work", code="role")
    return assignment


def _editable(assignment: Assignment, submission: Submission) -> bool:
    if submission.state == "draft":
        return True
    again = submission.state == "returned" or (submission.state == "graded" and not submission.passed)
    return again and resubmissions_left(assignment, submission) > 0


def _draft(submission: Submission) -> Version | None:
    newest = submission.versions[-1] if submission.versions else None
    return newest if newest and newest.submitted_at is None else None


def _begin_draft(session: Session, assignment: Assignment, found: Submission, now: datetime) -> Version:
    """The draft, begun with a copy of the text handed in before; its files stay where they are."""
    if not _editable(assignment, found):
        raise Conflict(assignment.id, code="closed")
    draft = _draft(found)
    if draft is None:
        before = found.versions[-1].text if found.versions else ""
        draft = Version(number=len(found.versions) + 1, text=before, saved_at=now)
        found.versions.append(draft)
        session.flush()
    return draft


class _Examined:
    """A stream whose first bytes have been looked at and are given again."""

    def __init__(self, head: bytes, rest: Readable) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int, /) -> bytes:
        if not self._head:
            return self._rest.read(size)
        piece, self._head = self._head[:size], self._head[size:]
        return piece


def _examined(name: str, stream: Readable) -> Readable:
    head = stream.read(uploads.HEAD)
    if not head:
        raise Conflict(name, code="empty-file")
    if uploads.contradicts(name, head):
        raise Conflict(name, code="file-type")
    return _Examined(head, stream)
