"""Ten thousand spoilt tokens: none gets in, none breaks anything (ATK-05, ATK-26)."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import tokens
from support.mutations import TOKENS
from support.tokens import NOW, launch, sign

from lti_tool.errors import LtiError
from lti_tool.lti.keys import KeySets
from lti_tool.lti.launch import verify

COUNT = 10_000
GOOD = sign()


def test_ten_thousand_mutated_tokens() -> None:
    """TOK-08, ATK-05, ATK-26: flipped bytes, edited parts, swapped signatures, other algorithms."""
    keys = KeySets(tokens.Platform())
    arguments = (tokens.login_state(), tokens.registration(), keys, NOW)
    assert verify(GOOD, *arguments, tool_origin=tokens.TOOL).sub == "5"

    tried = 0
    for seed in range(COUNT * 2):
        token = TOKENS[seed % len(TOKENS)](GOOD, random.Random(seed))
        if token == GOOD:
            continue
        with pytest.raises(LtiError):
            verify(token, *arguments, tool_origin=tokens.TOOL)
        tried += 1
        if tried == COUNT:
            return
    raise AssertionError(f"only {tried} mutations changed anything")


@settings(max_examples=300, deadline=None, database=None)
@given(st.text(max_size=200) | st.from_regex(r"[\w-]{0,60}\.[\w-]{0,60}\.[\w-]{0,60}", fullmatch=True))
def test_any_text_at_all_is_refused_in_good_order(token: str) -> None:
    """STA-15, ATK-26: with one of our own errors."""
    with pytest.raises(LtiError):
        launch(token)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None, database=None)
@given(st.dictionaries(st.sampled_from(sorted(tokens.claims())), JSON, max_size=4))
def test_a_platform_may_sign_any_nonsense(nonsense: dict[str, Any]) -> None:
    """ATK-26: rightly signed, so every check is reached; accepted or refused, never broken."""
    message = {**tokens.claims(), **nonsense}
    try:
        found = launch(sign(message))
    except LtiError:
        return
    assert found.sub == message["sub"]
    assert repr(found).encode()
