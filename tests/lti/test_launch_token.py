"""The token of a launch: whose it is, for whom, when, and for which login (checklist sections B and C)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from support import tokens
from support.refusals import HEADER, refused
from support.tokens import ABSENT, CLIENT_ID, ISSUER, NONCE, NOW, launch, launch_of, private_key, sign

from lti_tool.errors import InvalidClaims, InvalidState, InvalidToken, MalformedMessage
from lti_tool.lti.launch import verify

ISSUED = int(NOW.timestamp())


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
