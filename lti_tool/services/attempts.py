"""Attempts behind the pages: finding one's own, starting within the rules, handing in.

An attempt belongs to the version of the quiz it was drawn from: it is shown and marked by that version alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom

from lti_tool.domain.course import Course, Question, Quiz
from lti_tool.domain.marking import complete, mark, outcome
from lti_tool.domain.quiz import Drawn, Taken, attempts_left, draw, needs_grant
from lti_tool.domain.quiz_archive import from_plain, to_plain
from lti_tool.errors import Conflict, NotFound
from lti_tool.services import passback
from lti_tool.services.gating import require_open
from lti_tool.services.who import Who
from lti_tool.storage import work_queries
from lti_tool.storage.db import Session
from lti_tool.storage.work import Answer, Attempt, AttemptGrant, QuizVersion

GRACE = timedelta(seconds=10)
"""An answer sent in the last moment may still be on its way when the time is over."""


@dataclass(frozen=True)
class Paper:
    """An attempt with its version of the quiz, its questions as drawn, and the answers by question."""

    attempt: Attempt
    quiz: Quiz
    questions: tuple[tuple[Question, Drawn], ...]
    answers: Mapping[str, Answer]

    @property
    def answered(self) -> tuple[bool, ...]:
        """For every question whether it is filled in completely."""
        found = ((question, self.answers.get(question.id)) for question, _drawn in self.questions)
        return tuple(complete(question, answer.response if answer else None) for question, answer in found)

    def credits(self) -> dict[str, int]:
        """The credit of every question by its id, with what was saved."""
        return {
            question.id: mark(question, drawn, answer.response if answer else None)
            for question, drawn in self.questions
            for answer in (self.answers.get(question.id),)
        }


def load(session: Session, course: Course, who: Who, attempt_id: int, *, lock: bool = False) -> Paper:
    """One's own attempt. `lock` before changing it. Raises NotFound and Locked."""
    attempt = work_queries.attempt(session, attempt_id, lock=lock)
    if attempt is None or not _owns(who, attempt):
        raise NotFound(str(attempt_id))
    require_open(session, course, who, attempt.quiz)
    return _paper(session, course, attempt)


def past(session: Session, who: Who, quiz_id: str) -> Sequence[Attempt]:
    """One's attempts, first first, a running one included: previews for staff, none for observers."""
    if not (who.staff or who.learner):
        return ()
    return work_queries.attempts(session, who.person_id, who.context_id, quiz_id, preview=who.staff)


def running(attempts: Sequence[Attempt]) -> Attempt | None:
    """The attempt that is not handed in yet; there is at most one."""
    return next((attempt for attempt in attempts if attempt.submitted_at is None), None)


def late(attempt: Attempt, now: datetime) -> bool:
    """Whether the time of a timed attempt is over, with some patience for what is on its way."""
    return attempt.due_at is not None and now > attempt.due_at + GRACE


def grants(session: Session, who: Who, quiz_id: str) -> Sequence[AttemptGrant]:
    """The leaves a teacher gave this person for the quiz."""
    return work_queries.grants(session, who.person_id, who.context_id, quiz_id)


def taken(attempts: Sequence[Attempt], leaves: Sequence[AttemptGrant]) -> Taken:
    """What the attempt rules look at."""
    submitted = [attempt.submitted_at for attempt in attempts if attempt.submitted_at]
    used = sum(leave.attempt_id is not None for leave in leaves)
    return Taken(len(attempts), max(submitted, default=None), used, len(leaves) - used)


def begin(session: Session, who: Who, quiz: Quiz, now: datetime) -> Attempt:
    """A new attempt. Raises Conflict `wait` or `attempts`. Nobody else's start can make it two."""
    before = past(session, who, quiz.id)
    if begun := running(before):  # in another tab, since we looked
        return begun
    grant = _allow(session, who, quiz, before, now) if who.learner else None
    if not work_queries.archived(session, quiz.digest):
        version = QuizVersion(digest=quiz.digest, quiz=quiz.id, body=to_plain(quiz))
        work_queries.insert_once(session, version)
    attempt = _new(who, quiz, before[-1].number + 1 if before else 1, now)
    if work_queries.insert_once(session, attempt):
        if grant:
            grant.attempt_id = attempt.id
        return attempt
    other = running(past(session, who, quiz.id))
    if other is None:  # started and already handed in elsewhere, in this moment
        raise Conflict(quiz.id, code="wait")
    return other


def hand_in(session: Session, course: Course, attempt: Attempt, now: datetime) -> None:
    """Mark a locked, running attempt with what was saved. What counts is queued for the LMS."""
    paper = _paper(session, course, attempt)
    credits = paper.credits()
    for name, answer in paper.answers.items():
        answer.credit = credits[name]
    result = outcome(paper.quiz, credits)
    attempt.submitted_at = min(now, attempt.due_at or now)
    attempt.percent, attempt.passed = result.percent, result.passed
    session.flush()
    if not attempt.preview and attempt.quiz in course.nodes:
        _report(session, course, attempt, attempt.submitted_at, now)


def _report(
    session: Session, course: Course, attempt: Attempt, submitted_at: datetime, now: datetime
) -> None:
    person, context = attempt.person_id, attempt.context_id
    best, _passed = work_queries.done(session, person, context).quizzes[attempt.quiz]
    passback.report(session, course, person, context, attempt.quiz, best, submitted_at, "", now)


def _owns(who: Who, attempt: Attempt) -> bool:
    owner = (attempt.person_id, attempt.context_id) == (who.person_id, who.context_id)
    return owner and (who.staff if attempt.preview else who.learner)


def _paper(session: Session, course: Course, attempt: Attempt) -> Paper:
    quiz = _version(session, course, attempt)
    bank = {question.id: question for question in quiz.questions}
    drawn = [Drawn.from_dict(values) for values in attempt.paper]
    return Paper(
        attempt=attempt,
        quiz=quiz,
        questions=tuple((bank[each.question], each) for each in drawn),
        answers=work_queries.answers(session, attempt.id),
    )


def _version(session: Session, course: Course, attempt: Attempt) -> Quiz:
    current = course.nodes.get(attempt.quiz)
    if isinstance(current, Quiz) and current.digest == attempt.digest:
        return current
    return from_plain(work_queries.version(session, attempt.digest).body)


def _allow(
    session: Session, who: Who, quiz: Quiz, before: Sequence[Attempt], now: datetime
) -> AttemptGrant | None:
    leaves = grants(session, who, quiz.id)
    so_far = taken(before, leaves)
    if not needs_grant(quiz, so_far, now):
        return None
    unused = next((leave for leave in leaves if leave.attempt_id is None), None)
    if unused is None:
        raise Conflict(quiz.id, code="attempts" if attempts_left(quiz, so_far) == 0 else "wait")
    return unused


def _new(who: Who, quiz: Quiz, number: int, now: datetime) -> Attempt:
    return Attempt(
        person_id=who.person_id,
        context_id=who.context_id,
        quiz=quiz.id,
        preview=who.staff,
        number=number,
        digest=quiz.digest,
        # Neighbours begin with different forms, and everybody goes on with another one.
        paper=[drawn.to_dict() for drawn in draw(quiz, SystemRandom(), who.person_id + number)],
        started_at=now,
        due_at=now + timedelta(minutes=quiz.minutes) if quiz.minutes else None,
    )
