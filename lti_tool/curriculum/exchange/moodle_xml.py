"""Moodle XML: what Moodle's question bank imports and exports. Read and written; every kind of question survives.

Texts are Markdown with both languages for Moodle's multi-language filter. Moodle has no multiple choice that counts
only when it is whole: there a wrong tick costs what a right one brings. The kind and the level travel as tags.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Literal, cast, get_args
from xml.etree import ElementTree as Xml

from lti_tool.curriculum.exchange.faults import ImportFault
from lti_tool.curriculum.exchange.words import SHARES, UNIT, WHY, join, split, unwrap, wrap
from lti_tool.domain.course import (
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

EMPTY = Text("", "")


# --- writing -----------------------------------------------------------------------------------------------


def write(quizzes: Iterable[Quiz]) -> bytes:
    """The banks as one file, each quiz in a category of its own."""
    root = Xml.Element("quiz")
    for quiz in quizzes:
        category = Xml.SubElement(Xml.SubElement(root, "question", type="category"), "category")
        _text(category, f"$course$/top/{quiz.title.ja.replace('/', '//')}")
        for question in quiz.questions:
            _WRITERS[question.kind](root, question)
    Xml.indent(root)
    written: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _question(root: Xml.Element, kind: str, question: Question, ask: str, general: str = "") -> Xml.Element:
    node = Xml.SubElement(root, "question", type=kind)
    _text(Xml.SubElement(node, "name"), question.id)
    _text(Xml.SubElement(node, "questiontext", format="markdown"), ask)
    _text(Xml.SubElement(node, "generalfeedback", format="markdown"), general)
    for name, value in (("defaultgrade", "1"), ("penalty", "0"), ("hidden", "0"), ("idnumber", question.id)):
        Xml.SubElement(node, name).text = value
    tags = Xml.SubElement(node, "tags")
    for tag in (f"kind:{question.kind}", f"level:{question.level}"):
        _text(Xml.SubElement(tags, "tag"), tag)
    return node


def _write_choice(root: Xml.Element, question: Choice) -> None:
    node = _question(root, "multichoice", question, join(question.ask))
    many = question.kind == "multiple"
    for name, value in (
        ("single", "false" if many else "true"),
        ("shuffleanswers", "true"),
        ("answernumbering", "none"),
    ):
        Xml.SubElement(node, name).text = value
    right = sum(option.credit == 100 for option in question.options)
    for option in question.options:
        fraction = (SHARES[right] if option.credit else "-100") if many else str(option.credit)
        answer = Xml.SubElement(node, "answer", fraction=fraction, format="markdown")
        _text(answer, join(option.text))
        _text(Xml.SubElement(answer, "feedback", format="markdown"), join(option.why))


def _write_matching(root: Xml.Element, question: Matching) -> None:
    whys = "\n".join(wrap(WHY, pair.why) for pair in question.pairs)
    node = _question(root, "matching", question, join(question.ask), whys)
    Xml.SubElement(node, "shuffleanswers").text = "true"
    for left, right in [(pair.left, pair.right) for pair in question.pairs] + [
        (EMPTY, extra) for extra in question.extras
    ]:
        part = Xml.SubElement(node, "subquestion", format="markdown")
        _text(part, join(left))
        _text(Xml.SubElement(part, "answer"), join(right))


def _write_ordering(root: Xml.Element, question: Ordering) -> None:
    node = _question(root, "ordering", question, join(question.ask), wrap(WHY, question.why))
    for name, value in (
        ("layouttype", "VERTICAL"),
        ("selecttype", "ALL"),
        ("selectcount", "0"),
        ("gradingtype", "ALL_OR_NOTHING"),
        ("showgrading", "SHOW"),
        ("numberingstyle", "none"),
        ("shownumcorrect", "0"),  # without it Moodle 5.1 makes hints of nothing and breaks off the import
    ):
        Xml.SubElement(node, name).text = value
    for step in question.steps:
        _text(Xml.SubElement(node, "answer", fraction="100", format="markdown"), join(step))


def _write_numeric(root: Xml.Element, question: Numeric) -> None:
    node = _question(root, "numerical", question, f"{join(question.ask)}\n\n{wrap(UNIT, question.unit)}")
    answer = Xml.SubElement(node, "answer", fraction="100", format="moodle_auto_format")
    _text(answer, f"{question.answer:f}")
    Xml.SubElement(answer, "tolerance").text = f"{question.tolerance:f}"
    _text(Xml.SubElement(answer, "feedback", format="markdown"), join(question.why))
    Xml.SubElement(node, "unitgradingtype").text = "0"
    Xml.SubElement(node, "showunits").text = "3"  # the unit stands in the question


def _text(node: Xml.Element, words: str) -> None:
    Xml.SubElement(node, "text").text = words


_WRITERS: Mapping[str, Callable[..., None]] = {
    "single": _write_choice,
    "multiple": _write_choice,
    "situational": _write_choice,
    "matching": _write_matching,
    "ordering": _write_ordering,
    "numeric": _write_numeric,
}


# --- reading -----------------------------------------------------------------------------------------------


def read(content: bytes) -> tuple[list[Question], list[str]]:
    """The questions of a file, and what of it could not be taken over. Raises ImportFault."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ImportFault("the file declares entities; Moodle's own exports do not")
    try:
        root = Xml.fromstring(content)  # noqa: S314 (without entities there is nothing to expand)
    except Xml.ParseError as error:
        raise ImportFault(f"the file is not XML: {error}") from error
    if root.tag != "quiz":
        raise ImportFault(f"the file is <{root.tag}>, not the <quiz> of Moodle's question bank")
    questions, left_out = [], []
    for number, node in enumerate(root.iterfind("question"), start=1):
        kind = node.get("type", "")
        if kind == "category":
            continue
        try:
            questions.append(_READERS[kind](node, _Head(node, number)))
        except KeyError:
            left_out.append(f"question {number}: the kind `{kind}` has no like here")
        except (ImportFault, InvalidOperation) as error:
            left_out.append(f"question {number}: {error}")
    return questions, left_out


