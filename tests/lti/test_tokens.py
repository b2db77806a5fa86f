"""Client credentials: the assertion, what is asked for, and what is made of the answer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from support import tokens as platform
from support.stub import Stub, resolver, serving

from lti_tool.errors import BadAnswer, Unreachable
from lti_tool.lti.claims import SCOPE_LINEITEM, SCOPE_RESULT, SCOPE_SCORE
from lti_tool.lti.http import Http
from lti_tool.lti.keys import Signer
from lti_tool.lti.platform import Registration
from lti_tool.lti.tokens import Token, fetch_token

KEY = platform.private_key("tool")
SIGNER = Signer("tool-key-1", KEY)
ASKED = frozenset({SCOPE_SCORE, SCOPE_RESULT})
GRANT = {"access_token": "opaque-token", "token_type": "Bearer", "expires_in": 3600}


@pytest.fixture
def lms() -> Iterator[Stub]:
    with serving() as stub:
        yield stub


@pytest.fixture(scope="module")
def http() -> Http:
    return Http(("127.0.0.1",), resolver())


@pytest.fixture
def registration(lms: Stub) -> Registration:
    return platform.registration(token_url=f"{lms.url}/token")


@pytest.fixture
def fetch(http: Http, registration: Registration, now: datetime) -> Any:
    """`fetch(scopes=ASKED)` with everything else in place."""
    return lambda scopes=ASKED, of=registration: fetch_token(http, of, SIGNER, scopes, now)


def _claims(lms: Stub) -> dict[str, Any]:
    """The claims of the last assertion, read with our public key."""
    (assertion,) = lms.asked[-1].form["client_assertion"]
    assert jwt.get_unverified_header(assertion) == {"alg": "RS256", "kid": "tool-key-1", "typ": "JWT"}
    options: Any = {"verify_aud": False, "verify_exp": False, "verify_iat": False}
    return jwt.decode(assertion, KEY.public_key(), algorithms=["RS256"], options=options)


def test_the_request_is_a_form_with_four_fields(lms: Stub, fetch: Any) -> None:
    """OAU-01: client credentials by a signed assertion, scopes separated by spaces."""
    lms.tell("/token", GRANT)
    fetch()
    (asked,) = lms.asked
    assert asked.method == "POST"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert {name: values for name, values in asked.form.items() if name != "client_assertion"} == {
        "grant_type": ["client_credentials"],
        "client_assertion_type": ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"],
        "scope": [f"{SCOPE_RESULT} {SCOPE_SCORE}"],
    }


def test_the_assertion_names_us_for_five_minutes_at_most(lms: Stub, fetch: Any, now: datetime) -> None:
    """OAU-02: iss = sub = client_id, a jti for each; `iat` is backdated, since Moodle grants no leeway."""
    lms.tell("/token", GRANT)
    fetch()
    first = _claims(lms)
    assert (first["iss"], first["sub"]) == (platform.CLIENT_ID, platform.CLIENT_ID)
    assert first["aud"] == f"{lms.url}/token"
    assert first["iat"] == int(now.timestamp()) - 5
    assert now.timestamp() < first["exp"] <= first["iat"] + 300
    fetch()
    assert _claims(lms)["jti"] != first["jti"]


@pytest.mark.parametrize(
    ("audience", "sent"),
    [
        ("https://auth.example", "https://auth.example"),
        ("https://a.example https://b.example", ["https://a.example", "https://b.example"]),
    ],
)
def test_the_audience_can_be_set(lms: Stub, fetch: Any, audience: str, sent: object) -> None:
    """OAU-03: other than the token address, also several."""
    lms.tell("/token", GRANT)
    fetch(of=platform.registration(token_url=f"{lms.url}/token", token_audience=audience))
    assert _claims(lms)["aud"] == sent


@pytest.mark.parametrize("minutes", [-5, 5])
def test_an_lms_whose_clock_is_wrong_is_asked_once_more_by_its_own(
    lms: Stub, http: Http, registration: Registration, minutes: int
) -> None:
    """OAU-02: it finds our assertion not valid yet, or over; its answer tells what time it has."""
    lms.tell("/token", {"error": "invalid_client"}, 400)
    lms.tell("/token", GRANT)
    there = datetime.now(UTC)
    ours = there - timedelta(minutes=minutes)
    token = fetch_token(http, registration, SIGNER, ASKED, ours)
    assert len(lms.asked) == 2
    claims = _claims(lms)
    assert abs(claims["iat"] + 5 - there.timestamp()) < 5
    assert token.expires_at == ours + timedelta(seconds=3540), "when to stop using it goes by our clock"


def test_a_refusal_that_is_not_owed_to_clocks_is_not_repeated(
    lms: Stub, http: Http, registration: Registration
) -> None:
    lms.tell("/token", {"error": "invalid_client"}, 400)
    with pytest.raises(BadAnswer, match="invalid_client"):
        fetch_token(http, registration, SIGNER, ASKED, datetime.now(UTC))
    assert len(lms.asked) == 1


def test_only_the_scopes_asked_for_are_requested(lms: Stub, fetch: Any) -> None:
    """OAU-05."""
    lms.tell("/token", GRANT)
    fetch(frozenset({SCOPE_SCORE}))
    assert lms.asked[0].form["scope"] == [SCOPE_SCORE]


@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        (SCOPE_SCORE, {SCOPE_SCORE}),
        (f"{SCOPE_SCORE} {SCOPE_RESULT} {SCOPE_LINEITEM}", {SCOPE_SCORE, SCOPE_RESULT, SCOPE_LINEITEM}),
        ([SCOPE_RESULT, 7], {SCOPE_RESULT}),
        (None, ASKED),
        ("", ASKED),
    ],
)
def test_the_granted_scopes_are_kept(lms: Stub, fetch: Any, scope: object, granted: set[str]) -> None:
    """OAU-06: they may be fewer; not stated means as asked (RFC 6749 §5.1)."""
    lms.tell("/token", {**GRANT, "scope": scope})
    assert fetch().scopes == granted


def test_no_scope_granted_is_said_clearly(lms: Stub, fetch: Any) -> None:
    """OAU-06: an error of its own, so that nobody asks again and again."""
    lms.tell("/token", {**GRANT, "scope": "openid"})
    with pytest.raises(BadAnswer) as failure:
        fetch()
    assert failure.value.code == "scope"


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [
        (3600, 3540),
        ("600", 540),
        (600.9, 540),
        (60, 30),
        (1, 1),
        (None, 3540),
        ("soon", 3540),
        (True, 3540),
        (-5, 3540),
        (10**12, 86340),
    ],
)
def test_the_token_is_given_up_a_little_early(
    lms: Stub, fetch: Any, now: datetime, expires_in: object, seconds: int
) -> None:
    """OAU-07: a minute before its end, or at half of a very short life."""
    lms.tell("/token", {**GRANT, "expires_in": expires_in})
    assert fetch().expires_at == now + timedelta(seconds=seconds)


def test_an_absent_lifetime_is_an_hour(lms: Stub, fetch: Any, now: datetime) -> None:
    """OAU-07."""
    lms.tell("/token", {"access_token": "opaque-token", "token_type": "bearer"})
    assert fetch().expires_at == now + timedelta(seconds=3540)


@pytest.mark.parametrize("kind", ["bearer", "Bearer", "BEARER"])
def test_the_token_type_may_be_written_either_way(lms: Stub, fetch: Any, kind: str) -> None:
    """OAU-10."""
    lms.tell("/token", {**GRANT, "token_type": kind}, headers={"Content-Type": "text/html"})
    assert fetch().value == "opaque-token"


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, b'{"error" : "invalid_scope"}', "invalid_scope"),
        (400, b'{"error" : ""kid" invalid, no key"}', '"kid" invalid'),
        (401, b'{"error":"invalid_client"}', "invalid_client"),
        (503, b"<html>down</html>", "503"),
    ],
)
def test_a_refusal_keeps_the_words_of_the_lms(
    lms: Stub, fetch: Any, status: int, body: bytes, said: str
) -> None:
    """OAU-09: also Moodle's errors that are no JSON, and pages of proxies."""
    lms.tell("/token", body, status)
    with pytest.raises(BadAnswer, match=said) as failure:
        fetch()
    assert failure.value.exchange.status == status


