"""Each check of the loader: one mistake, one problem, at the line of the mistake."""

from pathlib import Path

import pytest

from lti_tool.curriculum.load import load
from lti_tool.curriculum.problems import Problem

T101 = "stage1/t101-hesitation"
T102 = "stage1/t102-trust"
QUIZ = f"{T101}/quiz.yaml"
WORK = f"{T101}/assignment.yaml"
MODULE = f"{T101}/module.yaml"
PAGE = f"{T101}/20-answer.en.md"
TEXT = '{ja: "あ", en: "a"}'
CRITERION = f"criteria:\n  - {{code: C08, title: {TEXT}, levels: [{', '.join([TEXT] * 4)}]}}"
ASK = f"id: t101-x, level: apply, ask: {TEXT}"
SINGLE = f"{{kind: choice, {ASK}, answers: [{{right: {TEXT}, why: {TEXT}}}]}}"
PAIRS = f"{{kind: matching, {ASK}, pairs: [{{left: {TEXT}, right: {TEXT}, why: {TEXT}}}]}}"
STEPS = f"{{kind: ordering, {ASK}, steps: [{TEXT}, {{ja: い, en: i}}], why: {TEXT}}}"
FAIR = '- fair: {ja: "止めて、後で調べて答えると伝える", en: "Stop and promise to answer later"}'


def _one(package: Path) -> Problem:
    course, problems = load(package)
    assert course is None
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


