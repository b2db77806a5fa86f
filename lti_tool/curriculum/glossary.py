"""glossary.yaml -> terms."""

import re

from lti_tool.curriculum.fields import Table, open_table
from lti_tool.curriculum.package import Package
from lti_tool.domain.course import LANGS, Lang, Term
from lti_tool.domain.glossary import spellings

GLOSSARY = "glossary.yaml"
LINKED: dict[str, tuple[Lang, ...]] = {"yes": LANGS, "no": (), "ja": ("ja",), "en": ("en",)}
"""In which pages a term is linked: everyday words of a language would be found where they mean something else."""
_READABLE = re.compile(r"[ぁ-ゖァ-ヺー・ -~κ]+")
"""Kana and Latin letters: what can be sorted as it stands."""


def read_glossary(package: Package) -> tuple[Term, ...]:
    """The terms of the course; none when it has no glossary. Problems go to the package."""
    table = open_table(package, GLOSSARY) if package.exists(GLOSSARY) else None
    if table is None:
        return ()
    taken: dict[tuple[str, str], int] = {}
    terms = []
    for each in table.tables("terms"):
        term = _term(each)
        _check_reading(each, term)
        _check_once(each, term, taken)
        terms.append(term)
    table.close()
    return tuple(terms)


def _term(table: Table) -> Term:
    term = Term(
        id=table.identifier(),
        term=table.text("term"),
        meaning=table.text("meaning"),
        reading=table.string("reading") if table.has("reading") else "",
        also=tuple(word for word, _ in table.names("also")) if table.has("also") else (),
        linked=LINKED.get(table.word("link", LINKED), LANGS) if table.has("link") else LANGS,
    )
    table.close()
    return term


def _check_reading(table: Table, term: Term) -> None:
    if term.term.ja and not _READABLE.fullmatch(term.reading or term.term.ja):
        table.report("the term cannot be sorted", 'add reading: "..." in kana', "reading")


def _check_once(table: Table, term: Term, taken: dict[tuple[str, str], int]) -> None:
    """Report a spelling that another linked term has: a page could not tell which of the two is meant."""
    for lang in LANGS:
        new = {(lang, spelling.casefold()) for spelling in spellings(term, lang)}
        for _, spelling in sorted(new & taken.keys())[:1]:
            advice = f"the term at line {taken[lang, spelling]} has it too; rename one, or write link: no"
            table.report(f"the term `{spelling}` is given twice", advice, "term")
        taken.update(dict.fromkeys(new, table.line))
