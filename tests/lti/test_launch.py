"""The token of a launch: whose it is, for whom, when, and for which login (checklist sections B and C)."""

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from support import tokens
from support.tokens import CLIENT_ID, ISSUER, JWKS_URL, KID, NONCE, NOW, launch, launch_of, private_key, sign

from lti_tool.errors import InvalidClaims, InvalidState, InvalidToken, LtiError, MalformedMessage
from lti_tool.lti.keys import KeySets
from lti_tool.lti.launch import verify

SECOND = timedelta(seconds=1)
ISSUED = int(NOW.timestamp())
ABSENT = tokens.ABSENT
HEADER = json.dumps({"alg": "RS256", "typ": "JWT", "kid": KID}).encode()


def refused(token: str, error: type[LtiError] = InvalidToken, **overrides: Any) -> LtiError:
    with pytest.raises(error) as caught:
        launch(token, **overrides)
    assert type(caught.value) is error
    return caught.value


def test_a_launch_gives_what_the_platform_signed() -> None:
    """TOK-11, SEC §5.1.3: a student's launch from Moodle."""
    found = launch()
    assert (found.issuer, found.client_id, found.deployment_id) == (ISSUER, CLIENT_ID, "1")
    assert (found.sub, found.role, found.name) == ("5", "learner", "山田 花子")
    assert (found.context_id, found.resource_link_id, found.nonce) == ("2", "1", NONCE)


def test_statuses() -> None:
    """STA-19: 401 for signature, audience, nonce and time; 400 for what is no message or no good one."""
    assert refused(sign(key=private_key("other"))).status == 401
    assert refused(sign(tokens.claims(aud="other"))).status == 401
    assert refused(sign(tokens.claims(nonce="other"))).status == 401
    assert (
        refused(
            sign(), now=NOW + timedelta(hours=1), login=tokens.login_state(NOW + timedelta(hours=1))
        ).status
        == 401
    )
    assert refused("x", MalformedMessage).status == 400
    assert refused(sign(tokens.claims(version="1.3")), InvalidClaims).status == 400


def test_a_login_that_took_too_long_is_over() -> None:
    """STA-04: before anything of the token is looked at."""
    assert refused("x", InvalidState, now=NOW + timedelta(seconds=600)).status == 401


@pytest.mark.parametrize(
    "nonce", ["", None, ABSENT, 5, [NONCE], NONCE + " ", NONCE.upper(), "nonce-of-another", "\ud800"]
)
def test_the_nonce_must_be_that_of_this_login(nonce: Any) -> None:
    """STA-05, STA-06, ATK-06: not just one that we gave out some time."""
    refused(sign(tokens.claims(nonce=nonce)))


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


@pytest.mark.parametrize(
    "iss", [ISSUER + "/", ISSUER.upper(), ISSUER.replace("https", "http"), "", None, [ISSUER], ABSENT]
)
def test_the_issuer_is_compared_to_the_letter(iss: Any) -> None:
    """TOK-10: no trailing slash, no other case."""
    refused(sign(tokens.claims(iss=iss)))


@pytest.mark.parametrize("aud", [CLIENT_ID, [CLIENT_ID]])
def test_the_audience_is_us(aud: Any) -> None:
    """TOK-11: as a string or as a list of one."""
    assert launch_of(aud=aud).client_id == CLIENT_ID
    assert launch_of(aud=aud, azp=CLIENT_ID).client_id == CLIENT_ID


@pytest.mark.parametrize(
    "aud", ["other", [], ["other"], "", None, ABSENT, 5, {CLIENT_ID: 1}, [[CLIENT_ID]], CLIENT_ID + "x"]
)
def test_a_token_for_somebody_else_is_refused(aud: Any) -> None:
    """TOK-12: with 401."""
    assert refused(sign(tokens.claims(aud=aud))).status == 401


@pytest.mark.parametrize("aud", [[CLIENT_ID, "evil"], ["evil", CLIENT_ID], [CLIENT_ID, None]])
def test_a_second_audience_is_not_trusted(aud: Any) -> None:
    """TOK-13: even when it says that we are the authorized party."""
    refused(sign(tokens.claims(aud=aud, azp=CLIENT_ID)))


@pytest.mark.parametrize("aud", [["partner", CLIENT_ID], [CLIENT_ID, "partner"]])
def test_a_trusted_second_audience_is_accepted_in_any_order(aud: list[str]) -> None:
    """TOK-14, TOK-15: if `azp` says that we are meant."""
    trusting = tokens.registration(trusted_audiences=frozenset({"partner"}))
    assert launch(sign(tokens.claims(aud=aud, azp=CLIENT_ID)), registration=trusting).sub == "5"
    refused(sign(tokens.claims(aud=aud)), registration=trusting)
    refused(sign(tokens.claims(aud=aud, azp="partner")), registration=trusting)
    refused(sign(tokens.claims(aud="partner")), registration=trusting)


@pytest.mark.parametrize("azp", ["evil", "", None, [CLIENT_ID]])
def test_the_authorized_party_is_us_if_named(azp: Any) -> None:
    """TOK-16: also with one audience."""
    refused(sign(tokens.claims(azp=azp)))


