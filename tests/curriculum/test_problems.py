"""Each check of the loader: one mistake, one problem, at the line of the mistake."""

from pathlib import Path

import pytest
from support.mistakes import MISTAKES, MODULE, PAGE, QUIZ, T101, T102, WORK

from lti_tool.curriculum.load import load
from lti_tool.curriculum.problems import Problem


def _one(package: Path) -> Problem:
    course, problems = load(package)
    assert course is None
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


@pytest.mark.parametrize(
    ("path", "old", "new", "below", "words"), MISTAKES, ids=lambda value: str(value)[:40]
)
def test_a_mistake_is_one_problem_at_its_line(package, edit, path, old, new, below, words):
    line = edit(path, old, new)

    problem = _one(package)

    assert words in problem.message
    assert (problem.path, problem.line) == (path, line + below)


def test_files_that_no_list_names_are_told(package):
    (package / T101 / "30-extra.ja.md").write_text("## x\n")
    (package / T101 / "assets" / "a b.svg").write_text("<svg/>")
    (package / T101 / "assets" / "spare.png").write_bytes(b"")
    (package / T101 / "asset").mkdir()
    (package / T101 / "assets" / "deep").mkdir()
    (package / "stage1" / "README.md").write_text("Notes of the authors.\n")
    (package / "stage1" / ".DS_Store").write_bytes(b"")
    (package / "stage3").mkdir()

    _, problems = load(package)

    assert [(problem.path, problem.message) for problem in problems] == [
        ("course.yaml", "the folder stage3 is not listed"),
        (f"{T101}/30-extra.ja.md", "the file is not part of the course"),
        (f"{T101}/asset", "the folder is not part of the course"),
        (f"{T101}/assets/a b.svg", "the name of this asset cannot be used"),
        (f"{T101}/assets/deep", "a folder inside assets"),
        (f"{T101}/assets/spare.png", "no page uses this asset"),
    ]


def test_another_encoding_is_told_with_its_line(package):
    (package / T101 / "10-why.ja.md").write_bytes("## a\n\n三つの気がかり\n".encode("cp932"))

    problem = _one(package)

    assert (problem.path, problem.line, problem.message) == (
        f"{T101}/10-why.ja.md",
        3,
        "this is not UTF-8 text",
    )


@pytest.mark.parametrize("path", ["20-answer.en.md", "assignment.ja.md"])
def test_a_missing_language_of_a_page_is_one_problem(package, path):
    (package / T101 / path).unlink()

    problem = _one(package)

    assert problem.path in {MODULE, WORK}
    assert problem.message == f"there is no file {T101}/{path}"


@pytest.mark.parametrize("path", ["course.yaml", "criteria.yaml", "stage1/stage.yaml", MODULE, QUIZ, WORK])
def test_a_file_that_cannot_be_read_does_not_make_others_look_wrong(package, path):
    (package / path).write_text((package / path).read_text().replace(": ", ": @", 1))

    assert _one(package).path == path


def test_other_files_are_checked_beside_one_that_cannot_be_read(package, edit):
    (package / "course.yaml").write_text("id: {")
    line = edit(QUIZ, "draw: 4", "draw: 5")

    _, problems = load(package)

    assert [(problem.path, problem.line) for problem in problems] == [("course.yaml", 1), (QUIZ, line)]


def test_a_wrong_reference_is_told_beside_a_file_that_cannot_be_read(package, edit):
    (package / "stage2/t201-plan/quiz.yaml").write_text("id: t201-quiz\ntitle: {\n")
    edit(PAGE, "assets/stream.csv", "assets/other.txt")
    edit(PAGE, "(t101-why)", "(t102-whom)")
    edit(
        f"{T102}/module.yaml",
        "lessons:",
        "needs: [{quiz_passed: t301-quiz}, {quiz_passed: t201-quiz}]\nlessons:",
    )

    _, problems = load(package)

    assert [str(problem).partition(" - ")[0] for problem in problems] == [
        f"{PAGE}:10: the link `t102-whom` leads nowhere",
        f"{PAGE}:10: there is no file {T101}/assets/other.txt",
        f"{T102}/module.yaml:8: there is no quiz `t301-quiz`",
        "stage2/t201-plan/quiz.yaml:2: this is not valid YAML (did not find expected node content)",
    ]


def test_a_misspelt_folder_is_one_problem_with_its_correction(package, edit):
    edit("stage1/stage.yaml", "t102-trust]", "t102-thrust]")

    problem = _one(package)

    assert str(problem) == (
        "stage1/stage.yaml:5: there is no folder stage1/t102-thrust - did you mean t102-trust?"
    )


