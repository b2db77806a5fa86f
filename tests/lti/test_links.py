"""The Link header: the next page, as the standard has it and as platforms write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lti.links import next_link

BASE = "https://m.example/lineitems?type_id=1"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('<https://m.example/p?A=b>; rel="next"', "https://m.example/p?A=b"),
        ("<https://m.example/p>;rel=next", "https://m.example/p"),
        ("<https://m.example/p> ; REL = 'Next'", "https://m.example/p"),
        ('<https://m.example/p>; title="a, b"; rel="last next"; x=y', "https://m.example/p"),
        ('<https://m.example/1>; rel="prev",<https://m.example/2>; rel="next"', "https://m.example/2"),
        ('<https://m.example/2>; rel="next", <https://m.example/9>; rel="last"', "https://m.example/2"),
        ("<https://m.example/2>; rel=next,<https://m.example/9>; rel=last", "https://m.example/2"),
        ("<https://m.example/p?a=1&amp;b=2>; rel=“next”", "https://m.example/p?a=1&b=2"),
        ("<https://m.example/p>; rel=“next”".encode().decode("latin-1"), "https://m.example/p"),
        ("<?from=2>; rel=next", "https://m.example/lineitems?from=2"),
        ("<https://m.example/p,q;r>; rel=next", "https://m.example/p,q;r"),
        ('<https://m.example/p>; rel="nextish"', None),
        ('<https://m.example/next>; rel="prev"', None),
        ('<https://m.example/p>; title="rel=next"', None),
        ("https://m.example/p; rel=next", None),
        ("<https://m.example/p; rel=next", None),
        ("<https://[/>; rel=next", None),
        ("", None),
    ],
)
def test_the_next_page_in_a_link_header(header: str, found: str | None) -> None:
    """AGS-14: as the standard has it, as platforms write it, and not where it only looks so."""
    assert next_link(header, BASE) == found


@given(st.text(alphabet='<>;,="“”& relnxta\xe2\x80', max_size=300))
def test_any_link_header_is_survived(header: str) -> None:
    """ATK-26."""
    assert next_link(header, BASE) is None or isinstance(next_link(header, BASE), str)


@pytest.mark.parametrize("header", ["<" * 60_000, ";" * 60_000, '<a>;rel="' + " " * 60_000, "<a>" * 20_000])
def test_a_hostile_link_header_is_read_once(header: str) -> None:
    """ATK-26: no pattern is matched against it, so nothing can run away."""
    assert next_link(header, BASE) is None
