"""Requirements get lost neither from the list nor from the tests: every id has a test that names it, or a reason."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import lti_coverage
import pytest
from guards.source import ROOT
from lti_coverage import Requirement

IDS = 388
"""How many requirements were counted in the standards and in what is known of attacks. Never fewer."""

SPINE = {"LOG", "STA", "TOK", "CLM", "ROL", "COO"}
"""Login, state, token, claims, roles, cookies: what must be there has a test, or does not apply at all."""

REASONS = ("later: ", "not applicable: ", "optional, not offered: ")
LEVELS = {"MUST", "SHOULD", "MAY", "INFO"}


@pytest.fixture(scope="module")
def wanted() -> list[Requirement]:
    """The list."""
    return lti_coverage.requirements()


@pytest.fixture(scope="module")
def tests() -> dict[str, list[str]]:
    """What the tests name."""
    return lti_coverage.evidence()


def unaccounted(wanted: list[Requirement], tests: Mapping[str, list[str]]) -> Iterator[str]:
    """Requirements with neither test nor reason, with both, or with a reason that is none."""
    for item in wanted:
        if item.id in tests and item.reason:
            yield f"{item.id}: a test names it, so drop its reason ({item.reason})"
        elif item.id not in tests and not is_reason(item):
            yield f"{item.id}: no test names it, and '{item.reason}' is no reason"


def is_reason(item: Requirement) -> bool:
    """Whether a requirement without test says why. What a platform does is no work of ours, and INFO only."""
    if item.level == "INFO":
        return item.reason == "platform's side"
    kinds = ("not applicable: ",) if item.level == "MUST" and item.section in SPINE else REASONS
    return item.reason.startswith(kinds) and len(item.reason.partition(": ")[2]) >= 8


def test_no_requirement_is_lost(wanted: list[Requirement]):
    assert len({item.id for item in wanted}) == len(wanted) >= IDS


def test_the_list_is_complete_in_itself(wanted: list[Requirement]):
    for item in wanted:
        assert lti_coverage.ID.fullmatch(item.id), item
        assert item.level in LEVELS, item
        assert 1 <= len(item.statement.split()) <= 16, item


def test_every_requirement_has_a_test_or_a_reason(wanted: list[Requirement], tests: dict[str, list[str]]):
    assert list(unaccounted(wanted, tests)) == []


def test_tests_name_only_what_is_on_the_list(wanted: list[Requirement], tests: dict[str, list[str]]):
    assert set(tests) - {item.id for item in wanted} == set()


@pytest.mark.parametrize(
    ("level", "name", "reason", "fine"),
    [
        ("MUST", "AGS-99", "", False),
        ("MUST", "AGS-99", "later: ", False),
        ("MUST", "AGS-99", "no time", False),
        ("MUST", "AGS-99", "later: course copies", True),
        ("MUST", "LOG-99", "later: course copies", False),
        ("MUST", "LOG-99", "not applicable: x", False),
        ("MUST", "LOG-99", "not applicable: there is no such login", True),
        ("SHOULD", "LOG-99", "later: course copies", True),
        ("INFO", "LOG-99", "platform's side", True),
        ("MUST", "AGS-99", "platform's side", False),
    ],
)
def test_a_missing_test_is_found(level: str, name: str, reason: str, fine: bool):
    item = Requirement(name, level, "a statement", reason)
    assert (list(unaccounted([item], {})) == []) is fine


def test_a_reason_beside_a_test_is_found():
    item = Requirement("AGS-99", "MUST", "a statement", "later: course copies")
    assert list(unaccounted([item], {"AGS-99": ["a::b"]}))


def test_only_docstrings_of_tests_count(tmp_path: Path):
    lines = (
        'def test_a():\n    """LOG-01, CERT-B02: x."""\n',
        'def helper():\n    """LOG-02."""\n',
        "# LOG-03\n",
    )
    (tmp_path / "test_x.py").write_text("".join(lines))
    (tmp_path / "support.py").write_text(lines[0])
    found = lti_coverage.evidence(tmp_path)
    assert found == {"LOG-01": ["test_x.py::test_a"], "CERT-B02": ["test_x.py::test_a"]}


def test_the_table_is_printed(wanted: list[Requirement], tests: dict[str, list[str]]):
    script = ROOT / "tests" / "lti_coverage.py"
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert all(f"{item.id:9}" in run.stdout for item in wanted)
    must = sum(item.level == "MUST" for item in wanted)
    assert run.stdout.splitlines()[-1].split()[:2] == ["all", str(must)]