def test_being_told_to_wait_is_kept(lms: Stub, fetch: Any) -> None:
    """OAU-09."""
    lms.tell("/token", b"", 429, headers={"Retry-After": "30"})
    with pytest.raises(BadAnswer) as failure:
        fetch()
    assert failure.value.exchange.retry_after == 30.0


def test_no_answer_is_unreachable(lms: Stub, fetch: Any) -> None:
    """OAU-09."""
    lms.tell("/token", write=lambda _: None)
    with pytest.raises(Unreachable):
        fetch()


@pytest.mark.parametrize(
    "body",
    [
        b'{"access_token": "opaque-token", "token_type": "mac"}',
        b'{"access_token": "opaque-token", "token_type": 1}',
        b'{"access_token": ["opaque-token"]}',
        b'{"access_token": ""}',
        b"{}",
        b'["opaque-token"]',
        b'{"access_token": "opaque-token"',
    ],
)
def test_a_strange_grant_is_refused_without_telling_the_token(lms: Stub, fetch: Any, body: bytes) -> None:
    """OAU-09, OAU-11, ATK-22."""
    lms.tell("/token", body)
    with pytest.raises(BadAnswer) as failure:
        fetch()
    assert "opaque-token" not in f"{failure.value} {failure.value.exchange}"


def test_an_echoed_assertion_is_not_kept(lms: Stub, fetch: Any) -> None:
    """OAU-11: some servers repeat what they did not like."""
    lms.tell("/token", b"bad assertion eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl", 400)
    with pytest.raises(BadAnswer) as failure:
        fetch()
    assert failure.value.exchange.body == "bad assertion [token]"


def test_a_token_does_not_show_itself(now: datetime) -> None:
    """OAU-11."""
    assert "opaque" not in repr(Token("opaque", ASKED, now))
