"""Links from a page to the glossary: the first use of each term, where it stands in running text."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from markdown_it.token import Token

from lti_tool.domain.course import Lang, Term
from lti_tool.domain.glossary import spellings

_RUBY = re.compile(r"<ruby>([^<]*)<rp>")
_SCRIPTS = ("々〇一-鿿", "ァ-ヺー", "A-Za-z0-9_")
"""A word does not end where the next letter is of the same script: 限定 is not part of 数量限定品."""

_OKURIGANA = "(?!ます|まし|ませ|[るたてなれろよずばっ一-鿿])"
"""What follows a noun in hiragana is no ending of a verb: 迷い, but not 迷います."""


class Terms:
    """Finds the terms of a glossary in pages of one language, longer ones first."""

    def __init__(self, glossary: Sequence[Term], lang: Lang) -> None:
        self._terms: dict[str, Term] = {}
        for term in glossary:
            for spelling in spellings(term, lang):
                self._terms.setdefault(_key(spelling), term)
        longest = sorted(self._terms, key=len, reverse=True)
        self._any = re.compile("|".join(map(_pattern, longest)) or r"(?!)")

    def link(self, tokens: Sequence[Token], base: str) -> None:
        """Link the first use of each term in a page. Headings, heads of tables, links and code stay as they are."""
        seen: set[str] = set()
        passed = False
        for token in tokens:
            if token.type in {"heading_open", "th_open"}:
                passed = True
            elif token.type in {"heading_close", "th_close"}:
                passed = False
            elif token.children and not passed:
                token.children = list(self._linked(token.children, base, seen))

    def _linked(self, children: Sequence[Token], base: str, seen: set[str]) -> Iterator[Token]:
        inside = 0
        for token in children:
            inside += token.nesting if token.type.startswith("link_") else 0
            ruby = _RUBY.match(token.content) if token.type == "html_inline" else None
            if inside:
                yield token
            elif token.type == "text":
                yield from self._text(token, base, seen)
            elif ruby and (term := self._terms.get(_key(ruby[1]))) and term.id not in seen:
                yield from _link(term, token, base, seen)
            else:
                yield token

    def _text(self, token: Token, base: str, seen: set[str]) -> Iterator[Token]:
        text, start = token.content, 0
        for found in self._any.finditer(text):
            term = self._term(found[0])
            if term.id in seen:
                continue
            yield Token("text", "", 0, content=text[start : found.start()])
            yield from _link(term, Token("text", "", 0, content=found[0]), base, seen)
            start = found.end()
        yield Token("text", "", 0, content=text[start:])

    def _term(self, word: str) -> Term:
        """The term of a word that `_any` has found, also of its plural."""
        return self._terms.get(_key(word)) or self._terms[_key(word.removesuffix("s"))]


@lru_cache(maxsize=8)
def terms_of(glossary: tuple[Term, ...], lang: Lang) -> Terms:
    """The finder for a glossary, made once."""
    return Terms(glossary, lang)


def _link(term: Term, inner: Token, base: str, seen: set[str]) -> Iterator[Token]:
    seen.add(term.id)
    opening = Token("link_open", "a", 1)
    opening.attrs = {"href": f"{base}#term-{term.id}", "class": "term"}
    yield from (opening, inner, Token("link_close", "a", -1))


def _key(spelling: str) -> str:
    """Equal for spellings that differ in the case of their first letter; abbreviations stay as they are."""
    return spelling if spelling[1:] != spelling[1:].lower() else spelling[:1].lower() + spelling[1:]


def _pattern(key: str) -> str:
    first = re.escape(key[0])
    if key[0].isascii() and key[0].isalpha() and key[0].islower():
        first = f"[{key[0]}{key[0].upper()}]"
    plural = "s?" if key[-1].isascii() and key[-1].isalpha() else ""
    # The look behind stands after the first letter: tried before it, it would be tried at every letter of a page.
    before, after = _script(key[0]), _script(key[-1])
    start = f"(?<![{before}].)" if before else ""
    end = f"(?![{after}])" if after else _OKURIGANA if "ぁ" <= key[-1] <= "ゖ" else ""
    return f"{first}{start}{re.escape(key[1:])}{plural}{end}"


def _script(letter: str) -> str:
    """The letters among which no word ends, if this one is of such a script."""
    return next((script for script in _SCRIPTS if re.match(f"[{script}]", letter)), "")
