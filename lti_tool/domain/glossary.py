"""The glossary: how a term may be spelt in a page, and the order in which a reader looks for it."""

import re
import unicodedata
from collections.abc import Iterable

from lti_tool.domain.course import Lang, Term

ROWS = {
    "あいうえおぁぃぅぇぉ": "あ",
    "かきくけこ": "か",
    "さしすせそ": "さ",
    "たちつてとっ": "た",
    "なにぬねの": "な",
    "はひふへほ": "は",
    "まみむめも": "ま",
    "やゆよゃゅょ": "や",
    "らりるれろ": "ら",
    "わをん": "わ",
}
_ROW = {kana: row for letters, row in ROWS.items() for kana in letters}
LATIN = "A-Z"
_ASIDE = re.compile(r"\s*[(（]([^)）]*)[)）]")
_SHORT = re.compile(r"[A-Z]{2,}")

Shelf = tuple[str, list[Term]]


def spellings(term: Term, lang: Lang) -> list[str]:
    """What is linked to the term in a page of a language: its name without what stands in brackets, an abbreviation
    that does (`CTR`), and its other spellings."""
    if lang not in term.linked:
        return []
    name = term.term[lang]
    short = [aside for aside in _ASIDE.findall(name) if _SHORT.fullmatch(aside)]
    return list(dict.fromkeys([_ASIDE.sub("", name), *short, *term.also]))


def shelves(terms: Iterable[Term], lang: Lang) -> list[Shelf]:
    """The terms in the order of the dictionary, by row of the kana table or by letter; no shelf is empty."""
    found: dict[str, list[Term]] = {}
    for term in sorted(terms, key=lambda term: _key(term, lang)):
        found.setdefault(_label(term, lang), []).append(term)
    return list(found.items())


def _key(term: Term, lang: Lang) -> tuple[bool, str, str]:
    name = _name(term, lang)
    return lang == "ja" and _label(term, lang) == LATIN, _plain(name), name


def _name(term: Term, lang: Lang) -> str:
    return (term.reading or term.term.ja) if lang == "ja" else term.term.en


def _label(term: Term, lang: Lang) -> str:
    first = _plain(_name(term, lang))[:1]
    if lang == "en":
        return first.upper()
    return _ROW.get(first, LATIN)


def _plain(name: str) -> str:
    """As dictionaries sort: hiragana without voicing marks, long vowels and dots; small letters."""
    marked = unicodedata.normalize("NFKD", name)
    bare = "".join(letter for letter in marked if not unicodedata.combining(letter) and letter not in "ー・")
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in bare).casefold()
