"""Files that fit into the head, functions that fit on a screen."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from guards.source import ROOT

FILE_LINES = 300
FUNCTION_LINES = 40
SUFFIXES = {".py", ".html", ".js", ".css"}
FOLDERS = ("lti_tool", "tests", "bench")
HISTORY = "lti_tool/storage/migrations/versions"
"""Generated once and never edited again: one statement a column, and one function a version."""


def long_files(root: Path) -> Iterator[str]:
    """Every file of ours that has more lines than one reads in one go."""
    for path in _files(root):
        count = len(path.read_text(encoding="utf-8").splitlines())
        if count > FILE_LINES:
            yield f"{path.relative_to(root)}: {count} lines"


def long_functions(root: Path) -> Iterator[str]:
    """Every function that is longer than a screen, decorators not counted."""
    for path in _files(root):
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                count = (node.end_lineno or node.lineno) - node.lineno + 1
                if count > FUNCTION_LINES:
                    yield f"{path.relative_to(root)}:{node.lineno}: {node.name} has {count} lines"


def _files(root: Path) -> list[Path]:
    found = (path for folder in FOLDERS for path in (root / folder).rglob("*") if path.suffix in SUFFIXES)
    return sorted(path for path in found if HISTORY not in path.relative_to(root).as_posix())


def test_no_file_is_longer_than_one_reads_in_one_go():
    found = list(long_files(ROOT))
    assert not found, "\n".join(found)


def test_no_function_is_longer_than_a_screen():
    found = list(long_functions(ROOT))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["lti_tool/web/a.py", "lti_tool/web/templates/a.html", "tests/a.js"])
def test_a_long_file_is_found(name: str, tmp_path: Path):
    _write(tmp_path / name, "\n" * FILE_LINES)
    assert list(long_files(tmp_path)) == []
    _write(tmp_path / name, "\n" * (FILE_LINES + 1))
    assert list(long_files(tmp_path)) == [f"{name}: 301 lines"]


def test_a_long_function_is_found_even_in_a_class(tmp_path: Path):
    body = "    x = 1\n" * (FUNCTION_LINES - 1)
    _write(tmp_path / "lti_tool/a.py", f"@mark\ndef short():\n{body}")
    assert list(long_functions(tmp_path)) == []
    _write(tmp_path / "lti_tool/b.py", f"def long():\n{body}    x = 2\n")
    assert list(long_functions(tmp_path)) == ["lti_tool/b.py:1: long has 41 lines"]


def test_the_history_of_the_schema_may_be_long(tmp_path: Path):
    _write(tmp_path / HISTORY / "0001_all.py", "\n" * 1000)
    assert list(long_files(tmp_path)) == []


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
