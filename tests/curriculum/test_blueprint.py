"""The real course against its programme: how much of what is asked, and that guessing by looks does not pay."""

from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from support.blueprint import (
    ANCHORS,
    FINAL_LEVELS,
    FORMS,
    LESSONS_OF_THE_LAST,
    PLANS,
    WEIGHTS,
    YEARS,
)

from lti_tool.curriculum import statistics
from lti_tool.curriculum.load import load
from lti_tool.domain.course import Course, Quiz

CONTENT = Path(__file__).parents[2] / "content"
ROUNDING = 0.65
"""Banks are whole numbers of questions, two and a half times the draw."""

MOST_WITHOUT_READING = {"single": 35, "situational": 41}
"""Per cent, on questions with four answers; of a situation one is half right, so that blind choice earns 37.5."""


@pytest.fixture(scope="module")
def course() -> Course:
    course, problems = load(CONTENT)
    assert course is not None, problems
    return course


def test_every_module_of_the_programme_is_there_in_its_order(course):
    # a gate's test and pitch stand behind the modules of a stage, with no lessons and no week of their own
    taught = [[module for module in stage.modules if module.lessons] for stage in course.stages]
    modules = [module for stage in taught for module in stage]

    assert [module.code for module in modules] == [*PLANS, LESSONS_OF_THE_LAST[0]]
    assert [len(stage) for stage in taught] == [8, 9, 7]
    assert [module.week for module in modules] == list(range(1, 25))


@pytest.mark.parametrize("code", PLANS)
def test_a_module_has_the_pages_and_asks_the_questions_of_the_programme(course, code):
    plan = PLANS[code]
    module = next(statistics.holding(module) for module in course.modules if module.code == code)

    assert module.lessons == plan.lessons
    assert module.assignment
    assert module.bank is not None
    assert module.bank.draw == plan.draw == sum(plan.kinds.values())
    assert module.bank.size >= 2.5 * plan.draw
    for wanted, held in ((plan.kinds, module.bank.kinds), (plan.levels, module.bank.levels)):
        if wanted:
            assert held.keys() == wanted.keys()
        for name, count in wanted.items():
            assert abs(float(module.bank.asked(held[name])) - count) <= ROUNDING, name


def test_the_last_module_has_its_pages_and_its_work(course):
    code, lessons = LESSONS_OF_THE_LAST
    last = statistics.holding(course.modules[-1])

    assert (last.code, last.lessons, last.assignment) == (code, lessons, True)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_an_examination_is_made_alike(course, name):
    forms, scored, kinds, parts = FORMS[name]
    exam = course.nodes[name]
    assert isinstance(exam, Quiz)

    assert len(exam.forms) == forms
    for form in exam.forms:
        counted = [each for each in exam.questions if each.id in form and each.id not in exam.unscored]
        assert len(counted) == scored
        assert Counter(each.kind for each in counted) == kinds
        assert {part.id: sum(each.id in part.questions for each in counted) for part in exam.parts} == parts


@pytest.mark.parametrize("domain", FINAL_LEVELS)
def test_every_form_of_the_final_examination_thinks_as_hard_about_a_domain(course, domain):
    exam = course.nodes["m307-written-exam"]
    asked = {each.id: each.level for each in exam.questions if each.id not in exam.unscored}

    for form in exam.forms:
        levels = Counter(asked[name] for name in form if name in asked and name.split("-")[2] == domain)
        assert levels == FINAL_LEVELS[domain], form[0]


def test_the_forms_of_the_final_examination_share_their_anchors(course):
    exam = course.nodes["m307-written-exam"]

    for one, other in combinations(exam.forms, 2):
        assert len(set(one) & set(other)) == ANCHORS


def test_the_examination_is_told_as_it_is_held(course):
    papers = {paper.quiz: paper for paper in course.certification.papers}
    assert {"m306-quiz", *FORMS} == set(papers)
    for name, (forms, scored, kinds, parts) in FORMS.items():
        paper = papers[name]
        assert (paper.scored, paper.kinds, set(paper.parts)) == (scored, kinds, set(parts))
        assert forms >= paper.forms > 1
        assert paper.provisional
    final, mock = papers["m307-written-exam"], papers["m306-quiz"]
    assert (final.scored, final.trial, final.minutes, final.anchors) == (80, 10, 110, ANCHORS)
    assert (mock.scored, mock.minutes) == (60, 75)
    assert (final.retake.wait_days, final.retake.most, final.retake.months) == (14, 3, 12)
    assert {domain.id: domain.weight for domain in course.certification.domains} == WEIGHTS
    for domain in course.certification.domains:
        assert {level: count for level, count in domain.levels.items() if count} == FINAL_LEVELS[domain.id]
    assert final.tolerance.levels == final.tolerance.kinds == final.tolerance.domains == 0


