"""Responses are read strictly and marked by the rules of their kind."""

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.courses import ALL_KINDS, MATCHING, MULTIPLE, NUMERIC, ORDERING, SINGLE, SITUATIONAL, quiz, text

from lti_tool.domain.course import Pair, Question, Text
from lti_tool.domain.marking import ResponseError, complete, mark, parse, percent, to_choose
from lti_tool.domain.numbers import read_number
from lti_tool.domain.quiz import Drawn, draw

STRAIGHT = {question.id: Drawn(question.id, (0, 1, 2, 3)) for question in ALL_KINDS}
BACKWARDS = {question.id: Drawn(question.id, (3, 2, 1, 0)) for question in ALL_KINDS}


def credit(question: Question, response: dict[str, Any], papers: dict[str, Drawn] = STRAIGHT) -> int:
    return mark(question, papers[question.id], parse(question, response))


@pytest.mark.parametrize(
    ("question", "pick", "expected"),
    [
        (SINGLE, [0], 100),
        (SINGLE, [1], 0),
        (SINGLE, [], 0),
        (MULTIPLE, [0, 1], 100),
        (MULTIPLE, [1, 0], 100),
        (MULTIPLE, [0], 0),
        (MULTIPLE, [0, 1, 2], 0),
        (SITUATIONAL, [0], 100),
        (SITUATIONAL, [1], 50),
        (SITUATIONAL, [3], 0),
        (MATCHING, [0, 1, 2], 100),
        (MATCHING, [0, 2, 1], 0),
        (MATCHING, [0, 1, None], 0),
        (MATCHING, [0, 1, 1], 0),
        (ORDERING, [0, 1, 2, 3], 100),
        (ORDERING, [1, 0, 2, 3], 0),
        (ORDERING, [0, 1, 2, None], 0),
    ],
)
def test_credit_is_all_or_nothing_except_in_situations(
    question: Question, pick: list[int | None], expected: int
) -> None:
    assert credit(question, {"pick": pick}) == expected


@pytest.mark.parametrize(
    ("question", "pick"),
    [
        (SINGLE, [3]),
        (MULTIPLE, [2, 3]),
        (SITUATIONAL, [3]),
        (MATCHING, [3, 2, 1]),
        (ORDERING, [3, 2, 1, 0]),
    ],
)
def test_positions_are_those_that_were_shown(question: Question, pick: list[int]) -> None:
    assert credit(question, {"pick": pick}, BACKWARDS) == 100


def test_no_response_earns_nothing() -> None:
    assert [mark(question, STRAIGHT[question.id], None) for question in ALL_KINDS] == [0] * 6


def test_a_right_that_two_lefts_share_is_right_for_both() -> None:
    twice = replace(MATCHING, pairs=(*MATCHING.pairs, Pair(text("guest"), text("speaks"), text("why guest"))))
    assert mark(twice, STRAIGHT[twice.id], parse(twice, {"pick": [0, 1, 2, 0]})) == 100


def test_steps_that_read_the_same_may_change_places() -> None:
    again = replace(ORDERING, steps=(text("greet"), text("show"), text("greet"), text("close")))
    assert mark(again, STRAIGHT[again.id], parse(again, {"pick": [2, 1, 0, 3]})) == 100


@pytest.mark.parametrize(
    "typed",
    [
        "120000",
        "120,000",
        "１２０，０００",
        "１２０、０００",
        " 120 000 ",
        "¥120,000",
        "￥120000",
        "\\120,000",
        "120,000円",
        "120,000 yen",
        "12万",
        "１２万円",
        "+120000",
        "119,500",
        "120500.0",
    ],
)
def test_a_number_may_be_typed_as_people_in_japan_do(typed: str) -> None:
    assert credit(NUMERIC, {"number": typed}) == 100


@pytest.mark.parametrize("typed", ["119,499", "120,500.01", "-120000", "▲120,000", "12億", "0"])
def test_another_number_is_wrong(typed: str) -> None:
    assert credit(NUMERIC, {"number": typed}) == 0


