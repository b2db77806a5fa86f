"""Launches that the tool must refuse: values that do not belong, and what it then says."""

import json
from typing import Any

import pytest
from support.tokens import ABSENT, KID, launch, sign

from lti_tool.errors import InvalidClaims, InvalidToken, LtiError

HEADER = json.dumps({"alg": "RS256", "typ": "JWT", "kid": KID}).encode()
"""A header with which nothing is wrong."""

ODD: list[Any] = [ABSENT, None, "", "text", 5, True, [], {}, [[]], {"id": None}]
IDENTIFIERS_REFUSED: list[Any] = [
    ABSENT,
    None,
    "",
    " ",
    5,
    1.5,
    True,
    ["1"],
    {"id": "1"},
    "x" * 256,
    "a\x00",
    "\ud800",
    "a\nb",
]


def refused(token: str, error: type[LtiError] = InvalidToken, **overrides: Any) -> LtiError:
    """The error with which a token is refused, which is exactly of this type."""
    with pytest.raises(error) as caught:
        launch(token, **overrides)
    assert type(caught.value) is error
    return caught.value


def refused_claims(claims: dict[str, Any], **overrides: Any) -> str:
    """The words with which claims in a good token are refused."""
    with pytest.raises(InvalidClaims) as caught:
        launch(sign(claims), **overrides)
    assert caught.value.status == 400
    return str(caught.value)