def test_the_practical_is_told_as_the_programme_has_it(course):
    practical = course.certification.practical

    assert [(phase.minutes, phase.points) for phase in practical.phases] == [
        (5, 0),
        (12, 85),
        (3, 10),
        (5, 5),
    ]
    assert (practical.minutes, practical.comments, practical.injects) == (25, 26, 2)
    assert (practical.pass_mark, practical.raters, practical.apart) == (70, 2, 10)
    assert {(each.criterion, each.level) for each in practical.standards} == {("C10", 3), ("C01", 3)}
    assert (practical.retake.wait_days, practical.retake.most, practical.retake.months) == (30, 2, 12)


def test_gates_levels_and_renewal_are_those_of_the_programme(course):
    plan = course.certification

    assert [(gate.opens, gate.award) for gate in plan.gates] == [
        ("stage2", "foundation"),
        ("stage3", "practitioner"),
        (None, "specialist"),
    ]
    for gate, stage in zip(plan.gates, course.stages, strict=True):
        graded = [node for module in stage.modules for node in (module.quiz, module.assignment) if node]
        assert {need.node for need in gate.needs} == {node.id for node in graded}
    assert [{(each.assignment, each.criterion) for each in gate.standards} for gate in plan.gates] == [
        {("gate-1-pitch", "C10"), ("gate-1-pitch", "C01")},
        {("m209-assignment", "C10"), ("m209-assignment", "C07"), ("m207-assignment", "C20")},
        {("m307-assignment", "C10"), ("m307-assignment", "C01")},
    ]
    assert {each.level for gate in plan.gates for each in gate.standards} == {3}
    assert {award.id: award.years for award in plan.awards} == YEARS
    renewal = plan.renewal
    assert (renewal.hours, renewal.law_hours, renewal.data_hours) == (12, 4, 2)
    assert (renewal.stream_minutes, renewal.stream_months, renewal.stream_mark) == (15, 12, 65)
    assert (renewal.stream_standard.criterion, renewal.stream_standard.level) == ("C10", 3)
    assert (renewal.questions, renewal.pass_mark) == (15, 80)
    assert (renewal.early, renewal.late, renewal.latest) == (90, 30, 365)
    assert (plan.kept_months, plan.appeal_days) == (12, 14)


def test_the_start_check_gives_nothing_away_by_its_looks(course):
    items = statistics.start_questions(course)

    assert len(items) == 20
    assert len(course.start_check.routes) == 3
    assert statistics.key_positions(items) == [5, 5, 5, 5]
    scores = [float(score) for habit in statistics.habits(items) for score in habit.scores.values()]
    assert max(scores) <= MOST_WITHOUT_READING["single"]


def test_the_course_is_as_large_as_the_programme_says(course):
    assert len(statistics.questions(course)) >= 605
    assert len(course.glossary) >= 120
    criteria = {
        row.criterion.code
        for module in course.modules
        for row in (module.assignment.rubric if module.assignment else ())
    }
    assert criteria == {f"C{number:02}" for number in range(1, 27)}


@pytest.mark.parametrize(("kind", "blind"), [("single", 25), ("situational", 37.5)])
def test_who_does_not_read_is_no_better_than_chance(course, kind, blind):
    items = statistics.choices(course, kind)

    assert {len(item.options) for item in items} == {4}
    scores = {
        (habit.name, lang): float(score)
        for habit in statistics.habits(items)
        for lang, score in habit.scores.items()
    }
    assert scores["any answer at all", "ja"] == blind
    assert {name: score for name, score in scores.items() if score > MOST_WITHOUT_READING[kind]} == {}


def test_the_best_answer_stands_anywhere_in_the_files(course):
    for kind in statistics.CHOSEN_ONE:
        items = statistics.choices(course, kind)
        shares = [count / len(items) for count in statistics.key_positions(items)]
        assert len(shares) == 4
        assert max(shares) <= 0.3, kind
