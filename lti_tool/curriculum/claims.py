"""Words that a course with a private certificate, about selling honestly, must not say in its own voice."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lti_tool.curriculum.package import Package

_SENTENCE_END = re.compile(r"[。！？!?\"「」|]|\.(?=\s)|\n\s*\n|\n\s*[-#]")
_KEY = re.compile(r"^[ -]*(?!(?:ja|en):)(\w+):", re.MULTILINE)
_UNTRUE = frozenset({"wrong", "poor"})
_NOT = r"\b(?:not?|nor|neither|never)\b|n['’]t\b"


@dataclass(frozen=True)
class _Claim:
    """`words` are welcome where the sentence denies them; `quoted` ones also as somebody's words, in 「」."""

    words: re.Pattern[str]
    denial: re.Pattern[str]
    quoted: bool


CLAIMS = (
    # Our certificate is no state licence: to say so would mislead students, and break the law for qualifications.
    _Claim(
        re.compile(r"国家資格|公的資格|国家認定資格|(?:national|state) (?:qualification|licen[cs]e)", re.I),
        re.compile(rf"ありません|(?:では|でも|じゃ)な[いく]|{_NOT}", re.I),
        quoted=False,
    ),
    # Nobody can promise sales, income or a pass: as advertising it would be a misleading representation.
    _Claim(
        re.compile(
            r"(?:必ず|絶対に?|確実に|誰でも)(?:売れ|稼げ|儲か|合格)|(?:売上|売り上げ|収入|合格)を?保証"
            r"|guaranteed? (?:sales|income|a pass)|guarantees (?:sales|income|a pass)",
            re.I,
        ),
        re.compile(rf"ません|ない|なく|{_NOT}", re.I),
        quoted=True,
    ),
)


def check_claims(package: Package, path: str, text: str) -> None:
    """Report every claim that a file makes in the voice of the course; a wrong answer may make it."""
    for place, words in _made(text, answers=path.endswith(".yaml")):
        line = text.count("\n", 0, place) + 1
        package.report(path, line, f"`{words}` reads as a claim", "say that it is not so, or leave it out")


def _made(text: str, *, answers: bool) -> Iterator[tuple[int, str]]:
    for claim in CLAIMS:
        for found in claim.words.finditer(text):
            before = max((end.end() for end in _SENTENCE_END.finditer(text, 0, found.start())), default=0)
            after = _SENTENCE_END.search(text, found.end())
            sentence = text[before : after.start() if after else len(text)]
            if claim.denial.search(sentence) or (claim.quoted and text[before - 1 : before] == "「"):
                continue
            key = [key[1] for key in _KEY.finditer(text, 0, found.start())][-1:]
            if not (answers and _UNTRUE.intersection(key)):
                yield found.start(), found[0]
