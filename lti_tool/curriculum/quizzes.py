"""quiz.yaml -> Quiz."""

import hashlib
import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Literal, cast, get_args

from lti_tool.curriculum.exams import PartRules, Seat, check_exam, forms_of
from lti_tool.curriculum.fields import Table, open_table
from lti_tool.curriculum.package import Package
from lti_tool.domain.course import (
    LANGS,
    Choice,
    Level,
    Matching,
    Numeric,
    Option,
    Ordering,
    Pair,
    Question,
    Quiz,
    Text,
)

BANK_PER_DRAW = 2.5
"""A bank this many times the draw keeps two attempts from being nearly the same."""

CREDIT = {
    "choice": {"right": 100, "wrong": 0},
    "situational": {"best": 100, "fair": 50, "poor": 0},
}


def read_quiz(package: Package, path: str) -> Quiz | None:
    """The quiz of a module, or None when the file cannot be read. Problems go to the package."""
    table = open_table(package, path)
    if table is None:
        return None
    values: dict[str, Any] = {
        "id": table.identifier(),
        "title": table.text("title"),
        "draw": table.integer("draw", 1),
        "pass_mark": table.integer("pass_mark", 1, 100),
        "wait_hours": table.integer("wait_hours", 0, default=12),
        "minutes": table.integer("minutes", 1) if table.has("minutes") else None,
        "attempts": table.integer("attempts", 1) if table.has("attempts") else None,
        "feedback": table.yes("feedback", default=True),
    }
    asked = table.tables("questions")
    rules = [PartRules(each) for each in table.tables("parts")] if table.has("parts") else []
    seats = [Seat(each, [rule.id for rule in rules]) for each in asked]
    questions = tuple(question for each in asked if (question := read_question(each)) is not None)
    values |= {
        "forms": tuple(forms_of(seats).values()),
        "parts": tuple(rule.filled(seats) for rule in rules),
        "unscored": frozenset(seat.question for seat in seats if not seat.scored),
    }
    check_exam(table, seats, values["parts"], values["draw"])
    if not values["forms"]:
        _check_bank(table, values["draw"], len(asked))
    table.close()
    return Quiz(**values, questions=questions, digest=_digest(values, questions))


def _check_bank(table: Table, draw: int, bank: int) -> None:
    if "questions" not in table.entries:
        return
    if draw > bank:
        table.report(f"draws {draw} questions from a bank of {bank}", "add questions or lower draw", "draw")
    elif bank < BANK_PER_DRAW * draw:
        wanted = -int(-BANK_PER_DRAW * draw // 1)
        table.report(
            f"the bank of {bank} is too small to draw {draw}",
            f"write {wanted} questions or lower draw",
            "draw",
        )


def _digest(values: dict[str, Any], questions: tuple[Question, ...]) -> str:
    """SHA-256 of what an attempt is made from and marked against; titles and waiting times are not."""
    parts = [[part.id, part.pass_mark, sorted(part.questions)] for part in values["parts"]]
    exam = [values["forms"], parts, sorted(values["unscored"])]
    matters = [values["draw"], values["pass_mark"], values["minutes"], exam, questions]
    canonical = json.dumps(matters, default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(value: object) -> object:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else vars(value)


def read_question(table: Table) -> Question | None:
    """A question, or None when its kind is unknown. Problems go to the package."""
    name = table.identifier()
    kind = table.word("kind", KINDS)
    level = cast(Level, table.word("level", get_args(Level)))
    ask = table.text("ask")
    question = KINDS[kind](table, name, level, ask) if kind else None
    table.close(every_key_known=question is not None)  # without a kind nobody knows which keys belong here
    return question


def _choice(table: Table, name: str, level: Level, ask: Text) -> Choice:
    options = _options(table, CREDIT["choice"])
    right = sum(option.credit == 100 for option in options)
    if options and not right:
        table.report("no answer is right", "mark at least one answer with right:", "answers")
    kind: Literal["single", "multiple"] = "multiple" if right > 1 else "single"
    return Choice(name, kind, level, ask, options)


def _situational(table: Table, name: str, level: Level, ask: Text) -> Choice:
    options = _options(table, CREDIT["situational"])
    best = sum(option.credit == 100 for option in options)
    if options and best != 1:
        count = "no answer is" if not best else f"{best} answers are"
        table.report(f"{count} best", "mark exactly one answer with best:", "answers")
    return Choice(name, "situational", level, ask, options)


def _options(table: Table, credit: dict[str, int]) -> tuple[Option, ...]:
    """The answers; empty when one cannot be told right or wrong, so that no count is taken of them."""
    tables = table.tables("answers")
    table.sized("answers", 2, "answers")
    options = [_option(each, credit) for each in tables]
    texts = [(option.text, each.line) for option, each in zip(options, tables, strict=True) if option]
    _check_different(table, "answer", texts)
    return () if None in options else tuple(option for option in options if option)


def _option(table: Table, credit: dict[str, int]) -> Option | None:
    marks = [mark for mark in credit if table.has(mark)]
    texts = [table.text(mark) for mark in marks]
    why = table.text("why")
    complete = table.close()
    if len(marks) != 1:
        if complete:
            table.report("an answer needs exactly one mark", f"use one of: {', '.join(credit)}")
        return None
    return Option(texts[0], credit[marks[0]], why)


def _matching(table: Table, name: str, level: Level, ask: Text) -> Matching:
    tables = table.tables("pairs")
    table.sized("pairs", 2, "pairs")
    pairs = tuple(_pair(each) for each in tables)
    extras = table.texts_at("extras") if table.has("extras") else []
    lines = [each.line for each in tables]
    _check_different(table, "left side", zip((pair.left for pair in pairs), lines, strict=True))
    _check_different(table, "right side", [*zip((pair.right for pair in pairs), lines, strict=True), *extras])
    return Matching(name, level, ask, pairs, tuple(text for text, _ in extras))


def _pair(table: Table) -> Pair:
    pair = Pair(table.text("left"), table.text("right"), table.text("why"))
    table.close()
    return pair


def _ordering(table: Table, name: str, level: Level, ask: Text) -> Ordering:
    steps = table.texts_at("steps")
    table.sized("steps", 3, "steps")
    _check_different(table, "step", steps)
    return Ordering(name, level, ask, tuple(text for text, _ in steps), table.text("why"))


def _numeric(table: Table, name: str, level: Level, ask: Text) -> Numeric:
    answer = table.decimal("answer")
    tolerance = table.decimal("tolerance")
    if tolerance is not None and tolerance < 0:
        table.report("`tolerance` is negative", "write 0 for an exact answer", "tolerance")
    unit, why = table.text("unit"), table.text("why")
    return Numeric(name, level, ask, answer or Decimal(0), tolerance or Decimal(0), unit, why)


def _check_different(table: Table, what: str, texts: Iterable[tuple[Text, int]]) -> None:
    """Report a text that stands twice in one language: nobody could tell the two apart."""
    seen: set[tuple[str, str]] = set()
    for text, line in texts:
        new = {(lang, text[lang]) for lang in LANGS if text[lang]}
        if new & seen:
            _, same = min(new & seen)
            table.package.report(
                table.path, line, f"the {what} `{same}` is given twice", "make the texts different"
            )
        seen |= new


KINDS: dict[str, Callable[[Table, str, Level, Text], Question]] = {
    "choice": _choice,
    "situational": _situational,
    "matching": _matching,
    "ordering": _ordering,
    "numeric": _numeric,
}
