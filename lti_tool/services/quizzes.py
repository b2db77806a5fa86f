"""Taking a quiz: the page in front, starting, answering, handing in, the result.

Other people's attempts raise NotFound everywhere, a closed gate raises Locked, and an attempt or quiz that
has moved on raises Conflict with the code `closed`, `wait`, `attempts` or `running`.
Learners' attempts count. Those of staff are previews: free of waiting and limits, never counted, never sent.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lti_tool.domain.course import Course
from lti_tool.services.quiz_pages import (
    AttemptLine,
    Feedback,
    Marked,
    Outline,
    QuizHead,
    QuizStart,
    Result,
    Shown,
)
from lti_tool.services.who import Who
from lti_tool.storage.db import Session

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
    raise NotImplementedError


def start(session: Session, course: Course, who: Who, quiz_id: str, now: datetime) -> int:
    """Start an attempt, or find the one that runs; its id.

    Raises Conflict `wait` or `attempts`; AccessDenied for observers.
    """
    raise NotImplementedError


def outline(session: Session, course: Course, who: Who, attempt_id: int, now: datetime) -> Outline:
    """Which questions are answered."""
    raise NotImplementedError


def question(
    session: Session, course: Course, who: Who, attempt_id: int, number: int, now: datetime
) -> Shown:
    """Question `number` (from 1) of a running attempt. Raises Conflict `closed` once it is submitted."""
    raise NotImplementedError


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
    raise NotImplementedError


def submit(session: Session, course: Course, who: Who, attempt_id: int, now: datetime) -> None:
    """Hand in and mark; again changes nothing. A learner's best percent is queued for the LMS."""
    raise NotImplementedError


def result(session: Session, course: Course, who: Who, attempt_id: int, now: datetime) -> Result:
    """The marked attempt. Raises Conflict `running` before it is submitted."""
    raise NotImplementedError


def close_overdue(session: Session, course: Course, now: datetime) -> int:
    """Hand in every timed attempt whose time is over with what was saved; how many."""
    raise NotImplementedError
