"""Ten thousand spoilt tokens: none gets in, none breaks anything (ATK-05, ATK-26)."""

import base64
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import tokens
from support.tokens import NOW, launch, private_key, sign

from lti_tool.errors import LtiError
from lti_tool.lti.keys import KeySets
from lti_tool.lti.launch import verify

COUNT = 10_000
GOOD = sign()
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/% \x00é"
VALUES: list[Any] = [
    None,
    "",
    0,
    -1,
    True,
    [],
    {},
    "x",
    1e300,
    [[[]]],
    "none",
    "HS256",
    "RS256",
    "../../etc/passwd",
]
SIGNATURES = [sign(key=private_key(name)).rsplit(".", 1)[1] for name in ("evil", "tool", "other")] + [
    sign(tokens.claims(sub=sub)).rsplit(".", 1)[1] for sub in ("1", "2", "admin")
]


def edited(part: str, chance: random.Random) -> str:
    """A header or payload with one member changed, added or removed."""
    values = json.loads(base64.urlsafe_b64decode(part + "=="))
    name = chance.choice([*values, "jku", "jwk", "crit", "azp", "x"])
    if name in values and chance.random() < 0.3:
        del values[name]
    else:
        values[name] = chance.choice(VALUES)
    return tokens.segment(json.dumps(values).encode())


def one_character(token: str, chance: random.Random) -> str:
    at = chance.randrange(len(token))
    return token[:at] + chance.choice(CHARACTERS) + token[at + 1 :]


def one_bit(token: str, chance: random.Random) -> str:
    parts = token.split(".")
    which = chance.randrange(3)
    data = bytearray(base64.urlsafe_b64decode(parts[which] + "=="))
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    parts[which] = tokens.segment(bytes(data))
    return ".".join(parts)


def a_piece_gone_or_doubled(token: str, chance: random.Random) -> str:
    start = chance.randrange(len(token))
    end = min(len(token), start + chance.randrange(1, 50))
    return token[:start] + token[start:end] * chance.choice((0, 2)) + token[end:]


def another_header(token: str, chance: random.Random) -> str:
    header, rest = token.split(".", 1)
    return f"{edited(header, chance)}.{rest}"


def another_payload(token: str, chance: random.Random) -> str:
    header, payload, signature = token.split(".")
    return f"{header}.{edited(payload, chance)}.{signature}"


def another_signature(token: str, chance: random.Random) -> str:
    return f"{token.rsplit('.', 1)[0]}.{chance.choice(SIGNATURES)}"


def another_algorithm(token: str, chance: random.Random) -> str:
    header = {
        "alg": chance.choice(["none", "HS256", "RS384", "ES256", "PS256", "rs256", None]),
        "kid": tokens.KID,
    }
    parts = [tokens.segment(json.dumps(header).encode()), *token.split(".")[1:]]
    parts[2] = chance.choice([parts[2], "", tokens.segment(chance.randbytes(32))])
    return ".".join(parts)


MUTATIONS: list[Callable[[str, random.Random], str]] = [
    one_character,
    one_bit,
    a_piece_gone_or_doubled,
    another_header,
    another_payload,
    another_signature,
    another_algorithm,
]


def test_ten_thousand_mutated_tokens() -> None:
    """TOK-08, ATK-05, ATK-26: flipped bytes, edited parts, swapped signatures, other algorithms."""
    keys = KeySets(tokens.Platform())
    arguments = (tokens.login_state(), tokens.registration(), keys, NOW)
    assert verify(GOOD, *arguments, tool_origin=tokens.TOOL).sub == "5"

    tried = 0
    for seed in range(COUNT * 2):
        token = MUTATIONS[seed % len(MUTATIONS)](GOOD, random.Random(seed))
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
