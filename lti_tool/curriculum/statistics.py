"""What a course holds, and what its items give away to somebody who knows nothing.

Answers are shown shuffled; positions here are those in the file, where a habit of the author would show.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import get_args

from lti_tool.domain.course import LANGS, Choice, Course, Lang, Level, Module, Question, Quiz

KINDS = ("single", "multiple", "matching", "ordering", "numeric", "situational")
LEVELS: tuple[str, ...] = get_args(Level)
CHOSEN_ONE = ("single", "situational")
"""Kinds where exactly one answer is chosen, so that a habit of choosing can be tried on them."""

CHANCE = 2
"""Standard errors above blind choice up to which a habit may have been lucky."""


@dataclass(frozen=True)
class Bank:
    """A quiz in numbers. `kinds` and `levels` count what attempts are made from, in the order of KINDS and LEVELS:
    the whole bank, or all forms of an examination, `pool` questions together."""

    draw: int
    size: int
    pool: int
    kinds: dict[str, int]
    levels: dict[str, int]

    def asked(self, count: int) -> Fraction:
        """How many of `count` questions of the pool one attempt asks on average."""
        return Fraction(count * self.draw, self.pool)


@dataclass(frozen=True)
class Holding:
    """A module in numbers. Characters are those of its lessons, without spaces."""

    code: str
    lessons: int
    characters: dict[Lang, int]
    bank: Bank | None
    assignment: bool


@dataclass(frozen=True)
class Habit:
    """A way to choose without reading, and the percentage of the marks that it earns in each language."""

    name: str
    scores: dict[Lang, Fraction]


def holding(module: Module) -> Holding:
    """The numbers of a module."""
    characters = {lang: sum(length(lesson.body[lang]) for lesson in module.lessons) for lang in LANGS}
    bank = bank_of(module.quiz) if module.quiz else None
    return Holding(module.code, len(module.lessons), characters, bank, module.assignment is not None)


def bank_of(quiz: Quiz) -> Bank:
    """The numbers of a quiz."""
    named = {question.id: question for question in quiz.questions}
    pool = [named[name] for form in quiz.forms for name in form] or list(quiz.questions)
    return Bank(
        quiz.draw,
        len(quiz.questions),
        len(pool),
        _in_order(KINDS, (question.kind for question in pool)),
        _in_order(LEVELS, (question.level for question in pool)),
    )


def length(text: str) -> int:
    """Characters that are not spaces."""
    return len("".join(text.split()))


def questions(course: Course) -> list[Question]:
    """Every question of the course, in file order."""
    return [question for module in course.modules if module.quiz for question in module.quiz.questions]


def start_questions(course: Course) -> list[Choice]:
    """Every question of the start check, in the order in which they are asked."""
    asked = course.start_check.questions.values() if course.start_check else ()
    return [question for area in asked for question in area]


def choices(course: Course, kind: str) -> list[Choice]:
    """Every question of a kind of CHOSEN_ONE."""
    return [each for each in questions(course) if isinstance(each, Choice) and each.kind == kind]


def key_positions(items: Sequence[Choice]) -> list[int]:
    """How often the best answer stands first, second, ... in its file."""
    counts = Counter(_credits(item).index(100) for item in items)
    return [counts[place] for place in range(max(counts, default=-1) + 1)]


def habits(items: Sequence[Choice]) -> list[Habit]:
    """What the habits of a student who does not read would earn. The first is pure chance."""
    if not items:
        return []
    named: list[tuple[str, Callable[[Choice, Lang], Fraction]]] = [
        ("any answer at all", lambda item, _lang: _mean(_credits(item))),
        ("always the longest answer", lambda item, lang: _by_length(item, lang, max)),
        ("always the shortest answer", lambda item, lang: _by_length(item, lang, min)),
        *((f"always answer {place + 1}", _at(place)) for place in range(max(len(i.options) for i in items))),
    ]
    return [
        Habit(name, {lang: _mean([score(item, lang) for item in items]) for lang in LANGS})
        for name, score in named
    ]


def luck(items: Sequence[Choice]) -> float:
    """The percentage that a habit may earn by chance alone: that of blind choice, and CHANCE standard errors of it."""
    spread = sum(
        _mean([credit**2 for credit in _credits(each)]) - _mean(_credits(each)) ** 2 for each in items
    )
    return float(_mean([_mean(_credits(each)) for each in items])) + CHANCE * sqrt(spread) / len(items)


def _credits(item: Choice) -> list[int]:
    return [option.credit for option in item.options]


def _by_length(item: Choice, lang: Lang, extreme: Callable[[list[int]], int]) -> Fraction:
    """Among answers of the same length the student guesses."""
    lengths = [length(option.text[lang]) for option in item.options]
    wanted = extreme(lengths)
    return _mean([credit for credit, each in zip(_credits(item), lengths, strict=True) if each == wanted])


def _at(place: int) -> Callable[[Choice, Lang], Fraction]:
    """The score of the answer at a place; nothing where there are fewer."""
    return lambda item, _lang: Fraction(([*_credits(item), *[0] * place])[place])


def _mean(values: Sequence[int | Fraction]) -> Fraction:
    return Fraction(sum(values), len(values))


def _in_order(names: Sequence[str], found: Iterable[str]) -> dict[str, int]:
    counts = Counter(found)
    return {name: counts[name] for name in names if counts[name]}
