"""Words that must not stand in the project's files: traces of a machine, of a package mirror, of unfinished work."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from guards.source import ROOT, files

# Each pattern is spelled so that it does not find itself here.
EVERYWHERE = {
    "a path of some machine": r"(?<![\w.])/(wor[k]|far[m]|roo[t])/",
    "an address or option of a package registry": (
        r"--(extra-)?index[-]url|pypi\.or[g]/simple|files\.pythonhosted\.or[g]|registry\.npmjs\.or[g]"
        r'|"resolved": *"http|registry *= *"?http'
    ),
    "another server's style or script": r"cdn\.jsdelivr\.ne[t]|unpkg\.co[m]|fonts\.googleapis\.co[m]",
    "a conflict left by a merge": r"^(<{7}|>{7}) ",
}
IN_THE_PACKAGE = {
    "unfinished work": r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b|NotImplemente[d]|lorem[ ]ipsum",
    "a debugger": r"\bbreakpoin[t]\(|\bpdb\.set_trac[e]|console\.lo[g]\(",
}


def traces(root: Path) -> Iterator[str]:
    """Every line that holds a word which must not be there."""
    for path in files(root):
        name = path.relative_to(root).as_posix()
        patterns = EVERYWHERE | (IN_THE_PACKAGE if name.startswith("lti_tool/") else {})
        text = path.read_text(encoding="utf-8")
        for what, pattern in patterns.items():
            for found in re.finditer(pattern, text, re.MULTILINE):
                yield f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {what}: {found[0]}"


def test_the_project_holds_no_such_trace():
    found = list(traces(ROOT))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README.md", "see /" + "work/main"),
        ("Makefile", "pip install --index" + "-url x"),
        (".ci/run", "curl https://pypi." + "org/simple/flask"),
        ("lti_tool/web/a.py", "x = 1  # TO" + "DO later"),
        ("lti_tool/web/static/a.js", "console." + "log(1)"),
        ("lti_tool/web/templates/a.html", "<script src=https://unpkg." + "com/x>"),
    ],
)
def test_a_planted_trace_is_found(name: str, text: str, tmp_path: Path):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(f"first line\n{text}\n")
    (found,) = traces(tmp_path)
    assert found.startswith(f"{name}:2: ")


def test_what_is_not_ours_is_not_read(tmp_path: Path):
    for name in (".venv/x.py", "var/log.txt", ".mypy_cache/x.json", "lti_tool/__pycache__/x.txt"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("/" + "work/")
    assert list(traces(tmp_path)) == []


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_requirements_are_pinned_hashed_and_name_no_place(name: str):
    """What is installed is what was reviewed, from whichever mirror."""
    text = (ROOT / "requirements" / name).read_text()
    assert "://" not in text
    entries = [entry for entry in text.replace("\\\n", " ").splitlines() if entry and entry[0] not in " #"]
    assert len(entries) > 20
    loose = [entry.split()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry]
    assert loose == []


def test_nothing_of_others_is_copied_into_the_project():
    """Bootstrap comes with its package; a copy would never be updated."""
    words = ("bootstrap", "jquery", "fontawesome", ".min.")
    names = (path.relative_to(ROOT).as_posix() for path in files(ROOT))
    assert [
        name for name in names if name.endswith((".css", ".js")) and any(word in name for word in words)
    ] == []
    styles = [path for path in files(ROOT) if path.suffix in {".css", ".js"}]
    assert [path.name for path in styles if re.search(r"Bootstrap\s+v\d|@license", path.read_text())] == []