@pytest.mark.parametrize(
    "typed", ["twelve", "12,00", "1,2000", "1.2.3", "1e5", "円", "NaN", "12万億", "五", "1" * 61, "--5"]
)
def test_what_is_no_number_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(ResponseError) as caught:
        parse(NUMERIC, {"number": typed})
    assert caught.value.code == "number"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("１２．５％", "12.5"),
        ("1億2,000万", "120000000"),
        ("3万4,567", "34567"),
        ("2兆", "2000000000000"),
        ("−0.5", "-0.5"),
        ("△3", "-3"),
        ("ー３", "-3"),
        (".5", "0.5"),
        ("7.", "7"),
        ("3 回", "3"),
        ("3 Times", "3"),
    ],
)
def test_numbers_are_read_exactly(typed: str, value: str) -> None:
    assert read_number(typed, Text(ja="回", en="times")) == Decimal(value)


@pytest.mark.parametrize(
    ("question", "response"),
    [
        (SINGLE, {"pick": [4]}),
        (SINGLE, {"pick": [-1]}),
        (SINGLE, {"pick": [0, 1]}),
        (SINGLE, {"pick": [True]}),
        (SINGLE, {"pick": [None]}),
        (SINGLE, {"pick": "0"}),
        (SINGLE, {}),
        (SINGLE, []),
        (MULTIPLE, {"pick": [0, 0]}),
        (MULTIPLE, {"pick": [0.0]}),
        (MATCHING, {"pick": [0, 1]}),
        (MATCHING, {"pick": [0, 1, 4]}),
        (ORDERING, {"pick": [0, 0, 1, 2]}),
        (ORDERING, {"pick": [0, 1, 2]}),
        (NUMERIC, {"number": 120000}),
        (NUMERIC, {"pick": [0]}),
    ],
)
def test_what_the_page_cannot_send_is_refused(question: Question, response: object) -> None:
    with pytest.raises(ResponseError) as caught:
        parse(question, response)
    assert caught.value.code == "malformed"


def test_only_what_belongs_to_a_response_is_kept() -> None:
    assert parse(MULTIPLE, {"pick": [1, 0], "credit": 100}) == {"pick": [0, 1]}
    assert parse(NUMERIC, {"number": " 120,000 ", "pick": []}) == {"number": "120,000"}


@pytest.mark.parametrize(
    ("question", "response", "expected"),
    [
        (SINGLE, None, False),
        (SINGLE, {"pick": []}, False),
        (SINGLE, {"pick": [2]}, True),
        (MULTIPLE, {"pick": [2]}, False),
        (MULTIPLE, {"pick": [2, 3]}, True),
        (MATCHING, {"pick": [0, None, 1]}, False),
        (MATCHING, {"pick": [0, 0, 1]}, True),
        (ORDERING, {"pick": [None, 0, 1, 2]}, False),
        (ORDERING, {"pick": [3, 0, 1, 2]}, True),
        (NUMERIC, {"number": ""}, False),
        (NUMERIC, {"number": "0"}, True),
    ],
)
def test_a_question_counts_as_answered_when_everything_is_filled_in(
    question: Question, response: dict[str, Any] | None, expected: bool
) -> None:
    assert complete(question, response) is expected


def test_the_number_of_ticks_is_told() -> None:
    assert (to_choose(SINGLE), to_choose(MULTIPLE), to_choose(SITUATIONAL)) == (1, 2, 1)


@pytest.mark.parametrize(
    ("credits", "expected"), [((), 0), ((100, 100, 0), 66), ((50,), 50), ((100,) * 4 + (99,), 99)]
)
def test_the_result_is_rounded_down(credits: tuple[int, ...], expected: int) -> None:
    assert percent(credits) == expected


json = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.sampled_from(["pick", "number"]), inner),
    max_leaves=12,
)
near_misses = st.fixed_dictionaries(
    {}, optional={"pick": st.lists(st.none() | st.integers(-1, 5), max_size=5), "number": st.text(max_size=9)}
)


@given(response=json | near_misses, seed=st.integers())
def test_any_response_is_marked_or_cleanly_refused(response: object, seed: int) -> None:
    bank = {question.id: question for question in ALL_KINDS}
    for drawn in draw(quiz("q", ALL_KINDS, draw=6), Random(seed)):
        question = bank[drawn.question]
        try:
            parsed = parse(question, response)
        except ResponseError:
            continue
        assert mark(question, drawn, parsed) in {0, 50, 100}
        assert parse(question, parsed) == parsed
        assert complete(question, parsed) in {True, False}


@given(typed=st.text(alphabet="0123456789０１２，,.．-−▲¥円万億兆%％ 　eE∞²", max_size=14))
def test_reading_a_number_never_fails(typed: str) -> None:
    number = read_number(typed, Text(ja="円", en="yen"))
    assert number is None or number.is_finite()
