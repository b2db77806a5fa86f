"""Gates, examinations, levels and renewal as course.yaml tells them, and banks that keep to their plans."""

import pytest

from lti_tool.curriculum.load import load
from lti_tool.domain.course import Condition

PRACTICAL = """\
  practical:
    assignment: t102-assignment
    comments: 1
    injects: 0
    pass_mark: 70
    raters: 2
    apart: 10
    retake: {wait_days: 30, most: 2, months: 12}
    phases:
      - {title: {ja: "準備", en: "Preparing"}, minutes: 5, points: 0, criteria: []}
      - {title: {ja: "本番", en: "Live"}, minutes: 1, points: 80, criteria: [C08, C10]}
      - {title: {ja: "試問", en: "Viva"}, minutes: 4, points: 20, criteria: [C17]}
  awards:
"""
QUIZ = "stage1/t102-trust/quiz.yaml"


@pytest.fixture
def practical(package, edit):
    """The tiny course with a practical examination and its scene."""
    edit("course.yaml", "  awards:\n", PRACTICAL)
    edit("course.yaml", "[rehearsal, reserve]", "[rehearsal, reserve, exam]")
    scene = (package / "simulations/reserve.yaml").read_text(encoding="utf-8")
    scene = scene.replace("id: reserve", "id: exam").replace("use: reserve", "use: practical")
    (package / "simulations/exam.yaml").write_text(scene, encoding="utf-8")
    return package


def told(package):
    _, problems = load(package)
    return [problem.message for problem in problems]


def test_gates_are_told_with_what_people_decide(package):
    course, problems = load(package)
    assert course, problems
    assert course.certification
    first, last = course.certification.gates

    assert (first.opens, first.needs) == ("stage2", course.stages[1].needs)
    assert [(each.assignment, each.criterion, each.level) for each in first.standards] == [
        ("t102-assignment", "C10", 3)
    ]
    assert first.standards[0].title.en
    assert course.certification.award(first.award).title.en == "Basic level"
    assert (last.opens, last.needs) == (None, (Condition("quiz_passed", "t201-quiz"),))
    assert [stage.gate for stage in course.stages] == [None, first.title], "the last gate locks nothing"


def test_a_course_need_not_certify(package):
    text = (package / "course.yaml").read_text(encoding="utf-8").partition("certification:")[0]
    (package / "course.yaml").write_text(text, encoding="utf-8")
    assert told(package) == [
        "there is no level `basic`, which Gate 1 awards",
        "there is no level `full`, which Last gate awards",
    ]

    text = "\n".join(line for line in text.split("\n") if "award:" not in line)
    (package / "course.yaml").write_text(text, encoding="utf-8")
    course, problems = load(package)
    assert not problems
    assert course.certification is None


def test_the_practical_shares_out_its_rubric(practical):
    course, problems = load(practical)
    assert course, problems
    found = course.certification.practical
    assert (found.minutes, [phase.points for phase in found.phases]) == (10, [0, 80, 20])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("points: 80", "points: 85", "its criteria bring 80 points, not 85"),
        ("criteria: [C17]", "criteria: [C08]", "no phase judges C17"),
        ("comments: 1\n", "comments: 26\n", "`exam` has 1 comments and 0 injects"),
        ("minutes: 1,", "minutes: 12,", "no phase is as long as `exam`"),
        ("pass_mark: 70\n    raters", "pass_mark: 80\n    raters", "`t102-assignment` is passed with 70"),
        ("[rehearsal, reserve, exam]", "[rehearsal, reserve]", "no simulation has use: practical"),
    ],
)
def test_a_practical_that_does_not_fit_is_told(practical, edit, old, new, words):
    edit("course.yaml", old, new)
    assert words in told(practical)


def forms(package, edit, *, extra=""):
    """Make the planned quiz an examination of two forms of two questions, one of them in both."""
    edit(QUIZ, "minutes: 10\n", "minutes: 10\nattempts: 2\n")
    for name, form in (("gift", "a b"), ("weak", "a"), ("steps", "b")):
        edit(QUIZ, f"  - id: t102-q-{name}\n", f"  - id: t102-q-{name}\n    form: {form}\n")
    text = (package / QUIZ).read_text(encoding="utf-8")
    (package / QUIZ).write_text(text[: text.index("  - id: t102-q-late")], encoding="utf-8")
    edit("course.yaml", "      scored: 2\n", f"      scored: 2\n      forms: 2\n      anchors: 1\n{extra}")


def test_forms_are_held_to_their_plan(package, edit):
    forms(package, edit, extra="      retake: {wait_days: 2, most: 2}\n")
    assert told(package) == ["`t102-quiz` has (12, 2) where the plan has (48, 2)"]

    edit("course.yaml", "retake: {wait_days: 2", "retake: {wait_days: 0")
    edit(QUIZ, "wait_hours: 12", "wait_hours: 0")
    assert told(package) == []

    edit("course.yaml", "anchors: 1", "anchors: 0")
    edit("course.yaml", "tolerance: {kinds: 1, levels: 1}", "tolerance: {kinds: 0, levels: 1}")
    assert told(package) == [
        "two forms share 1 questions, not 0",
        "form 1 of `t102-quiz` asks 0 of ordering, the plan 1",
        "form 1 of `t102-quiz` asks 2 of single, the plan 1",
    ]


def test_a_question_says_its_domain_in_its_id(package, edit):
    forms(package, edit, extra="      by_domain: yes\n      final: yes\n")
    assert "form 1 of `t102-quiz` asks 2 of no domain, the plan 0" in told(package)

    for path, old, new in (
        (QUIZ, "id: t102-q-gift", "id: t102-d2-gift"),
        (QUIZ, "id: t102-q-weak", "id: t102-d1-weak"),
        (QUIZ, "id: t102-q-steps", "id: t102-d1-steps"),
    ):
        edit(path, old, new)
    assert told(package) == []
    edit(
        "course.yaml",
        "levels: {remember: 0, understand: 1, apply: 0",
        "levels: {remember: 0, understand: 0, apply: 0",
    )
    assert set(told(package)) >= {
        "the levels of d2 sum to 0; its weight asks for 1",
        "the domains ask 0 of level understand",
    }
