"""Taking a quiz: the page in front, starting, answering, handing in, the result.

Other people's attempts raise NotFound everywhere, a closed gate raises Locked, and an attempt or quiz that
has moved on raises Conflict with the code `closed`, `wait`, `attempts` or `running`.
Learners' attempts count. Those of staff are previews: free of waiting and limits, never counted, never sent.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lti_tool.domain.course import Course, Question, Quiz
from lti_tool.domain.marking import ResponseError, outcome, parse
from lti_tool.domain.quiz import Drawn, attempts_left, next_at
from lti_tool.errors import AccessDenied, Conflict, MalformedMessage, NotFound
from lti_tool.services import attempts
from lti_tool.services.gating import require_open
from lti_tool.services.quiz_pages import (
    AttemptLine,
    Feedback,
    Marked,
    Outline,
    QuizHead,
    QuizStart,
    Result,
    Shown,
    head,
    line,
    shown,
)
from lti_tool.services.quiz_results import marked
from lti_tool.services.who import Who
from lti_tool.storage import work_queries
from lti_tool.storage.db import Session
from lti_tool.storage.work import Answer

__all__ = [
    "AttemptLine",
    "Feedback",
    "Marked",
    "Outline",
    "QuizHead",
    "QuizStart",
    "Result",
    "Shown",
    "close_overdue",
    "outline",
    "overview",
    "question",
    "result",
    "save",
    "start",
    "submit",
]


def overview(session: Session, course: Course, who: Who, quiz_id: str, now: datetime) -> QuizStart:
    """The rules, the attempts so far and when the next may start."""
    quiz = _quiz(session, course, who, quiz_id)
    past = attempts.past(session, who, quiz.id)
    running = attempts.running(past)
    leaves = attempts.grants(session, who, quiz.id) if who.learner else ()
    taken = attempts.taken(past, leaves)
    return QuizStart(
        quiz=head(quiz),
        attempts=tuple(line(attempt) for attempt in past),
        running=running.id if running else None,
        best=max((attempt.percent for attempt in past if attempt.percent is not None), default=None),
        passed=any(attempt.passed for attempt in past),
        next_at=None if running or who.staff else next_at(quiz, taken, now),
        attempts_left=None if who.staff else attempts_left(quiz, taken),
    )


def start(session: Session, course: Course, who: Who, quiz_id: str, now: datetime) -> int:
    """Start an attempt, or find the one that runs; its id.

    Raises Conflict `wait` or `attempts`; AccessDenied for observers.
    """
    quiz = _quiz(session, course, who, quiz_id)
    if not (who.learner or who.staff):
        raise AccessDenied("an observer takes no quiz", code="role")
    running = attempts.running(attempts.past(session, who, quiz.id))
    if running and attempts.late(running, now):
        submit(session, course, who, running.id, now)
    elif running:
        return running.id
    return attempts.begin(session, who, quiz, now).id


def outline(
    session: Session,
    course: Course,
    who: Who,
    attempt_id: int,
    now: datetime,  # noqa: ARG001 - the use cases of an attempt are called alike
) -> Outline:
    """Which questions are answered."""
    paper = attempts.load(session, course, who, attempt_id)
    return Outline(
        attempt_id=attempt_id,
        quiz=head(paper.quiz),
        answered=paper.answered,
        due_at=paper.attempt.due_at,
        submitted=paper.attempt.submitted_at is not None,
    )


def question(
    session: Session, course: Course, who: Who, attempt_id: int, number: int, now: datetime
) -> Shown:
    """Question `number` (from 1) of a running attempt.

    Raises Conflict `closed` once it is submitted or its time is over.
    """
    paper = attempts.load(session, course, who, attempt_id)
    if paper.attempt.submitted_at or attempts.late(paper.attempt, now):
        raise Conflict(str(attempt_id), code="closed")
    _on(paper, number)
    return shown(paper, number)


def save(
    session: Session,
    course: Course,
    who: Who,
    attempt_id: int,
    number: int,
    response: Mapping[str, Any],
    now: datetime,
) -> datetime:
    """Keep the response to question `number`; when it was kept.

    Raises MalformedMessage for a response that the page cannot have produced (code `number`: what was typed
    is not a number) and Conflict `closed` after submission or the end of the time.
    """
    paper = attempts.load(session, course, who, attempt_id, lock=True)
    if paper.attempt.submitted_at or attempts.late(paper.attempt, now):
        raise Conflict(str(attempt_id), code="closed")
    question, _drawn = _on(paper, number)
    try:
        parsed = parse(question, response)
    except ResponseError as fault:
        raise MalformedMessage(str(fault), code=fault.code) from fault
    answer = paper.answers.get(question.id)
    if answer is None:
        answer = Answer(attempt_id=attempt_id, question=question.id)
        session.add(answer)
    answer.response, answer.saved_at = parsed, now
    session.flush()
    return now


def submit(session: Session, course: Course, who: Who, attempt_id: int, now: datetime) -> None:
    """Hand in and mark; again changes nothing. A learner's best percent is queued for the LMS."""
    attempt = attempts.load(session, course, who, attempt_id, lock=True).attempt
    if attempt.submitted_at is None:
        attempts.hand_in(session, course, attempt, now)


def result(
    session: Session,
    course: Course,
    who: Who,
    attempt_id: int,
    now: datetime,  # noqa: ARG001 - the use cases of an attempt are called alike
) -> Result:
    """The marked attempt. Raises Conflict `running` before it is submitted."""
    paper = attempts.load(session, course, who, attempt_id)
    if paper.attempt.submitted_at is None:
        raise Conflict(str(attempt_id), code="running")
    # Staff see why, so that they can look after the questions; of an examination nobody else does.
    explained = len(paper.questions) if paper.quiz.feedback or who.staff else 0
    return Result(
        quiz=head(paper.quiz),
        attempt=line(paper.attempt),
        parts=outcome(paper.quiz, paper.credits()).parts,
        marked=tuple(marked(paper, number) for number in range(1, explained + 1)),
    )


def close_overdue(session: Session, course: Course, now: datetime) -> int:
    """Hand in every timed attempt whose time is over with what was saved; how many."""
    overdue = work_queries.overdue(session, now - attempts.GRACE)
    for attempt in overdue:
        attempts.hand_in(session, course, attempt, now)
    return len(overdue)


def _quiz(session: Session, course: Course, who: Who, quiz_id: str) -> Quiz:
    node = require_open(session, course, who, quiz_id)
    if not isinstance(node, Quiz):
        raise NotFound(quiz_id)
    return node


def _on(paper: attempts.Paper, number: int) -> tuple[Question, Drawn]:
    if not 1 <= number <= len(paper.questions):
        raise NotFound(f"question {number}")
    return paper.questions[number - 1]
