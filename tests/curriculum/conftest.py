"""A copy of the tiny course that a test may damage."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

TINY = Path(__file__).parents[1] / "courses" / "tiny"
Edit = Callable[[str, str, str], int]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


@pytest.fixture
def edit(package: Path) -> Edit:
    """Replace the first `old` in a file by `new`; gives the line where that happened."""

    def change(path: str, old: str, new: str) -> int:
        text = (package / path).read_text(encoding="utf-8")
        before, found, after = text.partition(old)
        assert found, f"{old!r} is not in {path}"
        (package / path).write_text(before + new + after, encoding="utf-8")
        return before.count("\n") + 1

    return change
