"""The token of a launch as a piece of cryptography: its form, its key, its signature (checklist section C)."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from support import tokens
from support.refusals import HEADER, refused
from support.tokens import ABSENT, JWKS_URL, KID, launch, private_key, sign

from lti_tool.errors import LtiError, MalformedMessage
from lti_tool.lti.keys import KeySets


def test_nothing_is_read_before_the_signature() -> None:
    """STA-11: a forged token is told from a good one by its signature alone, however right or wrong its claims."""
    for claims in (tokens.claims(), tokens.claims(nonce=ABSENT), tokens.claims(iss="x"), {}):
        assert str(refused(sign(claims, private_key("other")))) == "the signature is wrong"


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        sign() + ".",
        sign() + "=",
        sign() + "\n",
        " " + sign(),
        sign().replace(".", "!", 1),
        sign().replace(".", "..", 1),
        "é" + sign(),
        tokens.segment(b"[]") + "." + tokens.segment(b"{}") + ".AAAA",
        tokens.segment(b"{") + "." + tokens.segment(b"{}") + ".AAAA",
        tokens.segment(b"\xff") + "." + tokens.segment(b"{}") + ".AAAA",
        "A." + tokens.segment(b"{}") + ".AAAA",
    ],
)
def test_what_is_no_token_is_malformed(token: str) -> None:
    """STA-15: not three parts, not base64url, not JSON."""
    refused(token, MalformedMessage)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b"{}{}",
        b"[" * 40_000,
        b'{"a":' * 10_000,
        b"1" * 5000,
    ],
)
def test_a_signed_payload_must_be_a_json_object(payload: bytes) -> None:
    """STA-15, TOK-25: also when it is nested beyond reason."""
    refused(tokens.sign_raw(HEADER, payload), MalformedMessage)


@pytest.mark.parametrize(
    "extra",
    [
        b'"iss":"https://evil.example"',
        b'"x":{"a":1,"a":2}',
        b'"x":NaN',
        b'"x":[Infinity]',
        b'"x":' + b"9" * 5000,
    ],
)
def test_json_that_two_readers_understand_differently_is_refused(extra: bytes) -> None:
    """TOK-22, TOK-25: repeated names, and numbers that are none."""
    payload = json.dumps(tokens.claims()).encode()
    assert launch(tokens.sign_raw(HEADER, payload)).sub == "5"
    refused(tokens.sign_raw(HEADER, payload[:-1] + b"," + extra + b"}"), MalformedMessage)
    refused(tokens.sign_raw(HEADER[:-1] + b"," + extra + b',"kid":"b"}', payload), MalformedMessage)


def test_a_token_has_at_most_64_kib() -> None:
    """TOK-25: a long one is fine, a huge one is not even decoded."""
    assert launch(sign(tokens.claims(ext={"x": "y" * 40_000}))).sub == "5"
    refused(sign(tokens.claims(ext={"x": "y" * 50_000})), MalformedMessage)
    refused("a" * 10_000_000, MalformedMessage)


@pytest.mark.parametrize("kid", [None, "", 5, [KID], {}])
def test_the_header_must_name_a_key(kid: Any) -> None:
    """TOK-01: no guessing among the platform's keys."""
    header = {"alg": "RS256", **({} if kid is None else {"kid": kid})}
    refused(tokens.sign_raw(json.dumps(header).encode(), json.dumps(tokens.claims()).encode()))


@pytest.mark.parametrize("kid", ["other", KID.upper(), KID + "\x00", "../../dev/null", "' OR 1=1 --"])
def test_an_unknown_kid_is_refused(kid: str) -> None:
    """TOK-02, ATK-05: after one look at the key set."""
    platform = tokens.Platform()
    keys = KeySets(platform)
    refused(sign(kid=kid), keys=keys)
    refused(sign(kid=kid), keys=keys)
    assert platform.asked == 1


