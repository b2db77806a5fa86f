"""Keys of platforms, which change and vanish (checklist section C)."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from support import tokens
from support.tokens import JWKS_URL, KID, NOW, jwk, private_key

from lti_tool.errors import BadAnswer, Exchange, InvalidToken, OutboundError, Unreachable
from lti_tool.lti.keys import KeySets

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@dataclass
class Reply:
    """An answer of the platform; `body` may be what no JSON parser takes."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        return json.loads(self.body) if isinstance(self.body, str) else self.body


class Platform:
    """A platform that serves `reply` as its key set, or fails with it, and counts the requests."""

    def __init__(self, reply: Reply | OutboundError) -> None:
        self.reply = reply
        self.asked: list[tuple[str, str]] = []

    def get(self, url: str, *, accept: str) -> Reply:
        self.asked.append((url, accept))
        if isinstance(self.reply, OutboundError):
            raise self.reply
        return self.reply


DOWN = Unreachable("no connection", Exchange("GET", JWKS_URL))


def serving(*keys: Mapping[str, Any], **reply: Any) -> Platform:
    return Platform(Reply(tokens.jwks(*keys), **reply))


def is_key(found: rsa.RSAPublicKey, key: rsa.RSAPrivateKey) -> bool:
    return found.public_numbers() == key.public_key().public_numbers()


def test_a_key_set_is_fetched_once_and_its_keys_are_kept() -> None:
    """TOK-27: launches in between cost no request, and get the same key object."""
    platform = serving()
    keys = KeySets(platform)
    first = keys.key(JWKS_URL, KID, NOW)
    assert is_key(first, private_key())
    assert keys.key(JWKS_URL, KID, NOW + HOUR - SECOND) is first
    assert platform.asked == [(JWKS_URL, "application/json")]


@pytest.mark.parametrize(
    ("control", "fresh"),
    [
        ("public, max-age=7200", 2 * HOUR),
        ("MAX-AGE=120", timedelta(minutes=2)),
        ("max-age=1", timedelta(minutes=1)),
        ("max-age=99999999", timedelta(hours=24)),
        ("no-store", timedelta(minutes=1)),
        ("private", HOUR),
        ("max-age=soon", HOUR),
    ],
)
def test_the_platform_says_how_long_within_bounds(control: str, fresh: timedelta) -> None:
    """TOK-27: max-age is honoured from a minute to a day."""
    platform = serving(headers={"cache-control": control})
    keys = KeySets(platform)
    keys.key(JWKS_URL, KID, NOW)
    keys.key(JWKS_URL, KID, NOW + fresh - SECOND)
    assert len(platform.asked) == 1
    keys.key(JWKS_URL, KID, NOW + fresh)
    assert len(platform.asked) == 2


def test_a_rotated_key_works_at_the_next_launch() -> None:
    """TOK-03: the new kid makes us ask again although the set is fresh; the withdrawn key is forgotten."""
    platform = serving()
    keys = KeySets(platform)
    keys.key(JWKS_URL, KID, NOW)
    platform.reply = Reply(tokens.jwks(jwk(private_key("next"), "next")))

    later = NOW + timedelta(seconds=10)
    assert is_key(keys.key(JWKS_URL, "next", later), private_key("next"))
    with pytest.raises(InvalidToken):
        keys.key(JWKS_URL, KID, later)


def test_unknown_kids_cannot_make_us_ask_all_the_time() -> None:
    """TOK-02, ATK-08: one request, then none for ten seconds, whatever kids arrive."""
    platform = serving()
    keys = KeySets(platform)
    for number in range(50):
        with pytest.raises(InvalidToken) as caught:
            keys.key(JWKS_URL, f"forged-{number}", NOW + timedelta(milliseconds=100 * number))
        assert caught.value.status == 401
    assert len(platform.asked) == 1
    assert is_key(keys.key(JWKS_URL, KID, NOW + SECOND), private_key())

    with pytest.raises(InvalidToken):
        keys.key(JWKS_URL, "forged", NOW + timedelta(seconds=10))
    assert len(platform.asked) == 2


@pytest.mark.parametrize(
    "reply",
    [
        DOWN,
        Reply({"keys": []}, status=503),
        Reply(tokens.jwks(), status=404),
        Reply("<html>", status=200),
        Reply("[]"),
        Reply({"error": "later"}),
        Reply({"keys": "none"}),
        Reply(None),
    ],
)
def test_an_outage_does_not_stop_launches_with_known_keys(reply: Reply | OutboundError) -> None:
    """TOK-27: a stale key serves for a day; an error page is never taken for a key set."""
    platform = serving()
    keys = KeySets(platform)
    first = keys.key(JWKS_URL, KID, NOW)
    platform.reply = reply

    assert keys.key(JWKS_URL, KID, NOW + 2 * HOUR) is first
    assert keys.key(JWKS_URL, KID, NOW + 2 * HOUR + SECOND) is first
    assert len(platform.asked) == 2
    with pytest.raises(OutboundError):
        keys.key(JWKS_URL, KID, NOW + 24 * HOUR)

    platform.reply = Reply(tokens.jwks())
    assert is_key(keys.key(JWKS_URL, KID, NOW + 24 * HOUR + timedelta(seconds=10)), private_key())


