"""facts.yaml: what changes without asking us - rules of platforms, thresholds, dates - each kept in one place.

A page writes `[[fact:ID]]` for the sentence with the day on which it was checked, or `[[as-of:ID]]` for that day
alone, where the words around it say the rest.
"""

import re
from collections.abc import Iterator
from datetime import date

from lti_tool.curriculum.fields import Table, open_table
from lti_tool.curriculum.package import Package, correction
from lti_tool.curriculum.problems import Problem
from lti_tool.domain.course import Lang
from lti_tool.domain.facts import Fact, as_of, dated

FACTS = "facts.yaml"
_USE = re.compile(r"\[\[(fact|as-of):([^\]\n]*)\]\]")


def read_facts(package: Package) -> None:
    """Read the facts into `package.facts`; none when the course has no such file. Problems go to the package."""
    table = open_table(package, FACTS) if package.exists(FACTS) else None
    if table is None:
        return
    package.facts.update((fact.id, fact) for each in table.tables("facts") if (fact := _fact(each)))
    table.close()


def _fact(table: Table) -> Fact | None:
    name, text, source = table.identifier(), table.text("text"), table.string("source")
    verified_on, review_by = _day(table, "verified_on"), _day(table, "review_by")
    table.close()
    if verified_on is None or review_by is None:
        table.package.broken.add(FACTS)  # pages that show this fact are not at fault
        return None
    if review_by <= verified_on:
        table.report("`review_by` is not after `verified_on`", "name the day of the next look", "review_by")
    return Fact(name, text, source, verified_on, review_by, table.line)


def _day(table: Table, key: str) -> date | None:
    text = table.string(key)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        table.report(f"`{key}` must be a day, not `{text}`", "write it as 2026-11-22", key)
        return None


def fill(package: Package, path: str, text: str, lang: Lang) -> str:
    """The text of a page with its facts written out; what it names and is not there is reported."""

    def written(found: re.Match[str]) -> str:
        fact = package.facts.get(found[2])
        if fact is None:
            _unknown(package, path, text.count("\n", 0, found.start()) + 1, found[2])
            return found[0]
        return dated(fact, lang) if found[1] == "fact" else as_of(fact.verified_on, lang)

    return _USE.sub(written, text)


def _unknown(package: Package, path: str, line: int, name: str) -> None:
    if FACTS not in package.broken:
        advice = correction(name, package.facts, f"add it to {FACTS}")
        package.report(path, line, f"there is no fact `{name}`", advice)


def check_used(package: Package) -> None:
    """Report facts that no page shows."""
    pages = [text for path, text in package.texts.items() if path.endswith(".md")]
    used = {found[2] for text in pages for found in _USE.finditer(text)}
    for name in package.facts.keys() - used:
        if not package.broken:
            package.report(
                FACTS, package.facts[name].line, f"no page shows the fact `{name}`", "use it, or delete it"
            )


def overdue(package: Package, today: date) -> Iterator[Problem]:
    """The facts that somebody should have looked up again."""
    for fact in package.facts.values():
        if fact.review_by < today:
            message = f"the fact `{fact.id}` was to be looked up again by {fact.review_by.isoformat()}"
            yield Problem(FACTS, fact.line, message, f"see {fact.source}, then renew its dates")
