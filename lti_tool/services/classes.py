"""The staff's view of the class: who is where, one student in detail, and one more attempt."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lti_tool.domain.course import Course, Text
from lti_tool.services.who import Who
from lti_tool.storage.db import Session


@dataclass(frozen=True)
class StudentLine:
    """A learner: `done` of `total` graded nodes passed, `waiting` submissions to be reviewed."""

    person_id: int
    name: str
    done: int
    total: int
    waiting: int
    last_launch_at: datetime


@dataclass(frozen=True)
class NodeLine:
    """Where a student stands with one graded node.

    `percent`: best attempt of a quiz, newest grading of an assignment. `state`: `none`, `running`, `done` for a
    quiz; as in `assignments.Work` for an assignment. `next_at`: when the waiting time of a quiz ends (perhaps
    long ago); None where nothing is waited for. `granted`: an extra attempt has been given and not yet used.
    `submission_id`: what can be opened for review.
    """

    node: str
    title: Text
    kind: Literal["quiz", "assignment"]
    percent: int | None
    passed: bool
    state: str
    next_at: datetime | None = None
    granted: bool = False
    submission_id: int | None = None


@dataclass(frozen=True)
class StudentPage:
    """One learner, with a line for every graded node in teaching order."""

    person_id: int
    name: str
    lines: tuple[NodeLine, ...]


def roster(session: Session, course: Course, who: Who) -> tuple[StudentLine, ...]:
    """All learners of the context by name. AccessDenied: not staff."""
    raise NotImplementedError


def student(session: Session, course: Course, who: Who, person_id: int) -> StudentPage:
    """One learner of the context. Raises AccessDenied (not staff), NotFound (not a learner here)."""
    raise NotImplementedError


def grant_attempt(
    session: Session, course: Course, who: Who, person_id: int, quiz_id: str, reason: str, now: datetime
) -> None:
    """Let a learner start a quiz again before the waiting time is over, once.

    Raises AccessDenied, NotFound (person or quiz), Conflict: `reason` (none given), `too-long` (over 500
    characters), `granted` (one is waiting to be used).
    """
    raise NotImplementedError