def test_without_any_key_an_outage_is_told_as_one() -> None:
    """TOK-27: not the token is wrong but the platform is away; it is asked again after the cooldown only."""
    platform = Platform(DOWN)
    keys = KeySets(platform)
    for moment in (NOW, NOW + SECOND, NOW + 9 * SECOND):
        with pytest.raises(Unreachable, match="no connection") as caught:
            keys.key(JWKS_URL, KID, moment)
        assert caught.value.exchange.url == JWKS_URL
    assert len(platform.asked) == 1

    platform.reply = Reply({"keys": []}, status=500)
    with pytest.raises(BadAnswer) as refused:
        keys.key(JWKS_URL, KID, NOW + 10 * SECOND)
    assert refused.value.exchange.status == 500


def test_one_platforms_key_is_not_anothers() -> None:
    """TOK-09: the same kid at another address is another key."""
    other = "https://other.example/jwks"
    keys = KeySets(tokens.NoNetwork())
    keys.preload(JWKS_URL, tokens.jwks())
    keys.preload(other, tokens.jwks(jwk(private_key("other"))))
    assert is_key(keys.key(JWKS_URL, KID, NOW), private_key())
    assert is_key(keys.key(other, KID, NOW), private_key("other"))


def test_a_bare_key_is_enough() -> None:
    """TOK-26: kty, kid, n and e; `alg` and `use` are optional."""
    keys = KeySets(serving(jwk(private_key(), alg=tokens.ABSENT, use=tokens.ABSENT)))
    assert is_key(keys.key(JWKS_URL, KID, NOW), private_key())


SPOILT: list[Any] = [
    None,
    "key",
    {},
    {"kty": "EC", "kid": "spoilt", "crv": "P-256", "x": "AA", "y": "AA"},
    {"kty": "oct", "kid": "spoilt", "k": "c2VjcmV0"},
    jwk(private_key(), "spoilt", kty="EC"),
    jwk(private_key(), "spoilt", use="enc"),
    jwk(private_key(), "spoilt", alg="RS512"),
    jwk(private_key(), "spoilt", n="%%%"),
    jwk(private_key(), "spoilt", n=""),
    jwk(private_key(), "spoilt", n=5),
    jwk(private_key(), "spoilt", e="AA"),
    jwk(private_key(), "spoilt", e="é"),
    jwk(private_key(), "spoilt", n="_" * 500_000 + "8"),
    jwk(private_key(), "spoilt", n="_" * 1700),
    jwk(private_key(), "spoilt", n="3q2-7w"),
    jwk(private_key(), kid=5),  # type: ignore[arg-type]
    jwk(private_key(), kid=["spoilt"]),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("spoilt", SPOILT, ids=range(len(SPOILT)))
def test_a_bad_key_beside_a_good_one_does_no_harm(spoilt: Any) -> None:
    """TOK-26, ATK-26: other kinds, broken, tiny and gigantic keys are passed over."""
    keys = KeySets(Platform(Reply({"keys": [spoilt, jwk(private_key())]})))
    assert is_key(keys.key(JWKS_URL, KID, NOW), private_key())
    with pytest.raises(InvalidToken):
        keys.key(JWKS_URL, "spoilt", NOW)


def test_private_members_that_a_platform_publishes_are_not_read() -> None:
    """TOK-26: somebody's mistake does not become a signing key in our memory."""
    private = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private_key()))
    keys = KeySets(Platform(Reply({"keys": [{**private, "kid": KID}]})))
    assert not hasattr(keys.key(JWKS_URL, KID, NOW), "private_numbers")


def test_the_first_of_two_keys_with_one_kid_counts() -> None:
    """TOK-26: a later entry cannot replace an earlier one."""
    keys = KeySets(serving(jwk(private_key()), jwk(private_key("other"))))
    assert is_key(keys.key(JWKS_URL, KID, NOW), private_key())


def test_many_launches_at_once_ask_once() -> None:
    """TOK-27: twenty threads without a key wait for one request."""
    platform = serving()
    keys = KeySets(platform)
    together = Barrier(20)

    def launch(_: int) -> bool:
        together.wait(5)
        return is_key(keys.key(JWKS_URL, KID, NOW), private_key())

    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(launch, range(20)))
    assert len(platform.asked) == 1


def test_while_one_thread_asks_the_others_use_what_they_have() -> None:
    """TOK-27: a slow platform holds up nobody who has a key."""
    asking, may_answer = Event(), Event()

    class Slow(Platform):
        def get(self, url: str, *, accept: str) -> Reply:
            if self.asked:
                asking.set()
                assert may_answer.wait(5)
            return super().get(url, accept=accept)

    keys = KeySets(Slow(Reply(tokens.jwks())))
    first = keys.key(JWKS_URL, KID, NOW)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(keys.key, JWKS_URL, KID, NOW + 2 * HOUR)
        assert asking.wait(5)
        assert keys.key(JWKS_URL, KID, NOW + 2 * HOUR) is first
        may_answer.set()
        assert is_key(slow.result(5), private_key())
