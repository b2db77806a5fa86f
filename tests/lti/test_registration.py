"""Dynamic registration: which platforms are taken at their word, and what we tell them."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import ANY

import pytest
from support.stub import Stub, resolver, serving

from lti_tool.errors import ForbiddenAddress, RegistrationFailed, Unreachable
from lti_tool.lti.claims import (
    PLATFORM_CONFIGURATION,
    SCOPE_LINEITEM,
    SCOPE_LINEITEM_READONLY,
    SCOPE_NRPS,
    SCOPE_RESULT,
    SCOPE_SCORE,
    TOOL_CONFIGURATION,
)
from lti_tool.lti.http import Http
from lti_tool.lti.platform import Registration
from lti_tool.lti.registration import PlatformConfiguration, ToolProfile, fetch_configuration, register

TOOL = ToolProfile(
    base_url="https://tool.example:8454",
    name_ja="ライブコマース",
    name_en="Live commerce",
    description="A programme",
    logo_url="https://tool.example:8454/static/logo.svg",
)
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzY29wZSI6InJlZyJ9.c2lnbmF0dXJl"


@pytest.fixture
def lms() -> Iterator[Stub]:
    with serving() as stub:
        yield stub


@pytest.fixture(scope="module")
def http() -> Http:
    return Http(("127.0.0.1",), resolver())


def _moodle(lms: Stub, **changes: Any) -> dict[str, Any]:
    """A configuration as Moodle 5.1 gives it; None removes a member."""
    found = {
        "issuer": lms.url,
        "token_endpoint": f"{lms.url}/mod/lti/token.php",
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "jwks_uri": f"{lms.url}/mod/lti/certs.php",
        "authorization_endpoint": f"{lms.url}/mod/lti/auth.php",
        "registration_endpoint": f"{lms.url}/mod/lti/openid-registration.php",
        "scopes_supported": [
            "https://purl.imsglobal.org/spec/lti-bo/scope/basicoutcome",
            SCOPE_LINEITEM_READONLY,
            SCOPE_RESULT,
            SCOPE_SCORE,
            SCOPE_LINEITEM,
            SCOPE_NRPS,
            "openid",
        ],
        "response_types_supported": ["id_token"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
        PLATFORM_CONFIGURATION: {
            "product_family_code": "moodle",
            "version": "5.1+ (Build: 20251017)",
            "messages_supported": [
                {"type": "LtiResourceLinkRequest"},
                {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea"]},
            ],
        },
        **changes,
    }
    return {name: value for name, value in found.items() if value is not None}


def _fetch(lms: Stub, http: Http, token: str | None = TOKEN, **changes: Any) -> PlatformConfiguration:
    lms.tell("/openid", _moodle(lms, **changes), headers={"Content-Type": "text/html"})
    return fetch_configuration(http, f"{lms.url}/openid?x=1", token)


# --- the platform's configuration --------------------------------------------------------------------------


def test_the_configuration_is_fetched_with_the_registration_token(lms: Stub, http: Http) -> None:
    """DR-03, DR-04, DR-06."""
    found = _fetch(lms, http)
    assert found == PlatformConfiguration(
        issuer=lms.url,
        auth_url=f"{lms.url}/mod/lti/auth.php",
        token_url=f"{lms.url}/mod/lti/token.php",
        jwks_url=f"{lms.url}/mod/lti/certs.php",
        registration_url=f"{lms.url}/mod/lti/openid-registration.php",
        token_audience="",
        scopes=ANY,
        messages={"LtiResourceLinkRequest": (), "LtiDeepLinkingRequest": ("ContentArea",)},
        product_family="moodle",
    )
    (asked,) = lms.asked
    assert (asked.method, asked.path) == ("GET", "/openid?x=1")
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"


def test_without_a_registration_token_none_is_sent(lms: Stub, http: Http) -> None:
    """DR-01, DR-04."""
    _fetch(lms, http, token=None)
    assert "authorization" not in lms.asked[0].headers


def test_a_token_audience_of_its_own_is_kept(lms: Stub, http: Http) -> None:
    """OAU-03: Brightspace names its authorization server."""
    found = _fetch(lms, http, authorization_server="https://auth.example/token")
    assert found.token_audience == "https://auth.example/token"


@pytest.mark.parametrize(
    "url", ["https://moodle.example/openid#part", "http://moodle.example/openid", "file:///etc/passwd", ""]
)
def test_odd_configuration_addresses_are_not_fetched(http: Http, url: str) -> None:
    """DR-03: https only, no fragment."""
    with pytest.raises((RegistrationFailed, ForbiddenAddress)):
        fetch_configuration(http, url, TOKEN)


@pytest.mark.parametrize(
    "issuer",
    [
        "https://canvas.instructure.com",
        "https://127.0.0.1",
        "http://127.0.0.1",
        "{url}.evil.example",
        "{url}?tenant=1",
        "{url}#x",
        "127.0.0.1",
        "",
        7,
        None,
    ],
)
def test_nobody_registers_under_anothers_name(lms: Stub, http: Http, issuer: object) -> None:
    """DR-05: the configuration lies on the host of its issuer; the port belongs to the host."""
    named = issuer.format(url=lms.url) if isinstance(issuer, str) else issuer
    with pytest.raises(RegistrationFailed):
        _fetch(lms, http, issuer=named)


def test_a_redirect_does_not_lend_its_name(lms: Stub, http: Http) -> None:
    """DR-05: an open redirect at the real LMS is no proof; where the configuration came from counts."""
    with serving() as evil:
        evil.tell("/fake", _moodle(lms))
        lms.tell("/openid", status=302, headers={"Location": f"{evil.url}/fake"})
        with pytest.raises(RegistrationFailed, match="host of its issuer"):
            fetch_configuration(http, f"{lms.url}/openid", TOKEN)
        assert "authorization" not in evil.asked[0].headers


@pytest.mark.parametrize(
    "name", ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint"]
)
@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        7,
        ["https://moodle.example/x"],
        "/relative",
        "http://moodle.example/x",
        "https:///x",
        "https://10.0.0.1/x",
        "https://moodle.example/x#part",
        "javascript:alert(1)",
        "https://moodle.example/" + "x" * 1000,
    ],
)
def test_every_endpoint_must_be_https(lms: Stub, http: Http, name: str, value: object) -> None:
    """DR-06, LOG-24: present, https with a host, storable."""
    with pytest.raises(RegistrationFailed):
        _fetch(lms, http, **{name: value})


def test_browsers_are_not_sent_to_plain_http_even_on_a_listed_host(lms: Stub) -> None:
    """LOG-24, DR-06: the operator's list is for calls of the tool; logins go through people's networks."""
    http = Http(("127.0.0.1", "moodle.internal"), resolver())
    with pytest.raises(RegistrationFailed, match="authorization_endpoint"):
        _fetch(lms, http, authorization_endpoint="http://moodle.internal/auth")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id_token_signing_alg_values_supported", ["ES256"]),
        ("id_token_signing_alg_values_supported", []),
        ("token_endpoint_auth_methods_supported", ["client_secret_basic"]),
        ("token_endpoint_auth_signing_alg_values_supported", ["HS256"]),
    ],
)
def test_a_platform_that_cannot_do_our_cryptography_is_told_now(
    lms: Stub, http: Http, name: str, value: list[str]
) -> None:
    """DR-19."""
    with pytest.raises(RegistrationFailed, match=name):
        _fetch(lms, http, **{name: value})


def test_what_a_platform_does_not_state_is_taken_as_supported(lms: Stub, http: Http) -> None:
    """DR-13, DR-19: only the endpoints are required."""
    found = _fetch(
        lms,
        http,
        id_token_signing_alg_values_supported=None,
        token_endpoint_auth_methods_supported=None,
        token_endpoint_auth_signing_alg_values_supported=None,
        scopes_supported=None,
        **{PLATFORM_CONFIGURATION: None},
    )
    assert (found.scopes, found.messages, found.product_family) == (None, None, "")


@pytest.mark.parametrize(
    ("body", "status"), [(b"[]", 200), (b"<html>", 200), (b'{"error": "token_expired"}', 401), (b"", 500)]
)
def test_no_configuration_no_registration(lms: Stub, http: Http, body: bytes, status: int) -> None:
    """DR-03: what is no JSON object, or no success."""
    lms.tell("/openid", body, status)
    with pytest.raises(RegistrationFailed):
        fetch_configuration(http, f"{lms.url}/openid", TOKEN)


# --- our registration --------------------------------------------------------------------------------------


@pytest.fixture
def platform(lms: Stub, http: Http) -> PlatformConfiguration:
    """Moodle's configuration, fetched."""
    found = _fetch(lms, http)
    lms.asked.clear()
    return found


