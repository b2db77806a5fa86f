"""Numbers as people in Japan type them, read exactly."""

import re
import unicodedata
from decimal import Decimal

from lti_tool.domain.course import Text

LONGEST = 60
"""Characters; nobody types a longer number, and reading one must stay cheap."""

_MINUS = str.maketrans({"−": "-", "‐": "-", "–": "-", "—": "-", "ー": "-", "▲": "-", "△": "-", "、": ","})
_PLAIN = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+", re.ASCII)
_MYRIADS = (("兆", 10**12), ("億", 10**8), ("万", 10**4))


def read_number(typed: str, unit: Text) -> Decimal | None:
    """The number in `typed`, or None when it is none.

    Full-width digits, thousands commas, spaces, a yen or percent sign, the unit of the question, 万/億/兆
    (`12万`, `1億2,000万`) and the minus signs of Japanese keyboards and accounts (`−`, `▲`) are understood.
    """
    if len(typed) > LONGEST:
        return None
    words = unicodedata.normalize("NFKC", typed).translate(_MINUS)
    words = re.sub(r"\s+", "", words).casefold()
    negative = words.startswith("-")
    words = words.removeprefix("-").removeprefix("+")
    if words[:1] in {"¥", "\\"}:
        words = words[1:]
    size = _myriads(_without_unit(words, unit))
    return -size if size and negative else size


def _without_unit(words: str, unit: Text) -> str:
    for written in (unit.ja, unit.en, "円", "%"):
        plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", written)).casefold()
        if plain and words.endswith(plain) and words != plain:
            return words.removesuffix(plain)
    return words


def _myriads(words: str) -> Decimal | None:
    total = Decimal(0)
    read = False
    for sign, size in _MYRIADS:
        if sign in words:
            before, _, words = words.partition(sign)
            part = _plain(before)
            if part is None:
                return None
            total += part * size
            read = True
    if read and not words:
        return total
    rest = _plain(words)
    return None if rest is None else total + rest


def _plain(words: str) -> Decimal | None:
    return Decimal(words.replace(",", "")) if _PLAIN.fullmatch(words) else None
