"""The staff's view of the class: who is where, one student in detail, and one more attempt."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from lti_tool.domain.course import Assignment, Course, Quiz, Text
from lti_tool.errors import AccessDenied, Conflict, NotFound
from lti_tool.services import audit
from lti_tool.services.versions import plain
from lti_tool.services.who import Who
from lti_tool.storage import class_queries
from lti_tool.storage.class_queries import Tried
from lti_tool.storage.db import Session
from lti_tool.storage.people import Membership
from lti_tool.storage.work import AttemptGrant, Submission

MAX_REASON = 500


@dataclass(frozen=True)
class StudentLine:
    """A learner: `done` of `total` graded nodes passed, `waiting` submissions to be reviewed.

    `last_launch_at` is None for who is on the LMS's class list but never came; `left_at` is set for who is on it
    no more.
    """

    person_id: int
    name: str
    done: int
    total: int
    waiting: int
    last_launch_at: datetime | None
    left_at: datetime | None


@dataclass(frozen=True)
class NodeLine:
    """Where a student stands with one graded node.

    `percent`: best attempt of a quiz, newest grading of an assignment. `state`: `none`, `running`, `done` for
    a quiz; as in `assignments.Work` for an assignment. `next_at`: when the waiting time of a quiz ends
    (perhaps long ago); None where nothing is waited for. `granted`: an extra attempt has been given and not
    yet used. `submission_id`: what can be opened for review.
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
    """All learners of the context by name, those who have left at the end. Raises AccessDenied (not staff)."""
    _require_staff(who)
    graded = {node.id for node in _graded(course)}
    done: Counter[int] = Counter()
    waiting: Counter[int] = Counter()
    for person_id, quiz in class_queries.quizzes_passed(session, who.context_id):
        done[person_id] += quiz in graded
    for submission in class_queries.submissions(session, who.context_id):
        if submission.assignment in graded:
            done[submission.person_id] += bool(submission.passed)
            waiting[submission.person_id] += submission.state == "submitted"
    return tuple(
        StudentLine(
            each.person_id,
            each.person.name,
            done[each.person_id],
            len(graded),
            waiting[each.person_id],
            each.last_launch_at,
            each.left_at,
        )
        for each in class_queries.learners(session, who.context_id)
    )


def student(session: Session, course: Course, who: Who, person_id: int) -> StudentPage:
    """One learner of the context. Raises AccessDenied (not staff), NotFound (not a learner here)."""
    member = _learner(session, who, person_id)
    attempts = class_queries.attempts_of(session, who.context_id, person_id)
    granted = class_queries.unused_grants(session, who.context_id, person_id)
    works = {
        work.assignment: work for work in class_queries.submissions_of(session, who.context_id, person_id)
    }
    lines = tuple(
        _quiz_line(node, [each for each in attempts if each.quiz == node.id], node.id in granted)
        if isinstance(node, Quiz)
        else _assignment_line(node, works.get(node.id))
        for node in _graded(course)
    )
    return StudentPage(person_id, member.person.name, lines)


def grant_attempt(
    session: Session, course: Course, who: Who, person_id: int, quiz_id: str, reason: str, now: datetime
) -> None:
    """Let a learner start a quiz again before the waiting time is over, once.

    Raises AccessDenied, NotFound (person or quiz), Conflict: `reason` (none given), `too-long` (over 500
    characters), `granted` (one is waiting to be used).
    """
    _learner(session, who, person_id)
    if not isinstance(course.nodes.get(quiz_id), Quiz):
        raise NotFound(quiz_id)
    reason = plain(reason).strip()
    if not reason:
        raise Conflict("an exception needs a reason", code="reason")
    if len(reason) > MAX_REASON:
        raise Conflict(f"{len(reason)} characters", code="too-long")
    if quiz_id in class_queries.unused_grants(session, who.context_id, person_id):
        raise Conflict(quiz_id, code="granted")
    session.add(
        AttemptGrant(
            person_id=person_id,
            context_id=who.context_id,
            quiz=quiz_id,
            granted_by=who.person_id,
            reason=reason,
            created_at=now,
        )
    )
    session.flush()
    what = f"person {person_id} context {who.context_id} {quiz_id}"
    audit.record(session, audit.person(who), audit.Action.ATTEMPT_GRANTED, what, now)


def _require_staff(who: Who) -> None:
    if not who.staff:
        raise AccessDenied("only staff see the class", code="role")


def _learner(session: Session, who: Who, person_id: int) -> Membership:
    _require_staff(who)
    member = class_queries.learner(session, who.context_id, person_id)
    if member is None:
        raise NotFound(f"person {person_id}")
    return member


def _graded(course: Course) -> tuple[Quiz | Assignment, ...]:
    """The quizzes and assignments of the course in teaching order."""
    return tuple(node for module in course.modules for node in (module.quiz, module.assignment) if node)


def _quiz_line(quiz: Quiz, attempts: Sequence[Tried], granted: bool) -> NodeLine:
    finished = [each.submitted_at for each in attempts if each.submitted_at]
    running = len(finished) < len(attempts)
    state = "running" if running else "done" if finished else "none"
    used_up = quiz.attempts is not None and len(attempts) >= quiz.attempts
    waits = bool(finished) and not (running or granted or used_up)
    return NodeLine(
        quiz.id,
        quiz.title,
        "quiz",
        max((each.percent for each in attempts if each.percent is not None), default=None),
        any(each.passed for each in attempts),
        state,
        next_at=max(finished) + timedelta(hours=quiz.wait_hours) if waits else None,
        granted=granted,
    )


def _assignment_line(assignment: Assignment, work: Submission | None) -> NodeLine:
    if work is None:
        return NodeLine(assignment.id, assignment.title, "assignment", None, False, "none")
    return NodeLine(
        assignment.id,
        assignment.title,
        "assignment",
        work.percent,
        bool(work.passed),
        work.state,
        submission_id=None if work.state == "draft" else work.id,
    )