def _answer(**changes: Any) -> dict[str, Any]:
    found = {"client_id": "qItHvjolf3xtUXy", TOOL_CONFIGURATION: {"version": "1.3.0", "deployment_id": "1"}}
    return {name: value for name, value in {**found, **changes}.items() if value is not None}


REGISTER = "/mod/lti/openid-registration.php"


def test_the_tool_describes_itself(lms: Stub, http: Http, platform: PlatformConfiguration) -> None:
    """DR-07, DR-08, DR-09, DR-10, DR-11: what Moodle requires, domain with its port, both names."""
    lms.tell(REGISTER, _answer())
    register(http, platform, TOKEN, TOOL)
    (asked,) = lms.asked
    assert (asked.method, asked.path) == ("POST", REGISTER)
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    launch = "https://tool.example:8454/lti/launch"
    assert asked.json == {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["client_credentials", "implicit"],
        "initiate_login_uri": "https://tool.example:8454/lti/login",
        "redirect_uris": [launch],
        "client_name": "Live commerce",
        "client_name#ja": "ライブコマース",
        "client_uri": "https://tool.example:8454",
        "jwks_uri": "https://tool.example:8454/lti/jwks.json",
        "logo_uri": "https://tool.example:8454/static/logo.svg",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": f"{SCOPE_LINEITEM} {SCOPE_LINEITEM_READONLY} {SCOPE_RESULT} {SCOPE_SCORE} {SCOPE_NRPS}",
        TOOL_CONFIGURATION: {
            "domain": "tool.example:8454",
            "target_link_uri": launch,
            "description": "A programme",
            "messages": [
                {"type": "LtiResourceLinkRequest", "target_link_uri": launch, "label": "Live commerce"},
                {
                    "type": "LtiDeepLinkingRequest",
                    "target_link_uri": launch,
                    "label": "Live commerce",
                    "placements": ["ContentArea"],
                },
            ],
            "claims": ["iss", "sub", "name", "given_name", "family_name", "email"],
            "custom_parameters": {"context_history": "$Context.id.history"},
        },
    }


