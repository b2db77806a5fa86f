"""Papers are drawn fairly and attempts start when the rules allow it."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.courses import ALL_KINDS, MATCHING, bank, quiz, text

from lti_tool.domain.course import Pair
from lti_tool.domain.quiz import Drawn, Taken, attempts_left, draw, items, needs_grant, next_at

NOW = datetime(2026, 11, 24, 5, 3, tzinfo=UTC)


@given(seed=st.integers(), size=st.integers(1, 12), wanted=st.integers(1, 15))
def test_a_paper_has_different_questions_of_the_bank_and_as_many_as_are_asked_for(
    seed: int, size: int, wanted: int
) -> None:
    whole = quiz("q", bank("q", size), draw=wanted)
    paper = draw(whole, Random(seed))
    ids = [drawn.question for drawn in paper]
    assert len(ids) == len(set(ids)) == min(size, wanted)
    assert set(ids) <= {question.id for question in whole.questions}


@given(seed=st.integers())
def test_every_item_of_a_question_is_shown_exactly_once(seed: int) -> None:
    bank_by_id = {question.id: question for question in ALL_KINDS}
    for drawn in draw(quiz("q", ALL_KINDS, draw=6), Random(seed)):
        assert sorted(drawn.order) == list(range(len(items(bank_by_id[drawn.question]))))


@given(seed=st.integers())
def test_the_same_seed_draws_the_same_paper(seed: int) -> None:
    whole = quiz("q", ALL_KINDS, draw=4)
    assert draw(whole, Random(seed)) == draw(whole, Random(seed))


def test_papers_and_orders_differ_between_students() -> None:
    whole = quiz("q", bank("q", 10), draw=5)
    papers = {draw(whole, Random(seed)) for seed in range(30)}
    assert len({tuple(drawn.question for drawn in paper) for paper in papers}) > 10
    assert len({drawn.order for paper in papers for drawn in paper}) == 6


def test_a_drawn_question_survives_json() -> None:
    drawn = Drawn("q-1", (2, 0, 1))
    assert Drawn.from_dict(drawn.to_dict()) == drawn


def test_a_right_that_belongs_to_two_lefts_is_offered_once() -> None:
    twice = replace(MATCHING, pairs=(*MATCHING.pairs, Pair(text("guest"), text("speaks"), text("why guest"))))
    assert [item.en for item in items(twice)] == [
        "speaks",
        "answers comments",
        "switches cameras",
        "ships parcels",
    ]


HOURS = timedelta(hours=1)


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        (Taken(), None),
        (Taken(1, NOW - 12 * HOURS), None),
        (Taken(1, NOW - 11 * HOURS), NOW + HOURS),
        (Taken(5, NOW), NOW + 12 * HOURS),
        (Taken(1, NOW, grants_unused=1), None),
        (Taken(2, NOW, grants_used=1), NOW + 12 * HOURS),
    ],
)
def test_the_next_attempt_waits_twelve_hours_unless_a_teacher_says_otherwise(
    taken: Taken, expected: datetime | None
) -> None:
    unlimited = quiz("q", bank("q", 3), draw=3)
    assert next_at(unlimited, taken, NOW) == expected
    assert attempts_left(unlimited, taken) is None


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        (Taken(), 2),
        (Taken(1, NOW), 1),
        (Taken(2, NOW), 0),
        (Taken(2, NOW, grants_unused=1), 1),
        (Taken(3, NOW, grants_used=1), 0),
        (Taken(2, NOW, grants_used=1), 1),
    ],
)
def test_a_limit_is_kept_and_a_grant_is_one_attempt_on_top(taken: Taken, left: int) -> None:
    assert attempts_left(quiz("q", bank("q", 3), draw=3, attempts=2), taken) == left


def test_there_is_no_next_time_when_no_attempt_is_left() -> None:
    limited = quiz("q", bank("q", 3), draw=3, attempts=1)
    assert next_at(limited, Taken(1, NOW), NOW) is None


@pytest.mark.parametrize(
    ("limit", "taken", "needed"),
    [
        (2, Taken(1, NOW - 13 * HOURS, grants_unused=1), False),
        (2, Taken(1, NOW, grants_unused=1), True),
        (1, Taken(1, NOW - 13 * HOURS, grants_unused=1), True),
        (3, Taken(), False),
    ],
)
def test_a_grant_is_spent_only_where_the_rules_alone_would_refuse(
    limit: int, taken: Taken, needed: bool
) -> None:
    assert needs_grant(quiz("q", bank("q", 3), draw=3, attempts=limit), taken, NOW) is needed


def test_every_paper_has_the_banks_mix_of_kinds() -> None:
    kinds = [*["single"] * 15, *["multiple"] * 5, *["situational"] * 5]
    questions = tuple(replace(one, kind=kind) for one, kind in zip(bank("q", 25), kinds, strict=True))
    whole = quiz("q", questions, draw=10)
    by_id = {question.id: question.kind for question in whole.questions}
    for seed in range(50):
        drawn = Counter(by_id[each.question] for each in draw(whole, Random(seed)))
        assert drawn == {"single": 6, "multiple": 2, "situational": 2}
