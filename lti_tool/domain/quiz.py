"""Drawing a paper from the bank of a quiz, and when the next attempt may start (blueprint §1.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Self

from lti_tool.domain.course import Choice, Matching, Numeric, Question, Quiz, Text


@dataclass(frozen=True)
class Drawn:
    """A question on a paper. `order[i]` is the index, in file order, of the item shown at position i."""

    question: str
    order: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"question": self.question, "order": list(self.order)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict`."""
        return cls(values["question"], tuple(values["order"]))


def draw(quiz: Quiz, rng: Random, sitting: int = 0) -> tuple[Drawn, ...]:
    """A paper: `quiz.draw` different questions (all of a smaller bank), each with its items shuffled.

    Of an examination it is the form that `sitting` leads to: the next sitting has another one.
    """
    chosen = _form(quiz, sitting) if quiz.forms else _sample(quiz, rng)
    rng.shuffle(chosen)
    return tuple(Drawn(question.id, _shuffled(len(items(question)), rng)) for question in chosen)


def _form(quiz: Quiz, sitting: int) -> list[Question]:
    bank = {question.id: question for question in quiz.questions}
    return [bank[name] for name in quiz.forms[sitting % len(quiz.forms)]]


def _sample(quiz: Quiz, rng: Random) -> list[Question]:
    """Every paper has the bank's mix of kinds, so that no two students sit quizzes of another sort."""
    kinds: dict[str, list[Question]] = {}
    for question in quiz.questions:
        kinds.setdefault(question.kind, []).append(question)
    shares = _shares({kind: len(bank) for kind, bank in kinds.items()}, quiz.draw, rng)
    return [question for kind, bank in kinds.items() for question in rng.sample(bank, shares[kind])]


def _shares(sizes: Mapping[str, int], total: int, rng: Random) -> dict[str, int]:
    """`total` (at most all) split in proportion to `sizes`.

    What does not divide evenly goes by lot, larger remainders more often, so that no kind is never drawn.
    """
    whole = sum(sizes.values())
    total = min(total, whole)
    shares = {kind: total * size // whole for kind, size in sizes.items()}
    remainders = {kind: total * size % whole for kind, size in sizes.items() if total * size % whole}
    # Weighted sampling without replacement: the largest u^(1/weight) win (Efraimidis and Spirakis 2006).
    lots = sorted(remainders, key=lambda kind: rng.random() ** (1 / remainders[kind]), reverse=True)
    for kind in lots[: total - sum(shares.values())]:
        shares[kind] += 1
    return shares


def items(question: Question) -> tuple[Text, ...]:
    """What is shown in shuffled order: options, rights to choose from, steps; nothing for a number.

    A right that belongs to several lefts is shown once.
    """
    if isinstance(question, Choice):
        return tuple(option.text for option in question.options)
    if isinstance(question, Matching):
        return tuple(dict.fromkeys((*(pair.right for pair in question.pairs), *question.extras)))
    return () if isinstance(question, Numeric) else question.steps


def _shuffled(size: int, rng: Random) -> tuple[int, ...]:
    return tuple(rng.sample(range(size), size))


@dataclass(frozen=True)
class Taken:
    """What counts for the attempt rules: submitted attempts, the newest of them, and leave to go on at once.

    `grants` are a teacher's leaves: each allows one attempt beyond waiting time and limit.
    """

    count: int = 0
    last_submitted_at: datetime | None = None
    grants_used: int = 0
    grants_unused: int = 0


def attempts_left(quiz: Quiz, taken: Taken) -> int | None:
    """How many attempts may still be started; None: any number."""
    if quiz.attempts is None:
        return None
    return _left_without_grant(quiz, taken) + taken.grants_unused


def next_at(quiz: Quiz, taken: Taken, now: datetime) -> datetime | None:
    """When the next attempt may start; None: now, if any is left at all."""
    if attempts_left(quiz, taken) == 0 or taken.grants_unused:
        return None
    due = _waited(quiz, taken)
    return due if due and due > now else None


def needs_grant(quiz: Quiz, taken: Taken, now: datetime) -> bool:
    """Whether an attempt started now would be one that only a teacher's leave allows."""
    due = _waited(quiz, taken)
    exhausted = quiz.attempts is not None and _left_without_grant(quiz, taken) == 0
    return exhausted or (due is not None and due > now)


def _waited(quiz: Quiz, taken: Taken) -> datetime | None:
    last = taken.last_submitted_at
    return last + timedelta(hours=quiz.wait_hours) if last else None


def _left_without_grant(quiz: Quiz, taken: Taken) -> int:
    return max(0, (quiz.attempts or 0) - (taken.count - taken.grants_used))
