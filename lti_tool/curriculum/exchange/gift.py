"""GIFT: Moodle's text format for questions. Read and written, but for orderings, which it does not know.

Texts carry both languages as in Moodle XML. Id, kind and level stand in the comment before a question, where Moodle
looks for ids and tags.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal, cast, get_args

from lti_tool.curriculum.exchange.faults import ImportFault
from lti_tool.curriculum.exchange.words import SHARES, UNIT, WHY, join, split, unwrap, wrap
from lti_tool.domain.course import Choice, Level, Matching, Numeric, Option, Pair, Question, Quiz, Text

SPECIAL = "~=#{}:"
ARROW = " -> "
EMPTY = Text("", "")
_ESCAPED = re.compile(r"\\([~=#{}:\\n])")


# --- writing -----------------------------------------------------------------------------------------------


def write(quizzes: Iterable[Quiz]) -> tuple[str, list[str]]:
    """The banks as one text, and the ids of the questions that the format has no form for."""
    lines, left_out = [], []
    for quiz in quizzes:
        lines.append(f"$CATEGORY: $course$/top/{quiz.title.ja.replace('/', '//')}\n")
        for question in quiz.questions:
            writer = _WRITERS.get(question.kind)
            if writer is None:
                left_out.append(question.id)
                continue
            tags = f"[tag:kind-{question.kind}] [tag:level-{question.level}]"
            lines.append(f"// [id:{question.id}] {tags}\n{writer(question)}\n")
    return "\n".join(lines), left_out


def _head(question: Question, ask: str) -> str:
    return f"::{_escape(question.id)}::[markdown]{_escape(ask)}"


def _write_choice(question: Choice) -> str:
    right = sum(option.credit == 100 for option in question.options)
    marks = {100: "=", 50: "~%50%", 0: "~"}
    if question.kind == "multiple":
        marks = {100: f"~%{SHARES[right]}%", 0: "~%-100%"}
    answers = [f"{marks[o.credit]}{_escape(join(o.text))}#{_escape(join(o.why))}" for o in question.options]
    return "\n".join([_head(question, join(question.ask)) + "{", *answers, "}"])


def _write_matching(question: Matching) -> str:
    sides = [(pair.left, pair.right) for pair in question.pairs] + [
        (EMPTY, extra) for extra in question.extras
    ]
    answers = [f"={_escape(join(left))}{ARROW}{_escape(join(right))}" for left, right in sides]
    whys = "".join(wrap(WHY, pair.why) for pair in question.pairs)
    return "\n".join([_head(question, join(question.ask)) + "{", *answers, f"####{_escape(whys)}", "}"])


def _write_numeric(question: Numeric) -> str:
    head = _head(question, f"{join(question.ask)}\n\n{wrap(UNIT, question.unit)}")
    return f"{head}{{#{question.answer:f}:{question.tolerance:f}#{_escape(join(question.why))}}}"


def _escape(words: str) -> str:
    escaped = "".join(f"\\{sign}" if sign in SPECIAL + "\\" else sign for sign in words)
    return escaped.replace("\n", "\\n")


_WRITERS: Mapping[str, Callable[..., str]] = {
    "single": _write_choice,
    "multiple": _write_choice,
    "situational": _write_choice,
    "matching": _write_matching,
    "numeric": _write_numeric,
}


# --- reading -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Entry:
    """One question as it stands in the text: still escaped."""

    id: str
    tags: frozenset[str]
    ask: str
    body: str

    @property
    def level(self) -> Level:
        found = [level for level in get_args(Level) if f"level-{level}" in self.tags]
        return cast(Level, found[0] if found else "understand")


def read(text: str) -> tuple[list[Question], list[str]]:
    """The questions of a text, and what of it could not be taken over."""
    questions, left_out = [], []
    for number, block in enumerate(_blocks(text), start=1):
        try:
            questions.append(_question(_entry(block, number)))
        except (ImportFault, InvalidOperation) as error:
            left_out.append(f"question {number}: {error}")
    return questions, left_out


def _blocks(text: str) -> Iterator[str]:
    """Questions are parted by empty lines; categories are none."""
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").lstrip("\ufeff")):
        lines = [line for line in block.splitlines() if not line.startswith("$CATEGORY")]
        if any(line.strip() and not line.startswith("//") for line in lines):
            yield "\n".join(lines)


def _entry(block: str, number: int) -> _Entry:
    comments = " ".join(line for line in block.splitlines() if line.startswith("//"))
    body = "\n".join(line for line in block.splitlines() if not line.startswith("//"))
    found = re.fullmatch(
        r"(?:::(?P<name>(?:\\.|[^\\:])*)::)?\s*(?:\[\w+\])?(?P<ask>(?:\\.|[^\\{}])*)\{(?P<body>.*)\}\s*",
        body,
        re.DOTALL,
    )
    if found is None:
        raise ImportFault("it has no answers in braces at its end")
    named = re.search(r"\[id:([^\]]+)\]", comments)
    return _Entry(
        id=named[1] if named else _plain(found["name"] or "") or f"question-{number}",
        tags=frozenset(re.findall(r"\[tag:([^\]]+)\]", comments)),
        ask=_plain(found["ask"]),
        body=found["body"].strip(),
    )


def _question(entry: _Entry) -> Question:
    body, _mark, general = _cut(entry.body, "####")
    if body.startswith("#"):
        return _read_numeric(entry, body[1:])
    answers = [(mark, words) for mark, words in re.findall(r"(?<!\\)([=~])((?:\\.|[^\\=~])*)", body)]
    if answers and all(mark == "=" and ARROW.strip() in words for mark, words in answers):
        return _read_matching(entry, [words for _mark, words in answers], _plain(general))
    if len(answers) < 2:
        raise ImportFault("it has no choice of answers")
    return _read_choice(entry, answers)


def _read_numeric(entry: _Entry, body: str) -> Numeric:
    number, _hash, why = _cut(body, "#")
    answer, _colon, tolerance = number.partition(":")
    ask, units = unwrap(UNIT, entry.ask)
    return Numeric(
        id=entry.id,
        level=entry.level,
        ask=split(ask),
        answer=Decimal(answer.strip().lstrip("=")),
        tolerance=Decimal(tolerance.strip() or "0"),
        unit=units[0] if units else EMPTY,
        why=split(_plain(why)),
    )


def _read_matching(entry: _Entry, answers: list[str], general: str) -> Matching:
    sides = [tuple(split(_plain(side)) for side in words.split(ARROW.strip(), 1)) for words in answers]
    rest, whys = unwrap(WHY, general)
    lefts = [(left, right) for left, right in sides if left != EMPTY]
    whys += [EMPTY if whys else split(rest)] * (len(lefts) - len(whys))
    pairs = tuple(Pair(left, right, why) for (left, right), why in zip(lefts, whys, strict=False))
    return Matching(
        entry.id, entry.level, split(entry.ask), pairs, tuple(r for left, r in sides if left == EMPTY)
    )


def _read_choice(entry: _Entry, answers: list[tuple[str, str]]) -> Choice:
    options = []
    for mark, words in answers:
        weight = re.match(r"\s*%(-?[\d.]+)%", words)
        credit = int(float(weight[1])) if weight else 100 if mark == "=" else 0
        text, _hash, why = _cut(words[weight.end() :] if weight else words, "#")
        options.append(Option(split(_plain(text)), credit, split(_plain(why))))
    credits = [option.credit for option in options]
    kind: Literal["single", "multiple", "situational"] = "single"
    if "kind-multiple" in entry.tags or min(credits) < 0:
        kind = "multiple"
        options = [Option(o.text, 100 if o.credit > 0 else 0, o.why) for o in options]
    elif "kind-situational" in entry.tags or 50 in credits:
        kind = "situational"
    if not any(option.credit == 100 for option in options):
        raise ImportFault("no answer is wholly right")
    return Choice(entry.id, kind, entry.level, split(entry.ask), tuple(options))


def _cut(words: str, mark: str) -> tuple[str, str, str]:
    """As `str.partition`, at the first mark that is not escaped."""
    found = re.search(rf"(?<!\\){re.escape(mark)}", words)
    return (words, "", "") if found is None else (words[: found.start()], mark, words[found.end() :])


def _plain(words: str) -> str:
    return _ESCAPED.sub(lambda sign: "\n" if sign[1] == "n" else sign[1], words).strip()