def test_the_registration_is_what_the_answer_says(
    lms: Stub, http: Http, platform: PlatformConfiguration
) -> None:
    """DR-12: Moodle answers 200 with the deployment in the tool configuration."""
    lms.tell(REGISTER, _answer())
    found = register(http, platform, TOKEN, TOOL)
    assert found.registration == Registration(
        issuer=lms.url,
        client_id="qItHvjolf3xtUXy",
        auth_url=f"{lms.url}/mod/lti/auth.php",
        token_url=f"{lms.url}/mod/lti/token.php",
        jwks_url=f"{lms.url}/mod/lti/certs.php",
    )
    assert found.deployment_id == "1"
    assert (found.name, found.product_family) == (lms.url.removeprefix("http://"), "moodle")


@pytest.mark.parametrize(
    ("configuration", "deployment"),
    [(None, None), ({}, None), ({"deployment_id": ""}, None), ({"deployment_id": 12}, "12"), ("junk", None)],
)
def test_a_deployment_may_be_told_later(
    lms: Stub, http: Http, platform: PlatformConfiguration, configuration: object, deployment: str | None
) -> None:
    """DR-12: absent, the first launch brings it. 201 is a success too."""
    lms.tell(REGISTER, _answer(**{TOOL_CONFIGURATION: configuration}), 201)
    assert register(http, platform, TOKEN, TOOL).deployment_id == deployment