def test_exp_is_required_and_has_a_minute_of_grace() -> None:
    """TOK-17, TOK-18: Moodle's tokens live for a minute only, so clocks may differ by another."""
    refused(sign(tokens.claims(exp=ABSENT)))
    assert launch(sign(tokens.claims(exp=ISSUED + 60)), now=NOW + timedelta(seconds=119)).sub == "5"
    assert refused(sign(tokens.claims(exp=ISSUED + 60)), now=NOW + timedelta(seconds=120)).code == "expired"


def test_iat_is_required_and_recent() -> None:
    """TOK-19, TOK-20: ten minutes and the grace, however long `exp` would let it live."""
    refused(sign(tokens.claims(iat=ABSENT)))
    assert launch_of(iat=ISSUED - 660).sub == "5"
    for iat in (ISSUED - 661, ISSUED - 365 * 86400, 11111, 0):
        refused(sign(tokens.claims(iat=iat, exp=ISSUED + 86400)))


def test_iat_may_be_ahead_by_the_grace_only() -> None:
    """TOK-21: clocks differ; an hour is no difference of clocks."""
    assert launch_of(iat=ISSUED + 60).sub == "5"
    refused(sign(tokens.claims(iat=ISSUED + 61)))
    refused(sign(tokens.claims(iat=ISSUED + 3600, exp=ISSUED + 7200)))


@pytest.mark.parametrize("name", ["exp", "iat"])
def test_times_are_json_numbers(name: str) -> None:
    """TOK-22: no text, no booleans, nothing infinite; fractions are numbers."""
    assert launch_of(**{name: ISSUED + 30.5}).sub == "5"
    for value in (str(ISSUED), True, None, [], {}, -1, 10**400, 253_402_300_800):
        refused(sign(tokens.claims(**{name: value})))
    payload = json.dumps(tokens.claims(**{name: ABSENT}))[:-1] + f', "{name}": 1e400}}'
    refused(tokens.sign_raw(HEADER, payload.encode()))


def test_a_token_of_another_registration_does_not_fit_this_login() -> None:
    """TOK-23: neither with the right registration for the token nor with that of the login."""
    other = tokens.registration(client_id="other-client")
    token = sign(tokens.claims(aud="other-client"))
    refused(token)
    refused(token, InvalidState, registration=other)
    refused(sign(), InvalidState, login=tokens.login_state(issuer="https://b.example"))


def test_other_tokens_of_the_same_platform_are_no_launches() -> None:
    """TOK-24: an access token, a notice, a deep linking response, or one of our own making."""
    access = {
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "sub": CLIENT_ID,
        "iat": ISSUED,
        "exp": ISSUED + 3600,
        "scope": "x",
    }
    refused(sign(access))
    refused(sign({**access, "nonce": NONCE}), InvalidClaims)
    refused(sign(typ="at+jwt"))
    refused(sign(tokens.claims(message_type="LtiDeepLinkingResponse")), InvalidClaims)
    refused(sign(tokens.claims(message_type=ABSENT, notice={"type": "LtiContextCopyNotice"})), InvalidClaims)
    ours: rsa.RSAPrivateKey = private_key("tool")
    refused(sign(tokens.claims(iss=CLIENT_ID, aud=ISSUER), ours))


def test_a_header_that_demands_more_than_we_know_is_refused() -> None:
    """TOK-24, RFC 7515 §4.1.11: `crit` names what must be understood."""
    refused(sign(crit=["exp"], exp=1))
    assert launch(sign(typ="jwt")).sub == "5"
    assert launch(sign(typ=None)).sub == "5"


def test_unknown_claims_are_ignored() -> None:
    """TOK-28: whatever else a platform has to say."""
    assert (
        launch_of(**{"https://www.example.com/extension": {"a": [1, None]}, "jti": 5, "zoneinfo": None}).sub
        == "5"
    )


def test_the_nonce_may_be_forgotten_once_the_token_is_refused_for_its_age() -> None:
    """STA-07: not earlier, or it could be spent again; and an `exp` of the year 9999 does not keep it for ever."""
    for overrides in (
        {},
        {"exp": 253_402_300_799},
        {"iat": ISSUED - 500, "exp": ISSUED + 9000},
        {"exp": ISSUED + 0.9},
    ):
        token = sign(tokens.claims(**overrides))
        forgettable = launch(token).expires_at
        assert ISSUED < forgettable <= ISSUED + 662
        then = NOW + timedelta(seconds=forgettable - ISSUED)
        with pytest.raises(InvalidToken):
            verify(
                token,
                tokens.login_state(then),
                tokens.registration(),
                tokens.key_sets(),
                then,
                tool_origin=tokens.TOOL,
            )


def test_key_sets_are_asked_for_the_registrations_address_only() -> None:
    """TOK-07, TOK-09: `jwks_url` of the registration, whatever `iss` or `jku` say."""
    asked: list[str] = []

    class Watched(KeySets):
        def key(self, url: str, kid: str, now: Any) -> Any:
            asked.append(url)
            return private_key().public_key()

    launch(sign(jku="https://evil.example"), keys=Watched(tokens.NoNetwork()))
    assert asked == [JWKS_URL]
