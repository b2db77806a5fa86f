"""A quiz as plain values and back, so that an attempt can be marked by the version it was drawn from."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from lti_tool.domain.course import (
    Choice,
    Matching,
    Numeric,
    Option,
    Ordering,
    Pair,
    Part,
    Question,
    Quiz,
    Text,
)

Plain = dict[str, Any]


def to_plain(quiz: Quiz) -> Plain:
    """The whole quiz in strings, numbers, lists and dicts. Decimals become strings: floats would round."""
    return {
        "id": quiz.id,
        "title": _text(quiz.title),
        "draw": quiz.draw,
        "pass_mark": quiz.pass_mark,
        "digest": quiz.digest,
        "minutes": quiz.minutes,
        "wait_hours": quiz.wait_hours,
        "attempts": quiz.attempts,
        "questions": [_question(question) for question in quiz.questions],
        "forms": [list(form) for form in quiz.forms],
        "parts": [
            {
                "id": part.id,
                "title": _text(part.title),
                "pass_mark": part.pass_mark,
                "questions": sorted(part.questions),
            }
            for part in quiz.parts
        ],
        "unscored": sorted(quiz.unscored),
        "feedback": quiz.feedback,
    }


def from_plain(values: Mapping[str, Any]) -> Quiz:
    """The inverse of `to_plain`: equal to the quiz that was archived."""
    return Quiz(
        id=values["id"],
        title=Text(**values["title"]),
        draw=values["draw"],
        pass_mark=values["pass_mark"],
        questions=tuple(_RESTORE[question["kind"]](question) for question in values["questions"]),
        digest=values["digest"],
        minutes=values["minutes"],
        wait_hours=values["wait_hours"],
        attempts=values["attempts"],
        forms=tuple(tuple(form) for form in values["forms"]),
        parts=tuple(
            Part(part["id"], Text(**part["title"]), part["pass_mark"], frozenset(part["questions"]))
            for part in values["parts"]
        ),
        unscored=frozenset(values["unscored"]),
        feedback=values["feedback"],
    )


def _text(text: Text) -> Plain:
    return {"ja": text.ja, "en": text.en}


def _question(question: Question) -> Plain:
    common = {
        "id": question.id,
        "kind": question.kind,
        "level": question.level,
        "ask": _text(question.ask),
    }
    return common | _particulars(question)


def _particulars(question: Question) -> Plain:
    match question:
        case Choice():
            options = [
                {"text": _text(o.text), "credit": o.credit, "why": _text(o.why)} for o in question.options
            ]
            return {"options": options}
        case Matching():
            pairs = [
                {"left": _text(p.left), "right": _text(p.right), "why": _text(p.why)} for p in question.pairs
            ]
            return {"pairs": pairs, "extras": [_text(extra) for extra in question.extras]}
        case Ordering():
            return {"steps": [_text(step) for step in question.steps], "why": _text(question.why)}
        case Numeric():
            return {
                "answer": str(question.answer),
                "tolerance": str(question.tolerance),
                "unit": _text(question.unit),
                "why": _text(question.why),
            }


def _choice(values: Plain) -> Choice:
    options = tuple(Option(Text(**o["text"]), o["credit"], Text(**o["why"])) for o in values["options"])
    return Choice(values["id"], values["kind"], values["level"], Text(**values["ask"]), options)


def _matching(values: Plain) -> Matching:
    return Matching(
        id=values["id"],
        level=values["level"],
        ask=Text(**values["ask"]),
        pairs=tuple(
            Pair(**{side: Text(**words) for side, words in pair.items()}) for pair in values["pairs"]
        ),
        extras=tuple(Text(**extra) for extra in values["extras"]),
    )


def _ordering(values: Plain) -> Ordering:
    return Ordering(
        id=values["id"],
        level=values["level"],
        ask=Text(**values["ask"]),
        steps=tuple(Text(**step) for step in values["steps"]),
        why=Text(**values["why"]),
    )


def _numeric(values: Plain) -> Numeric:
    return Numeric(
        id=values["id"],
        level=values["level"],
        ask=Text(**values["ask"]),
        answer=Decimal(values["answer"]),
        tolerance=Decimal(values["tolerance"]),
        unit=Text(**values["unit"]),
        why=Text(**values["why"]),
    )


_RESTORE: Mapping[str, Callable[[Plain], Question]] = {
    "single": _choice,
    "multiple": _choice,
    "situational": _choice,
    "matching": _matching,
    "ordering": _ordering,
    "numeric": _numeric,
}