def test_unsigned_tokens_are_refused() -> None:
    """TOK-04, ATK-05: alg none in any spelling, with or without a signature."""
    refused(sign(alg="none").rstrip(".") + "." + sign().rsplit(".", 1)[1])
    refused(sign(alg="none"), MalformedMessage)
    for alg in ("None", "NONE", "", None):
        header = json.dumps({"alg": alg, "kid": KID}).encode()
        refused(tokens.sign_raw(header, json.dumps(tokens.claims()).encode()))
    refused(tokens.sign_raw(json.dumps({"kid": KID}).encode(), json.dumps(tokens.claims()).encode()))


def test_the_public_key_is_no_shared_secret() -> None:
    """TOK-05, ATK-05: HS256 with the platform's public key as secret."""
    pem = private_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = tokens.segment(json.dumps({"alg": "HS256", "kid": KID}).encode())
    signed = f"{header}.{tokens.segment(json.dumps(tokens.claims()).encode())}"
    signature = hmac.new(pem, signed.encode(), hashlib.sha256).digest()
    refused(f"{signed}.{tokens.segment(signature)}")


@pytest.mark.parametrize("alg", ["RS384", "RS512", "PS256", "ES256", "rs256"])
def test_only_rs256_is_accepted(alg: str) -> None:
    """TOK-06: whatever else a key could sign."""
    if alg == "rs256":
        header = json.dumps({"alg": alg, "kid": KID}).encode()
        refused(tokens.sign_raw(header, json.dumps(tokens.claims()).encode()))
    else:
        key: Any = ec.generate_private_key(ec.SECP256R1()) if alg == "ES256" else private_key()
        refused(sign(key=key, alg=alg))


def test_a_key_that_the_token_brings_along_is_ignored() -> None:
    """TOK-07, ATK-05: only the registration's key set counts."""
    evil = private_key("evil")
    brought = {
        "jwk": tokens.jwk(evil),
        "jku": "https://evil.example/jwks",
        "x5u": "https://evil.example",
        "x5c": ["AA"],
    }
    refused(sign(key=evil, **brought))
    assert launch(sign(**brought)).sub == "5"


def test_a_changed_token_is_refused() -> None:
    """TOK-08: another payload, a cut signature, none, or spare bits of its last character."""
    header, _, signature = sign().split(".")
    other = tokens.segment(json.dumps(tokens.claims(sub="2")).encode())
    refused(f"{header}.{other}.{signature}")
    refused(sign()[:-6])
    refused(sign().rsplit(".", 1)[0] + ".", MalformedMessage)
    last = signature[-1]
    for character in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        if character != last:
            with pytest.raises(LtiError):
                launch(sign()[:-1] + character)


def test_one_platforms_key_does_not_sign_for_another() -> None:
    """TOK-09: B's token by A's key, under A's kid, is checked with B's key set."""
    other = tokens.registration(issuer="https://b.example", jwks_url="https://b.example/jwks")
    keys = tokens.key_sets()
    keys.preload(other.jwks_url, tokens.jwks(tokens.jwk(private_key("b"))))
    login = tokens.login_state(issuer=other.issuer)
    claims = tokens.claims(iss=other.issuer)

    refused(sign(claims, private_key()), login=login, registration=other, keys=keys)
    found = launch(sign(claims, private_key("b")), login=login, registration=other, keys=keys)
    assert found.issuer == other.issuer


def test_a_header_that_demands_more_than_we_know_is_refused() -> None:
    """TOK-24, RFC 7515 §4.1.11: `crit` names what must be understood."""
    refused(sign(crit=["exp"], exp=1))
    assert launch(sign(typ="jwt")).sub == "5"
    assert launch(sign(typ=None)).sub == "5"


def test_key_sets_are_asked_for_the_registrations_address_only() -> None:
    """TOK-07, TOK-09: `jwks_url` of the registration, whatever `iss` or `jku` say."""
    asked: list[str] = []

    class Watched(KeySets):
        def key(self, url: str, kid: str, now: Any) -> Any:
            asked.append(url)
            return private_key().public_key()

    launch(sign(jku="https://evil.example"), keys=Watched(tokens.NoNetwork()))
    assert asked == [JWKS_URL]
