"""Whatever stands in the files: the loader answers with a course or with problems, and never raises."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.curriculum.load import load

TINY = Path(__file__).parents[1] / "courses" / "tiny"
FILES = sorted(
    path.relative_to(TINY).as_posix() for path in TINY.rglob("*") if path.suffix in {".yaml", ".md"}
)
SPICE = [
    "*",
    "&a ",
    "!x ",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    ": ",
    "- ",
    "? ",
    "|\n",
    ">",
    "\t",
    "#",
    "%",
    "@",
    "\n",
]
SPICE += [
    "---\n",
    "...\n",
    "<<: ",
    "~",
    "\x00",
    "\x85",
    "\u2028",
    "\ufeff",
    "\r",
    "国家資格",
    "![](",
    "](",
    "<b>",
    "` ",
]
SPICE += ["id: course\n", "draw: 99999999999999999999\n", "1e9999", "-0", "NaN", "../", "/", "\\", "`" * 3]


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file of the course with a few places replaced, repeated, removed or spoilt."""
    path = draw(st.sampled_from(FILES))
    text = (TINY / path).read_text(encoding="utf-8")
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from([0, 0, 1, 3, 20, 200])))
        new = draw(st.one_of(st.sampled_from(SPICE), st.just(text[start:end] * 2), st.text(max_size=5)))
        text = text[:start] + new + text[end:]
    data = text.encode("utf-8", "surrogatepass")
    return path, data + draw(st.sampled_from([b"", b"", b"\xff", b"\xe3\x81"]))


@contextlib.contextmanager
def _changed(path: Path, data: bytes) -> Iterator[None]:
    before = path.read_bytes()
    path.write_bytes(data)
    try:
        yield
    finally:
        path.write_bytes(before)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edit=edits())
def test_a_damaged_file_gives_problems_and_no_exception(package, edit):
    path, data = edit

    with _changed(package / path, data):
        course, problems = load(package)

        assert (course is None) == bool(problems)
        assert all(problem.message and problem.line >= 1 for problem in problems)


OPTIONAL = {"glossary.yaml", "start-check.yaml", "stage1/t101-hesitation/quiz.yaml"}
"""Files that nothing else of the course speaks of: a paper and a gate need the other two quizzes."""


@pytest.mark.parametrize("name", FILES)
def test_a_missing_or_empty_file_gives_problems(package, name):
    (package / name).write_text("")
    assert load(package)[1]

    (package / name).unlink()
    course, problems = load(package)
    optional = name in OPTIONAL
    assert (course is None) != optional
    assert bool(problems) != optional
