"""An archived quiz comes back exactly as it was."""

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from support.courses import ALL_KINDS, quiz

from lti_tool.domain.course import Choice, Matching, Numeric, Option, Ordering, Pair, Part, Quiz, Text
from lti_tool.domain.quiz_archive import from_plain, to_plain

texts = st.builds(Text, ja=st.text(max_size=20), en=st.text(max_size=20))
ids = st.text(min_size=1, max_size=10)
levels = st.sampled_from(["remember", "understand", "apply", "analyse", "evaluate"])
options = st.lists(st.builds(Option, texts, st.sampled_from([0, 50, 100]), texts), max_size=4).map(tuple)
numbers = st.decimals(allow_nan=False, allow_infinity=False)
questions = st.one_of(
    st.builds(Choice, ids, st.sampled_from(["single", "multiple", "situational"]), levels, texts, options),
    st.builds(
        Matching,
        ids,
        levels,
        texts,
        st.lists(st.builds(Pair, texts, texts, texts), max_size=3).map(tuple),
        st.lists(texts, max_size=2).map(tuple),
    ),
    st.builds(Ordering, ids, levels, texts, st.lists(texts, max_size=4).map(tuple), texts),
    st.builds(Numeric, ids, levels, texts, numbers, numbers, texts, texts),
)
maybe = st.none() | st.integers(1, 99)
quizzes = st.builds(
    Quiz,
    id=ids,
    title=texts,
    draw=st.integers(1, 60),
    pass_mark=st.integers(0, 100),
    questions=st.lists(questions, max_size=5).map(tuple),
    digest=ids,
    minutes=maybe,
    wait_hours=st.integers(0, 99),
    attempts=maybe,
    forms=st.lists(st.lists(ids, max_size=3).map(tuple), max_size=2).map(tuple),
    parts=st.lists(
        st.builds(Part, ids, texts, st.integers(1, 100), st.frozensets(ids, max_size=3)), max_size=2
    ).map(tuple),
    unscored=st.frozensets(ids, max_size=2),
    feedback=st.booleans(),
)


@given(quiz=quizzes)
def test_any_quiz_survives_the_archive(quiz: Quiz) -> None:
    assert from_plain(json.loads(json.dumps(to_plain(quiz)))) == quiz


def test_numbers_are_archived_exactly() -> None:
    plain = json.loads(json.dumps(to_plain(quiz("q", ALL_KINDS, draw=6))))
    number = from_plain(plain).questions[-1]
    assert isinstance(number, Numeric)
    assert str(number.answer) == str(Decimal("120000"))