def test_a_file_that_holds_no_map_is_one_problem(package):
    (package / "criteria.yaml").write_text("- C08\n- C10\n")

    assert (
        str(_one(package)) == "criteria.yaml:1: `criteria.yaml` must have keys and values - write key: value"
    )


def test_a_quiz_without_questions_is_one_problem(package):
    text = (package / QUIZ).read_text()
    (package / QUIZ).write_text(text.partition("questions:")[0])

    assert str(_one(package)) == f"{QUIZ}:1: `questions` is missing - add questions:"


def test_a_file_that_the_disk_does_not_give_is_told(package, monkeypatch):
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name in {"glossary.yaml", "stream.csv"}:
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    course, problems = load(package)

    assert course is None
    assert [problem.path for problem in problems] == ["glossary.yaml", f"{T101}/assets/stream.csv"]
    assert {problem.message for problem in problems} == {"the file cannot be read (Permission denied)"}


def test_a_link_that_leads_nowhere_is_no_file(package):
    (package / T101 / "10-why.ja.md").unlink()
    (package / T101 / "10-why.ja.md").symlink_to("nowhere.md")

    assert _one(package).message == f"there is no file {T101}/10-why.ja.md"


def test_text_with_a_special_first_character_gets_advice(package, edit):
    line = edit(QUIZ, 'en: "Price"', "en: %Price")

    assert str(_one(package)).startswith(f"{QUIZ}:{line}: this is not valid YAML")
    assert _one(package).advice == "put text that starts with * [ { @ % in quotes or after |"


def test_scalars_stay_what_the_author_typed(package, edit):
    edit(MODULE, '"Knowing hesitation"', "no")
    edit(MODULE, "code: T101", "code: 1:30")

    course, problems = load(package)

    assert problems == []
    assert course is not None
    assert (course.modules[0].title.en, course.modules[0].code) == ("no", "1:30")


@pytest.mark.parametrize(
    "sentence",
    [
        "これは国家資格ではありません。",
        "国家資格でも公的資格でもない。",
        "国家資格が要るという決まりはありません。",
        "It isn't a national licence.",
        "It is neither a national qualification nor a promise.",
        "売上を保証しません。",
        "「必ず売れます」と言われたら、根拠を聞きます。",
        "No host can promise guaranteed sales.",
    ],
)
def test_denying_to_be_a_state_licence_is_welcome(package, edit, sentence):
    edit(PAGE, "Say the", f"{sentence}\n\nSay the")

    assert load(package)[1] == []


def test_a_gate_that_asks_for_nothing_is_told(package, edit):
    edit("course.yaml", "      - {assignment: t102-assignment", "      - {assignment: t201-assignment")
    for path in (package / "stage1").glob("*/assignment.*"):
        path.unlink()

    problem = _one(package)

    assert problem.message == "`stage1` has nothing that `stage_assignments_passed` could ask for"
    assert (problem.path, problem.line) == ("course.yaml", 10)


def test_a_wrong_answer_may_claim_a_state_licence(package, edit):
    edit(QUIZ, '{ja: "人気だと言う"', '{ja: "国家資格だと言う"')

    assert load(package)[1] == []


def test_a_picture_may_be_a_link_and_an_address_may_stand_apart(package, edit):
    (package / T101 / "assets" / "second.svg").write_text("<svg/>")
    (package / T101 / "assets" / "third.svg").write_text("<svg/>")
    written = "[![a shop](assets/second.svg)](https://example.org)\n\n![a till][till]\n\n[till]: assets/third.svg\n\n"
    edit(PAGE, "Say the", f"{written}Say the")

    assert load(package)[1] == []


def test_code_in_a_page_is_left_alone(package, edit):
    edit(PAGE, "Say the", "Write `<b>` or:\n\n```html\n# <b>x</b> ![](y)\n```\n\nSay the")

    assert load(package)[1] == []


def test_what_is_for_those_who_teach_and_not_listed_is_told(package):
    (package / T101 / "instructor" / "old-key.pdf").write_bytes(b"%PDF")
    (package / T102 / "instructor").mkdir()
    (package / T102 / "instructor" / "key.md").write_text("## Key\n")
    (package / "simulations" / "draft.yaml").write_text("id: draft\n")

    _, problems = load(package)

    assert [(problem.path, problem.message) for problem in problems] == [
        ("simulations/draft.yaml", "the file is not listed"),
        (f"{T101}/instructor/old-key.pdf", "the file is not listed"),
        (f"{T102}/instructor/key.md", "the file is not listed"),
    ]
