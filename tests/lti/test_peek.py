"""A look into a token that nobody has verified: for advice, whatever the token is."""

from hypothesis import given
from hypothesis import strategies as st
from support import tokens
from support.tokens import NOW, sign

from lti_tool.lti.peek import Peeked, peek
from lti_tool.lti.probe import skew


def test_issuer_client_and_clock_are_read():
    found = peek(sign(tokens.claims(iat=int(NOW.timestamp()) - 90)), NOW)
    assert found == Peeked(tokens.ISSUER, tokens.CLIENT_ID, -90)


def test_of_several_audiences_the_first():
    assert peek(sign(tokens.claims(aud=["a", "b"])), NOW).client_id == "a"


@given(st.text() | st.from_regex(r"[\w-]{0,60}\.[\w-]{0,60}\.[\w-]{0,60}", fullmatch=True))
def test_nothing_is_raised_for_any_text(text):
    peek(text, NOW)


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=3)
)
def test_nothing_is_raised_for_any_value(value):
    peek(sign({"iss": value, "aud": value, "iat": value}), NOW)


def test_the_clock_of_a_server_is_told_by_its_answers():
    assert skew({"Date": "Tue, 24 Nov 2026 05:03:30 GMT"}, NOW) == 30
    assert skew({"Date": "Tue, 24 Nov 2026 05:02:30 -0000"}, NOW) == -30
    assert skew({}, NOW) is None
    assert skew({"Date": "yesterday"}, NOW) is None