@pytest.mark.parametrize("client_id", [None, "", 7, " ", "x" * 256, "a\nb"])
def test_an_answer_without_a_client_id_is_no_registration(
    lms: Stub, http: Http, platform: PlatformConfiguration, client_id: object
) -> None:
    """DR-12."""
    lms.tell(REGISTER, _answer(client_id=client_id))
    with pytest.raises(RegistrationFailed, match="client_id"):
        register(http, platform, TOKEN, TOOL)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, b"missing_domain", "missing_domain"),
        (401, b"token_already_used\n", "token_already_used"),
        (400, b'{"error": "invalid_redirect_uri", "error_description": "no"}', "invalid_redirect_uri no"),
        (400, b"<!DOCTYPE html><title>Error</title>", "status 400"),
        (302, b"", "status 302"),
        (400, f"bad {TOKEN}".encode(), r"bad \[token\]"),
        (400, b"x" * 5000, "x{500}$"),
    ],
)
def test_the_words_of_the_platform_are_passed_on(
    lms: Stub, http: Http, platform: PlatformConfiguration, status: int, body: bytes, said: str
) -> None:
    """DR-16: as plain text, trimmed, without the token; the page escapes it."""
    lms.tell(REGISTER, body, status)
    with pytest.raises(RegistrationFailed, match=f"the LMS refused: {said}"):
        register(http, platform, TOKEN, TOOL)


def test_no_answer_is_unreachable(lms: Stub, http: Http, platform: PlatformConfiguration) -> None:
    lms.tell(REGISTER, write=lambda _: None)
    with pytest.raises(Unreachable):
        register(http, platform, TOKEN, TOOL)


def test_only_what_the_platform_supports_is_asked_for(lms: Stub, http: Http) -> None:
    """DR-11: scopes, messages and placements."""
    platform = _fetch(
        lms,
        http,
        scopes_supported=[SCOPE_SCORE, "openid"],
        **{
            PLATFORM_CONFIGURATION: {
                "messages_supported": [
                    "junk",
                    {"type": "LtiDeepLinkingRequest", "placements": ["editor_button", "link_selection"]},
                ]
            }
        },
    )
    lms.tell(REGISTER, _answer())
    register(http, platform, None, TOOL)
    body = lms.asked[-1].json
    assert body["scope"] == SCOPE_SCORE
    (message,) = body[TOOL_CONFIGURATION]["messages"]
    assert (message["type"], message["placements"]) == ("LtiDeepLinkingRequest", ["link_selection"])
    assert "authorization" not in lms.asked[-1].headers


def test_a_platform_that_states_nothing_gets_everything(lms: Stub, http: Http) -> None:
    """DR-10, DR-11: messages are a list in any case, placements left out where none is known."""
    platform = _fetch(lms, http, scopes_supported=None, **{PLATFORM_CONFIGURATION: None})
    lms.tell(REGISTER, _answer())
    register(http, platform, TOKEN, TOOL)
    body = lms.asked[-1].json
    assert body["scope"].count("https://") == 5
    assert [set(message) for message in body[TOOL_CONFIGURATION]["messages"]] == [
        {"type", "target_link_uri", "label"},
        {"type", "target_link_uri", "label"},
    ]


@pytest.mark.parametrize(
    ("base", "domain"),
    [
        ("https://tool.example", "tool.example"),
        ("https://tool.example:443", "tool.example"),
        ("https://tool.example:8454/sub", "tool.example:8454"),
        ("http://localhost:8000", "localhost:8000"),
        ("https://[::1]:8000", "[::1]:8000"),
    ],
)
def test_the_domain_has_a_port_unless_it_is_the_usual_one(base: str, domain: str) -> None:
    """DR-09: Moodle compares it with host and port of the launch address."""
    assert ToolProfile(base, "", "", "", "").domain == domain
