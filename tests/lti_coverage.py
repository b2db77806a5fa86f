"""Which requirement of LTI 1.3 and its services is shown by which test: the table behind `make lti-coverage`.

A test names what it shows by the requirement's id in its docstring. `docs/lti-requirements.tsv` lists every id;
one that no test names carries the reason there.
"""

import ast
import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parent
REQUIREMENTS = TESTS.parent / "docs" / "lti-requirements.tsv"
ID = re.compile(r"\b[A-Z]{2,4}-[A-Z]?\d{2}\b")


@dataclass(frozen=True)
class Requirement:
    """One line of the list. `level` is MUST, SHOULD, MAY or INFO; `reason` is empty where a test shows it."""

    id: str
    level: str
    statement: str
    reason: str

    @property
    def section(self) -> str:
        """`LOG` of LOG-01."""
        return self.id.partition("-")[0]


def requirements(path: Path = REQUIREMENTS) -> list[Requirement]:
    """Every requirement, in the order of the file."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Requirement(row["id"], row["level"], row["statement"], row["reason"] or "") for row in rows]


def evidence(folder: Path = TESTS) -> dict[str, list[str]]:
    """`file::function` of the tests that name an id in their docstring, by id."""
    found = defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        for test in _test_functions(ast.parse(path.read_text(encoding="utf-8"))):
            for name in dict.fromkeys(ID.findall(ast.get_docstring(test) or "")):
                found[name].append(f"{path.relative_to(folder).as_posix()}::{test.name}")
    return dict(found)


def _test_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The tests of a module; docstrings of helpers and fixtures show nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def lines(wanted: list[Requirement], tests: Mapping[str, list[str]]) -> Iterator[str]:
    """The table: id, level, statement, then one line for each test, or the reason."""
    for item in wanted:
        yield f"{item.id:9}{item.level:8}{item.statement}"
        for line in tests.get(item.id, [f"- {item.reason or 'NOTHING'}"]):
            yield f"{'':17}{line}"


def summary(wanted: list[Requirement], tests: Mapping[str, list[str]]) -> Iterator[str]:
    """How many MUSTs of each section a test shows, and how many have a reason instead."""
    must = [item for item in wanted if item.level == "MUST"]
    total = Counter(item.section for item in must)
    shown = Counter(item.section for item in must if item.id in tests)
    yield f"{'section':9}{'MUST':>6}{'tested':>8}{'reason':>8}"
    for section in dict.fromkeys(item.section for item in must):
        count, tested = total[section], shown[section]
        yield f"{section:9}{count:6}{tested:8}{count - tested:8}"
    yield f"{'all':9}{total.total():6}{shown.total():8}{total.total() - shown.total():8}"


def main() -> None:
    """Print the table and its summary."""
    wanted, tests = requirements(), evidence()
    sys.stdout.write("\n".join([*lines(wanted, tests), "", *summary(wanted, tests), ""]))


if __name__ == "__main__":
    main()
