"""Reading responses and marking them. Only the server does this, with the key of the version that was drawn.

A response is what the page sends, in shown positions counted from 0:
choice `{"pick": [2]}`, matching `{"pick": [2, 0, null]}` (one per left), ordering `{"pick": [2, 0, 1]}` (the
steps as the student put them; null: still empty), number `{"number": "120,000"}`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lti_tool.domain.course import Choice, Matching, Numeric, Ordering, Part, Question, Quiz
from lti_tool.domain.numbers import read_number
from lti_tool.domain.quiz import Drawn, items

Response = dict[str, Any]


class ResponseError(ValueError):
    """A response that the page cannot have produced; code `number`: typed by a person, but not a number."""

    def __init__(self, message: str, code: str = "malformed") -> None:
        super().__init__(message)
        self.code = code


def parse(question: Question, response: object) -> Response:
    """The response with nothing but what belongs to it.

    Raises ResponseError. An empty answer is a response too.
    """
    if not isinstance(response, Mapping):
        raise ResponseError("a response is an object")
    if isinstance(question, Numeric):
        return {"number": _typed(question, response.get("number"))}
    picks = _positions(response.get("pick"), len(items(question)))
    if isinstance(question, Choice):
        _check_choice(question, picks)
        return {"pick": sorted(pick for pick in picks if pick is not None)}
    wanted = len(question.pairs) if isinstance(question, Matching) else len(question.steps)
    if len(picks) != wanted:
        raise ResponseError(f"{wanted} places are to be filled")
    if isinstance(question, Ordering) and _repeats(picks):
        raise ResponseError("a step stands in two places")
    return {"pick": picks}


def complete(question: Question, response: Response | None) -> bool:
    """Whether everything asked for is filled in: as many ticks as are to choose, every place, a number."""
    if response is None:
        return False
    if isinstance(question, Numeric):
        return bool(response["number"])
    picks = response["pick"]
    return len(picks) == to_choose(question) if isinstance(question, Choice) else None not in picks


def to_choose(question: Choice) -> int:
    """How many options are to be ticked; this is told to the student."""
    if question.kind != "multiple":
        return 1
    return sum(option.credit == 100 for option in question.options)


def mark(question: Question, drawn: Drawn, response: Response | None) -> int:
    """The credit of a parsed response: 100, 0, or 50 for a fair choice in a situation. None earns nothing."""
    if response is None:
        return 0
    if isinstance(question, Numeric):
        number = read_number(response["number"], question.unit)
        right = number is not None and abs(number - question.answer) <= question.tolerance
        return 100 if right else 0
    picks = [None if pick is None else drawn.order[pick] for pick in response["pick"]]
    if isinstance(question, Choice):
        return _mark_choice(question, picks)
    if isinstance(question, Matching):
        return 100 if all(pairs_right(question, picks)) else 0
    # Steps are compared by their words: two that read the same are interchangeable.
    return 100 if [_text(question, pick) for pick in picks] == list(question.steps) else 0


def pairs_right(question: Matching, picks: Sequence[int | None]) -> tuple[bool, ...]:
    """For every left whether the pick, an index of `items(question)`, is its right."""
    return tuple(
        _text(question, pick) == pair.right for pair, pick in zip(question.pairs, picks, strict=True)
    )


def percent(credits: Sequence[int]) -> int:
    """The result of an attempt, rounded down, so that nobody passes by rounding."""
    return sum(credits) // len(credits) if credits else 0


@dataclass(frozen=True)
class Outcome:
    """The result of an attempt. `parts`: the percent of every part of which a question was asked."""

    percent: int
    parts: tuple[tuple[Part, int], ...]
    passed: bool


def outcome(quiz: Quiz, credits: Mapping[str, int]) -> Outcome:
    """What the credits, by question, come to: the whole and every part must reach their marks."""
    scored = {name: credit for name, credit in credits.items() if name not in quiz.unscored}
    whole = percent(list(scored.values()))
    asked = [
        (part, [credit for name, credit in scored.items() if name in part.questions]) for part in quiz.parts
    ]
    parts = tuple((part, percent(found)) for part, found in asked if found)
    passed = whole >= quiz.pass_mark and all(reached >= part.pass_mark for part, reached in parts)
    return Outcome(whole, parts, passed)


def _mark_choice(question: Choice, picks: Sequence[int | None]) -> int:
    if question.kind == "multiple":
        right = {index for index, option in enumerate(question.options) if option.credit == 100}
        return 100 if set(picks) == right else 0
    return sum(question.options[pick].credit for pick in picks if pick is not None)


def _text(question: Question, pick: int | None) -> object:
    return None if pick is None else items(question)[pick]


def _typed(question: Numeric, typed: object) -> str:
    if not isinstance(typed, str):
        raise ResponseError("a number is sent as it was typed")
    if typed.strip() and read_number(typed, question.unit) is None:
        raise ResponseError("not a number", code="number")
    return typed.strip()


def _positions(picks: object, size: int) -> list[int | None]:
    if not isinstance(picks, list):
        raise ResponseError("positions are sent as a list")
    for pick in picks:
        # In Python True is 1; in a message it is not.
        if pick is not None and (type(pick) is not int or not 0 <= pick < size):
            raise ResponseError("no such position")
    return list(picks)


def _check_choice(question: Choice, picks: Iterable[int | None]) -> None:
    chosen = list(picks)
    if None in chosen or _repeats(chosen):
        raise ResponseError("an option is ticked or not")
    if question.kind != "multiple" and len(chosen) > 1:
        raise ResponseError("only one option is to be chosen")


def _repeats(picks: Iterable[int | None]) -> bool:
    placed = [pick for pick in picks if pick is not None]
    return len(placed) != len(set(placed))
