"""Banks go out of the package and come back by the command line."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from lti_tool.cli import main

TINY = Path(__file__).parent / "courses" / "tiny"


@pytest.fixture
def run(monkeypatch):
    """The command, with the tiny course."""
    monkeypatch.setenv("LTI_TOOL_CONTENT", str(TINY))

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["content", *arguments])

    return call


@pytest.mark.parametrize("form", ["moodle-xml", "gift"])
def test_a_bank_goes_out_and_comes_back(run, tmp_path, form):
    file = str(tmp_path / "bank")
    out = run("export", "--format", form, "--quiz", "t101-quiz", file)
    assert out.exit_code == 0, out.output
    assert "1 banks" in out.stderr
    back = run("import", "--format", form, file)
    assert back.exit_code == 0
    ids = [question["id"] for question in yaml.safe_load(back.stdout)["questions"]]
    original = yaml.safe_load((next(TINY.glob("stage1/t101*")) / "quiz.yaml").read_text(encoding="utf-8"))[
        "questions"
    ]
    kept = [each["id"] for each in original if form == "moodle-xml" or each["kind"] != "ordering"]
    assert ids == kept
    left = [each["id"] for each in original if each["id"] not in kept]
    assert all(name in out.stderr for name in left)


def test_examinations_are_not_given_out_unless_they_are_named(run, tmp_path, monkeypatch):
    monkeypatch.setenv("LTI_TOOL_CONTENT", str(Path(__file__).parent.parent / "content"))
    file = tmp_path / "bank"
    run("export", "--format", "moodle-xml", str(file))
    assert b"m101-" in file.read_bytes()
    assert b"g1a-" not in file.read_bytes()
    run("export", "--format", "moodle-xml", "--quiz", "gate1-test", str(file))
    assert b"g1a-" in file.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("export", "--format", "gift", "--quiz", "nothing", "x"), "no such quiz: nothing"),
        (("export", "--format", "paper", "x"), "paper"),
        (("import", "--format", "moodle-xml", str(TINY / "course.yaml")), "not XML"),
        (("import", "--format", "gift", "/nowhere"), "/nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(run, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code != 0
    assert words in result.stderr
    assert "Traceback" not in result.output
