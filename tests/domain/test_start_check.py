"""The start check: every way of answering leads to a path, and the path keeps its promises."""

from pathlib import Path as Folder

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.curriculum.load import load
from lti_tool.domain.start_check import PACES, StartCheck, percents, recommend

COURSE = load(Folder(__file__).parents[2] / "content")[0]
assert COURSE
assert COURSE.start_check
CHECK: StartCheck = COURSE.start_check
MODULES = tuple(module.id for module in COURSE.modules)
QUESTIONS = [question for area in CHECK.areas for question in CHECK.questions[area.id]]

answers = st.fixed_dictionaries(
    {}, optional={question.id: st.integers(-1, len(question.options)) for question in QUESTIONS}
)
routes = st.sampled_from(CHECK.routes)


def all_of(credit: int) -> dict[str, int]:
    """Every question answered by an option of this credit, where it has one."""
    return {
        question.id: [option.credit for option in question.options].index(credit)
        for question in QUESTIONS
        if credit in {option.credit for option in question.options}
    }


@given(answers, routes)
def test_every_way_of_answering_leads_to_a_path(given_answers, route):
    reached = percents(CHECK, given_answers)
    path = recommend(CHECK, route, reached, MODULES)

    assert set(reached) == {area.id for area in CHECK.areas}
    assert all(0 <= percent <= 100 for percent in reached.values())
    assert [each.percent for each in path.areas] == sorted(reached.values())
    assert all(standing.advice.ja and standing.advice.en for standing in path.areas)
    named = {module for area in CHECK.areas for module in area.modules} | set(route.care)
    listed = [module for pace in PACES for module in path.modules[pace]]
    assert sorted(listed) == sorted(named), "every module that is spoken of has one pace"
    assert set(route.care) <= set(path.modules["care"])
    for pace in PACES:
        assert list(path.modules[pace]) == [module for module in MODULES if module in path.modules[pace]]


@given(answers, routes, st.sampled_from(QUESTIONS))
def test_knowing_more_never_makes_a_path_slower(given_answers, route, question):
    better = given_answers | {question.id: [option.credit for option in question.options].index(100)}
    before, after = (
        recommend(CHECK, route, percents(CHECK, each), MODULES).modules for each in (given_answers, better)
    )
    for place, pace in enumerate(PACES):
        quicker = {module for faster in PACES[place:] for module in after[faster]}
        assert set(before[pace]) <= quicker


def test_who_answers_nothing_takes_everything_with_care():
    path = recommend(CHECK, CHECK.routes[0], percents(CHECK, {}), MODULES)
    assert path.modules["usual"] == path.modules["quick"] == ()


def test_nobody_is_told_to_hurry_through_the_law():
    for route in CHECK.routes:
        path = recommend(CHECK, route, percents(CHECK, all_of(100)), MODULES)
        assert path.modules["quick"], "experience pays somewhere"
        assert not {"m106", "m107"} & set(path.modules["quick"])


def test_a_fair_answer_counts_half():
    question = next(each for each in QUESTIONS if each.kind == "situational")
    area = next(area.id for area in CHECK.areas if question in CHECK.questions[area.id])
    fair = [option.credit for option in question.options].index(50)
    assert percents(CHECK, {question.id: fair})[area] == 50 // len(CHECK.questions[area])


def test_an_area_without_a_result_says_nothing():
    first, *others = CHECK.areas
    route = CHECK.routes[0]
    path = recommend(CHECK, route, {area.id: 100 for area in others}, MODULES)
    assert first not in [standing.area for standing in path.areas]


def test_an_unknown_route_is_the_first():
    assert CHECK.route("astronaut") is CHECK.routes[0]
    assert CHECK.route(CHECK.routes[1].id) is CHECK.routes[1]
