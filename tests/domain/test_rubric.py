"""Levels to percent: the scale of four levels, critical criteria and the cap on resubmissions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain import rubric
from lti_tool.domain.course import Criterion, RubricRow, Text


def row(code: str, weight: int, critical: bool = False) -> RubricRow:
    words = Text(code, code)
    return RubricRow(Criterion(code, words, (words, words, words, words)), weight, critical)


SPEECH = (row("C10", 40, critical=True), row("C02", 35), row("C12", 25))


@st.composite
def judged(draw: st.DrawFn) -> tuple[tuple[RubricRow, ...], dict[str, int]]:
    """A rubric whose weights sum to 100, and a level for each of its criteria."""
    cuts = sorted(draw(st.sets(st.integers(1, 99), max_size=6)))
    weights = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    rows = tuple(row(f"C{number:02}", weight, draw(st.booleans())) for number, weight in enumerate(weights))
    return rows, {each.criterion.code: draw(st.integers(1, 4)) for each in rows}


@pytest.mark.parametrize(("level", "percent"), [(4, 100), (3, 75), (2, 45), (1, 0)])
def test_the_same_level_everywhere_earns_the_share_of_that_level(level: int, percent: int) -> None:
    assert rubric.judge(SPEECH, dict.fromkeys(["C10", "C02", "C12"], level), 70).percent == percent


def test_weights_are_weighed_and_the_percentage_is_rounded_down() -> None:
    # 40 x 75 + 35 x 45 + 25 x 100 = 7075
    judgement = rubric.judge(SPEECH, {"C10": 3, "C02": 2, "C12": 4}, 70)
    assert (judgement.percent, judgement.passed) == (70, True)


def test_the_pass_mark_itself_passes_and_one_above_does_not() -> None:
    levels = {"C10": 3, "C02": 3, "C12": 3}
    assert rubric.judge(SPEECH, levels, 75).passed
    assert not rubric.judge(SPEECH, levels, 76).passed


def test_a_critical_criterion_at_level_1_fails_whatever_the_total() -> None:
    rows = (row("C01", 5, critical=True), row("C02", 95))
    judgement = rubric.judge(rows, {"C01": 1, "C02": 4}, 70)
    assert (judgement.percent, judgement.passed, judgement.failing) == (95, False, ("C01",))


def test_an_uncritical_criterion_at_level_1_only_costs_its_weight() -> None:
    judgement = rubric.judge(SPEECH, {"C10": 4, "C02": 4, "C12": 1}, 70)
    assert (judgement.percent, judgement.passed, judgement.failing, judgement.weak) == (75, True, (), ())


def test_a_critical_criterion_at_level_2_is_named_and_is_no_pass() -> None:
    judgement = rubric.judge(SPEECH, {"C10": 2, "C02": 4, "C12": 4}, 70)
    assert (judgement.percent, judgement.passed, judgement.weak) == (78, False, ("C10",))


def test_in_a_resubmission_level_4_counts_as_level_3() -> None:
    perfect = {"C10": 4, "C02": 4, "C12": 4}
    assert [rubric.judge(SPEECH, perfect, 70, rubric.cap(number)).percent for number in (1, 2, 3)] == [
        100,
        75,
        75,
    ]


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        ({"C10": 3, "C02": 3, "C99": 3}, "C99"),
        ({"C10": 5, "C02": 3, "C12": 3}, "C10: 5"),
        ({"C10": 0, "C02": 3, "C12": 3}, "C10: 0"),
        ({"C10": True, "C02": 3, "C12": 3}, "C10: True"),
        ({"C10": "3", "C02": 3, "C12": 3}, "C10: '3'"),
        ({"C10": 3.0, "C02": 3, "C12": 3}, "C10: 3.0"),
        ({"C02": 3}, "no level for C10, C12"),
    ],
)
def test_levels_that_cannot_be_are_refused_by_name(levels: dict[str, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        rubric.judge(SPEECH, levels, 70)


def test_a_returned_work_may_be_judged_in_part() -> None:
    rubric.check(SPEECH, {"C02": 1})
    assert rubric.missing(SPEECH, {"C02": 1}) == ("C10", "C12")


@given(judged(), st.integers(0, 100))
def test_percent_stays_on_the_scale_and_passing_needs_it(
    work: tuple[tuple[RubricRow, ...], dict[str, int]], mark: int
) -> None:
    judgement = rubric.judge(*work, mark)
    assert 0 <= judgement.percent <= 100
    assert judgement.passed == (judgement.percent >= mark and not judgement.failing and not judgement.weak)


@given(judged(), st.data())
def test_a_higher_level_never_harms(
    work: tuple[tuple[RubricRow, ...], dict[str, int]], data: st.DataObject
) -> None:
    rows, levels = work
    code = data.draw(st.sampled_from(sorted(levels)))
    better = levels | {code: min(levels[code] + 1, 4)}
    before, after = rubric.judge(rows, levels, 70), rubric.judge(rows, better, 70)
    assert after.percent >= before.percent
    assert after.passed >= before.passed


@given(judged())
def test_the_cap_takes_away_but_never_more_than_a_quarter_and_never_decides_a_critical_criterion(
    work: tuple[tuple[RubricRow, ...], dict[str, int]],
) -> None:
    first, second = rubric.judge(*work, 70), rubric.judge(*work, 70, rubric.cap(2))
    assert first.percent - 25 <= second.percent <= min(first.percent, 75)
    assert (first.failing, first.weak) == (second.failing, second.weak)
