"""What pages show of quizzes and attempts. Nothing a student gets before submission holds key or reasons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.domain.course import Text


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
    """A submitted attempt with all explanations."""

    quiz: QuizHead
    attempt: AttemptLine
    marked: tuple[Marked, ...]
