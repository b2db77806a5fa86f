"""The content package as one course, or as the list of everything that is wrong with it."""

from pathlib import Path

from lti_tool.curriculum.check import lines, report
from lti_tool.curriculum.load import load
from lti_tool.domain.course import Choice, Condition, Course, Matching, Numeric, Ordering, Text

COURSES = Path(__file__).parents[1] / "courses"


def _tiny() -> Course:
    course, problems = load(COURSES / "tiny")
    assert problems == []
    assert course is not None
    return course


def test_a_sound_package_becomes_a_course():
    course = _tiny()

    assert course.title == Text("小さな講座", "A tiny course")
    assert [stage.id for stage in course.stages] == ["stage1", "stage2"]
    assert [module.code for module in course.modules] == ["T101", "T102", "T201"]
    first = course.modules[0]
    assert [lesson.id for lesson in first.lessons] == ["t101-why", "t101-answer"]
    assert first.lessons[0].body.en.startswith("## Three worries")
    assert first.outcomes[0].en.startswith("Name the kind")
    assert Path(first.assets["steps.svg"]).is_file()
    assert [term.id for term in course.glossary] == ["hesitation", "gmv"]


def test_every_kind_of_question_arrives_with_its_key():
    quiz = _tiny().modules[0].quiz
    assert quiz is not None
    by_id = {question.id: question for question in quiz.questions}

    shirt, evidence, allergy = (by_id[f"t101-q-{name}"] for name in ("shirt", "evidence", "allergy"))
    assert isinstance(shirt, Choice)
    assert isinstance(evidence, Choice)
    assert isinstance(allergy, Choice)
    assert (shirt.kind, [option.credit for option in shirt.options]) == ("single", [0, 100, 0, 0])
    assert (evidence.kind, [option.credit for option in evidence.options]) == ("multiple", [100, 100, 0, 0])
    assert (allergy.kind, [option.credit for option in allergy.options]) == ("situational", [100, 50, 0, 0])
    assert not shirt.ask.ja.endswith("\n")

    pairs, order, rate = (by_id[f"t101-q-{name}"] for name in ("pairs", "order", "rate"))
    assert isinstance(pairs, Matching)
    assert (len(pairs.pairs), len(pairs.extras)) == (3, 1)
    assert isinstance(order, Ordering)
    assert order.steps[0].en == "Say the question back"
    assert isinstance(rate, Numeric)
    assert (str(rate.answer), str(rate.tolerance), rate.unit.en) == ("6.5", "0.1", "%")


def test_an_assignment_has_its_brief_and_rubric():
    assignment = _tiny().modules[0].assignment
    assert assignment is not None

    assert assignment.brief.en.startswith("## What to do")
    assert (assignment.text, assignment.files, assignment.max_mb) == (True, ("pdf", "docx"), 5)
    rows = [(row.criterion.code, row.weight, row.critical) for row in assignment.rubric]
    assert rows == [("C08", 40, False), ("C10", 30, True), ("C17", 30, False)]
    assert assignment.rubric[1].criterion.levels[0].en == "A clear breach is left standing."


def test_needs_are_expanded_to_single_conditions():
    first, second = _tiny().stages

    assert first.modules[0].needs == ()
    assert first.modules[1].needs == (
        Condition("quiz_passed", "t101-quiz"),
        Condition("assignment_submitted", "t101-assignment"),
    )
    assert second.gate == Text("ゲート1", "Gate 1")
    assert second.needs == (
        Condition("quiz_passed", "t101-quiz"),
        Condition("quiz_passed", "t102-quiz"),
        Condition("assignment_passed", "t101-assignment"),
        Condition("assignment_passed", "t102-assignment"),
    )


def test_a_module_may_name_its_own_needs(package, edit):
    edit("stage2/t201-plan/module.yaml", "needs: []", "needs:\n  - assignment_passed: t101-assignment")
    edit("stage1/t102-trust/module.yaml", "lessons:", "needs: []\nlessons:")

    course, problems = load(package)

    assert problems == []
    assert course is not None
    assert [module.needs for module in course.modules] == [
        (),
        (),
        (Condition("assignment_passed", "t101-assignment"),),
    ]


def test_an_assignment_may_take_text_only(package, edit):
    edit("stage1/t102-trust/assignment.yaml", "files: [pdf]\n", "")

    course, _ = load(package)

    assert course is not None
    assert course.modules[1].assignment is not None
    assert course.modules[1].assignment.files == ()


def test_twenty_planted_faults_are_twenty_problems_at_the_right_places():
    planted = [line for line in (COURSES / "broken/EXPECTED.txt").read_text().splitlines() if line[0] != "#"]

    course, problems = load(COURSES / "broken")

    assert course is None
    assert len(planted) == 20
    assert [f"{problem.path}:{problem.line}" for problem in problems] == [
        line.split(" ")[0] for line in planted
    ]
    for problem, line in zip(problems, planted, strict=True):
        assert line.partition(" ")[2] in problem.message
        assert problem.advice


def test_an_empty_folder_and_no_folder_are_told(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        course, problems = load(folder)
        assert course is None
        assert [problem.path for problem in problems] == ["course.yaml", "criteria.yaml"]


def test_the_report_counts_what_a_teacher_asks_about():
    counts = dict(report(_tiny()))

    assert (counts["modules"], counts["lessons"], counts["questions"], counts["assignments"]) == (3, 6, 20, 3)
    assert counts["questions, multiple"] == 3
    assert counts["questions, level evaluate"] == 2
    assert counts["criteria used"] == 3
    assert counts["lesson characters, ja"] > 400


def test_the_command_prints_counts_or_problems():
    sound = lines(_tiny(), [])
    assert sound[0] == "tiny: no problems, 0 warnings"
    assert any(line.split()[:2] == ["T201", "2"] for line in sound)

    broken = lines(*load(COURSES / "broken"))
    assert broken[0] == "course.yaml:5: there is no stage `stage7` - did you mean stage2?"
    assert broken[-1] == "20 problems"


def test_what_is_for_those_who_teach_is_read_but_is_no_part_of_the_nodes():
    course = _tiny()

    key, both, codes = course.modules[0].instructor
    assert key.page
    assert both.page
    assert "価格、時期、信頼" in key.page.ja
    assert "price, timing and trust" in key.page.en
    assert (both.name, both.page.ja) == ("both", both.page.en)
    assert (codes.name, codes.page) == ("codes.csv", None)
    assert Path(codes.path).is_file()
    assert not {"codes.csv", "key", "key.ja.md"} & set(course.modules[0].assets)
    rehearsal, reserve = course.simulations
    assert (rehearsal.use, rehearsal.module, reserve.use, reserve.module) == (
        "course",
        "t101",
        "reserve",
        None,
    )
    assert [comment.at for comment in rehearsal.comments] == [10, 45, 90]
    assert [comment.planted for comment in rehearsal.comments] == [False, True, False]
    assert rehearsal.comments[1].hesitation == "H4"
    assert not {"rehearsal", "reserve", "key", "codes.csv"} & set(course.nodes)