# file, text in it, what an author makes of it, how many lines below that the problem lies, words of its message
MISTAKES = [
    # structure
    ("course.yaml", "id: tiny", "id: tiny\nid: huge", 1, "`id` is given twice"),
    ("course.yaml", "id: tiny\n", "", 0, "`id` is missing"),
    ("course.yaml", "id: tiny", "id: tiny\ncolour: red", 1, "unknown key `colour`"),
    ("course.yaml", "id: tiny", "id: Tiny_Course", 0, "bad id `Tiny_Course`"),
    ("course.yaml", "id: tiny", "id: course", 0, "the id `course` is reserved"),
    ("course.yaml", "id: tiny", "id: [tiny]", 0, "`id` must be text"),
    ("course.yaml", "[stage1, stage2]", "[stage1, stage2, stage2]", 0, "the folder stage2 is listed twice"),
    (MODULE, "week: 1", "week: one", 0, "`week` must be a whole number, not `one`"),
    (MODULE, "week: 1", "week: 0", 0, "`week` must be at least 1, not 0"),
    (MODULE, "week: 1", "week: 1.5", 0, "must be a whole number"),
    (MODULE, "id: t101\n", f"id: {'x' * 101}\n", 0, "bad id"),
    (MODULE, "id: t101-answer,", "id: t101-why,", 0, "the id `t101-why` is used twice"),
    ("stage2/t201-plan/module.yaml", "needs: []", "needs: none", 0, "`needs` must be a list"),
    (MODULE, 'en: "Knowing hesitation"', 'en: ""', 0, "`en` is empty"),
    (MODULE, ', en: "Knowing hesitation"', "", 0, "`en` is missing"),
    (
        MODULE,
        '{ja: "迷いを知る", en: "Knowing hesitation"}',
        "Knowing",
        0,
        "`title` must have keys and values",
    ),
    (MODULE, 'en: "Knowing hesitation"}', 'en: "Knowing hesitation", fr: "Non"}', 0, "unknown key `fr`"),
    (MODULE, "file: 10-why", "file: 10-wy", 0, f"no file {T101}/10-wy.ja.md and {T101}/10-wy.en.md"),
    ("criteria.yaml", "criteria:", CRITERION, 2, "the criterion C08 is given twice"),
    # quizzes
    (QUIZ, "draw: 4", "draw: 11", 0, "draws 11 questions from a bank of 10"),
    (QUIZ, "draw: 4", "draw: 5", 0, "the bank of 10 is too small to draw 5"),
    (QUIZ, "draw: 4", "draw: 0", 0, "`draw` must be at least 1"),
    (QUIZ, "pass_mark: 75", "pass_mark: 101", 0, "`pass_mark` must be from 1 to 100, not 101"),
    (QUIZ, "pass_mark: 75", "pass_mark: 0", 0, "`pass_mark` must be from 1 to 100, not 0"),
    (QUIZ, "kind: matching", "kind: pairing", 0, "unknown kind `pairing`"),
    (QUIZ, "level: analyse", "level: analyze", 0, "unknown level `analyze`"),
    (QUIZ, '- right: {ja: "寸法を', '- wrong: {ja: "寸法を', -1, "no answer is right"),
    (QUIZ, '- right: {ja: "寸法を', '- correct: {ja: "寸法を', 0, "unknown key `correct`"),
    (QUIZ, '- right: {ja: "寸法を', f'- wrong: {TEXT}\n        right: {{ja: "寸法を', 0, "exactly one mark"),
    (QUIZ, FAIR, FAIR.replace("fair", "best"), -3, "2 answers are best"),
    (QUIZ, "- best:", "- fair:", -1, "no answer is best"),
    (
        QUIZ,
        'en: "Cut the price"',
        'en: "Say it is popular"',
        0,
        "the answer `Say it is popular` is given twice",
    ),
    (
        QUIZ,
        '        why: {ja: "値段には触れていません。", en: "The price is not mentioned."}\n',
        "",
        -1,
        "`why` is missing",
    ),
    (QUIZ, '"120000"', '"12万"', 0, "`answer` must be a number"),
    (QUIZ, '"120000"', "Infinity", 0, "`answer` must be a number"),
    (QUIZ, '"120000"', "1e999", 0, "`answer` must be a number"),
    (QUIZ, 'tolerance: "0.1"', 'tolerance: "-0.1"', 0, "`tolerance` is negative"),
    (
        QUIZ,
        'en: "Tell its limits"',
        'en: "Say the question back"',
        0,
        "the step `Say the question back` is given twice",
    ),
    (
        QUIZ,
        'right: {ja: "支払い", en: "Payment"}',
        'right: {ja: "支払い", en: "Safety"}',
        -1,
        "right side `Safety`",
    ),
    (
        QUIZ,
        'What others think"}\n  - id: t101-q-roles',
        'Safety"}\n  - id: t101-q-roles',
        0,
        "right side `Safety`",
    ),
    (QUIZ, 'en: "Match each word with its meaning."', 'en: "Match <b>each</b>"', 0, "holds HTML"),
    (QUIZ, 'en: "Match each word with its meaning."', 'en: "Match ![](assets/steps.svg)"', 0, "an image"),
    (QUIZ, "questions:\n", f"questions:\n  - {SINGLE}\n", 1, "only 1 answers"),
    (QUIZ, "questions:\n", f"questions:\n  - {PAIRS}\n", 1, "only 1 pairs"),
    (QUIZ, "questions:\n", f"questions:\n  - {STEPS}\n", 1, "only 2 steps"),
    (QUIZ, "questions:\n", "questions:\n  - a question\n", 1, "`questions` must have keys and values"),
    # assignments
    (WORK, "weight: 40", "weight: 41", -1, "the weights sum to 101, not to 100"),
    (WORK, "weight: 40", "weight: much", 0, "`weight` must be a whole number"),
    (WORK, "criterion: C08", "criterion: C99", 0, "unknown criterion `C99`"),
    (WORK, "criterion: C08", "criterion: C10", 1, "the criterion C10 stands twice"),
    (WORK, "docx", "exe", 0, "unknown file ending `exe`"),
    (WORK, "text: yes\nfiles: [pdf, docx]", "text: no\nfiles: []", 0, "neither text nor files"),
    (WORK, "text: yes", "text: maybe", 0, "unknown text `maybe`"),
    # gates and needs
    ("course.yaml", "before: stage2", "before: stage9", 0, "there is no stage `stage9`"),
    ("course.yaml", "quizzes_passed: stage1", "quizzes_passed: stage8", 0, "there is no stage `stage8`"),
    ("course.yaml", "quizzes_passed: stage1", "quizzes_passed: stage2", 0, "`stage2` comes later"),
    ("course.yaml", "stage_quizzes_passed", "stage_quizes_pased", 0, "unknown need `stage_quizes_pased`"),
    (
        f"{T102}/module.yaml",
        "lessons:",
        "needs: [{quiz_passed: t101-qiz}]\nlessons:",
        0,
        "no quiz `t101-qiz`",
    ),
    (
        f"{T102}/module.yaml",
        "lessons:",
        "needs: [{quiz_passed: t101-why}]\nlessons:",
        0,
        "`t101-why` is no quiz",
    ),
    (f"{T102}/module.yaml", "lessons:", "needs: [{quiz_passed: stage1}]\nlessons:", 0, "`stage1` is no quiz"),
    (f"{T102}/module.yaml", "lessons:", "needs: [{quiz_passed: t102-quiz}]\nlessons:", 0, "comes later"),
    (
        f"{T102}/module.yaml",
        "lessons:",
        "needs: [{assignment_passed: t201-assignment}]\nlessons:",
        0,
        "comes later",
    ),
    (f"{T102}/module.yaml", "lessons:", "needs: [{a: b, c: d}]\nlessons:", 0, "one key and one value"),
    (
        "course.yaml",
        "gates:\n",
        f"gates:\n  - {{before: stage2, title: {TEXT}, needs: []}}\n",
        2,
        "a second gate",
    ),
    # pages
    (PAGE, "## Hear it", "# Hear it", 0, "a heading of the first level"),
    (PAGE, "## Hear it, then show it", "Hear it\n=======", 0, "a heading of the first level"),
    (PAGE, "Say the", "Say <em>the</em>", 0, "raw HTML <em>"),
    (PAGE, "Say the", "<!-- later -->\nSay the", 0, "raw HTML <!--"),
    (PAGE, "See [", "![](assets/stream.csv) See [", 0, "without alternative text"),
    (PAGE, "See [", "![a cat](https://example.org/cat.png) See [", 0, "is not in assets/"),
    (PAGE, "(t101-why)", "(t101-wy)", 0, "the link `t101-wy` leads nowhere"),
    (PAGE, "(t101-why)", "()", 0, "the link `` leads nowhere"),
    (PAGE, "(t101-why)", "(../t102-trust/10-disclose.en.md)", 0, "leads nowhere"),
    (PAGE, "assets/stream.csv", "assets/streams.csv", 0, f"there is no file {T101}/assets/streams.csv"),
    (
        PAGE,
        "Say the",
        "The certificate is a national licence.\n\nSay the",
        0,
        "`national licence` reads as a claim",
    ),
    (f"{T101}/20-answer.ja.md", "次に現物", "これは国家資格です。次に現物", 0, "`国家資格` reads as a claim"),
    (f"{T101}/assets/steps.svg", "<g fill", "<script>alert(1)</script>\n<g fill", 0, "a script in a drawing"),
    # YAML
    (QUIZ, 'en: "Price"', "en: *price", 0, "is read as an alias"),
    (QUIZ, 'en: "Price"', "en: &price P", 0, "`price` is a tag or anchor"),
    (QUIZ, 'en: "Price"', "en: !price P", 0, "`!price` is a tag or anchor"),
    (QUIZ, 'en: "Price"', "en: [Price]", 0, "`en` must be text"),
    (QUIZ, 'en: "Price"', "en: @Price", 0, "not valid YAML"),
    (QUIZ, 'en: "Price"', "en: Price: low", 0, "not valid YAML"),
    (QUIZ, "draw: 4", "draw: 4\n? [a]\n: b", 1, "a key must be a word"),
    (QUIZ, "draw: 4", "draw: 4\n\ttab: x", 1, "not valid YAML"),
    (QUIZ, "draw: 4", "draw: \x07", 0, "a control character"),
    (QUIZ, "draw: 4", "draw: " + "[" * 30 + "]" * 30, 0, "nested too deeply"),
    (QUIZ, "draw: 4", "draw: 4\n---\ndraw: 4", 1, "a second document begins here"),
    (
        MODULE,
        '{ja: "迷いを知る", en: "Knowing hesitation"}',
        "\n  ja: 迷いを知る #1\n  en: Knowing",
        1,
        "ends at #",
    ),
]


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
    ],
)
def test_denying_to_be_a_state_licence_is_welcome(package, edit, sentence):
    edit(PAGE, "Say the", f"{sentence}\n\nSay the")

    assert load(package)[1] == []


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
