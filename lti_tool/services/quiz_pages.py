"""What pages show of quizzes and attempts. Nothing a student gets before submission holds key or reasons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.domain.course import Choice, Matching, Numeric, Part, Quiz, Text
from lti_tool.domain.marking import to_choose
from lti_tool.domain.quiz import items
from lti_tool.services.attempts import Paper
from lti_tool.storage.work import Attempt


@dataclass(frozen=True)
class QuizHead:
    """The rules of a quiz without its questions, so that no page of a running attempt can hold a key.

    `draw` questions are asked; `pass_mark` in percent; `minutes` None: untimed; `attempts` None: unlimited.
    """

    id: str
    title: Text
    draw: int
    pass_mark: int
    minutes: int | None
    wait_hours: int
    attempts: int | None
    parts: tuple[Part, ...]
    feedback: bool


@dataclass(frozen=True)
class AttemptLine:
    """One attempt in a list; `percent` and `passed` are None while it runs."""

    id: int
    number: int
    started_at: datetime
    submitted_at: datetime | None
    percent: int | None
    passed: bool | None


@dataclass(frozen=True)
class QuizStart:
    """The page in front of a quiz.

    `running`: id of the attempt to go on with. `next_at`: when the next may start, None: now, or never when
    `attempts_left` is 0. `attempts_left` None: unlimited.
    """

    quiz: QuizHead
    attempts: tuple[AttemptLine, ...]
    running: int | None
    best: int | None
    passed: bool
    next_at: datetime | None
    attempts_left: int | None


@dataclass(frozen=True)
class Outline:
    """An attempt before it is handed in. `answered[i]` is about question number i + 1."""

    attempt_id: int
    quiz: QuizHead
    answered: tuple[bool, ...]
    due_at: datetime | None
    submitted: bool


@dataclass(frozen=True)
class Shown:
    """A question as a student sees it. Everything is in shown order; `response` uses shown positions.

    `kind`: single, multiple, situational, matching, ordering, numeric. `choices`: the options, the rights to
    choose from, or the steps. `lefts`: for matching. `to_choose`: how many options, for the first three.
    """

    attempt_id: int
    quiz: QuizHead
    number: int
    total: int
    kind: str
    ask: Text
    choices: tuple[Text, ...]
    lefts: tuple[Text, ...]
    unit: Text | None
    to_choose: int | None
    response: dict[str, Any] | None
    saved_at: datetime | None
    answered: tuple[bool, ...]
    due_at: datetime | None


@dataclass(frozen=True)
class Feedback:
    """One line of the explanation.

    Choice: an option in shown order, whether it was picked, its credit and why.
    Matching: a left, whether anything was given to it, 100 or 0 for this pair, and why.
    Ordering: a step in the right order, whether the student put it in this place.
    """

    text: Text
    chosen: bool
    credit: int | None
    why: Text | None


@dataclass(frozen=True)
class Marked:
    """A question after submission.

    `credit` 0-100. `correct`: the best or right options; for matching the right of every left; for ordering
    the steps in order; for a number the number. `why`: for ordering and numbers.
    """

    shown: Shown
    credit: int
    options: tuple[Feedback, ...]
    correct: tuple[Text, ...]
    why: Text | None


@dataclass(frozen=True)
class Result:
    """A submitted attempt with all explanations; `marked` is empty when the quiz gives none.

    `parts`: what was reached in each, in percent.
    """

    quiz: QuizHead
    attempt: AttemptLine
    parts: tuple[tuple[Part, int], ...]
    marked: tuple[Marked, ...]


def head(quiz: Quiz) -> QuizHead:
    """The rules of a quiz. `draw` never promises more than the bank holds."""
    return QuizHead(
        id=quiz.id,
        title=quiz.title,
        draw=min(quiz.draw, len(quiz.questions)),
        pass_mark=quiz.pass_mark,
        minutes=quiz.minutes,
        wait_hours=quiz.wait_hours,
        attempts=quiz.attempts,
        parts=quiz.parts,
        feedback=quiz.feedback,
    )


def line(attempt: Attempt) -> AttemptLine:
    """An attempt in a list."""
    return AttemptLine(
        id=attempt.id,
        number=attempt.number,
        started_at=attempt.started_at,
        submitted_at=attempt.submitted_at,
        percent=attempt.percent,
        passed=attempt.passed,
    )


def shown(paper: Paper, number: int) -> Shown:
    """Question `number` (from 1, known to be on the paper) as the student sees it."""
    question, drawn = paper.questions[number - 1]
    answer = paper.answers.get(question.id)
    texts = items(question)
    return Shown(
        attempt_id=paper.attempt.id,
        quiz=head(paper.quiz),
        number=number,
        total=len(paper.questions),
        kind=question.kind,
        ask=question.ask,
        choices=tuple(texts[index] for index in drawn.order),
        lefts=tuple(pair.left for pair in question.pairs) if isinstance(question, Matching) else (),
        unit=question.unit if isinstance(question, Numeric) else None,
        to_choose=to_choose(question) if isinstance(question, Choice) else None,
        response=answer.response if answer else None,
        saved_at=answer.saved_at if answer else None,
        answered=paper.answered,
        due_at=paper.attempt.due_at,
    )