class _Head:
    """What all kinds have in common."""

    def __init__(self, node: Xml.Element, number: int) -> None:
        tags = [_words(tag) for tag in node.iterfind("tags/tag")]
        marks = dict(tag.split(":", 1) for tag in tags if ":" in tag)
        self.id = node.findtext("idnumber") or f"question-{number}"
        self.kind = marks.get("kind", "")
        level = marks.get("level", "")
        self.level = cast(Level, level if level in get_args(Level) else "understand")
        self.ask = _words(node.find("questiontext"))
        self.general = _words(node.find("generalfeedback"))


def _read_choice(node: Xml.Element, head: _Head) -> Choice:
    answers = list(node.iterfind("answer"))
    credits = [_credit(answer.get("fraction", "0")) for answer in answers]
    kind: Literal["single", "multiple", "situational"] = "single"
    if node.findtext("single") == "false":
        kind, credits = "multiple", [100 if credit > 0 else 0 for credit in credits]
    elif head.kind == "situational" or 50 in credits:
        kind = "situational"
    if 100 not in credits:
        raise ImportFault("no answer is wholly right")
    options = tuple(
        Option(split(_words(answer)), credit, split(_words(answer.find("feedback"))))
        for answer, credit in zip(answers, credits, strict=True)
    )
    return Choice(head.id, kind, head.level, split(head.ask), options)


def _read_matching(node: Xml.Element, head: _Head) -> Matching:
    parts = [
        (split(_words(part)), split(_words(part.find("answer")))) for part in node.iterfind("subquestion")
    ]
    lefts = [part for part in parts if part[0] != EMPTY]
    _rest, whys = unwrap(WHY, head.general)
    whys += [split(head.general) if not whys else EMPTY] * (len(lefts) - len(whys))
    pairs = tuple(Pair(left, right, why) for (left, right), why in zip(lefts, whys, strict=False))
    return Matching(
        head.id, head.level, split(head.ask), pairs, tuple(right for left, right in parts if left == EMPTY)
    )


def _read_ordering(node: Xml.Element, head: _Head) -> Ordering:
    rest, whys = unwrap(WHY, head.general)
    steps = tuple(split(_words(answer)) for answer in node.iterfind("answer"))
    return Ordering(head.id, head.level, split(head.ask), steps, whys[0] if whys else split(rest))


def _read_numeric(node: Xml.Element, head: _Head) -> Numeric:
    answer = next(
        (found for found in node.iterfind("answer") if found.get("fraction", "").startswith("100")), None
    )
    if answer is None:
        raise ImportFault("no answer is wholly right")
    ask, units = unwrap(UNIT, head.ask)
    return Numeric(
        id=head.id,
        level=head.level,
        ask=split(ask),
        answer=Decimal(_words(answer)),
        tolerance=Decimal(answer.findtext("tolerance") or "0"),
        unit=units[0] if units else split(node.findtext("units/unit/unit_name") or ""),
        why=split(_words(answer.find("feedback"))),
    )


def _credit(fraction: str) -> int:
    try:
        return max(-100, min(100, int(float(fraction))))
    except (ValueError, OverflowError) as error:
        raise ImportFault(f"`{fraction}` is no fraction") from error


def _words(node: Xml.Element | None) -> str:
    return ((node.findtext("text") if node is not None else "") or "").strip()


_READERS: Mapping[str, Callable[[Xml.Element, _Head], Question]] = {
    "multichoice": _read_choice,
    "matching": _read_matching,
    "ordering": _read_ordering,
    "numerical": _read_numeric,
}
