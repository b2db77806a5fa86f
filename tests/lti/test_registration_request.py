"""Dynamic registration: what we tell the platform, and what we take from its answer."""

from typing import Any

import pytest
from support.registering import TOKEN, fetch
from support.stub import Stub

from lti_tool.errors import RegistrationFailed, Unreachable
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
from lti_tool.lti.registration import CUSTOM, PlatformConfiguration, ToolProfile, register

TOOL = ToolProfile(
    base_url="https://tool.example:8454",
    name_ja="ライブコマース",
    name_en="Live commerce",
    description="A programme",
    logo_url="https://tool.example:8454/static/logo.svg",
)


@pytest.fixture
def platform(lms: Stub, http: Http) -> PlatformConfiguration:
    """Moodle's configuration, fetched."""
    found = fetch(lms, http)
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
            "custom_parameters": CUSTOM,
        },
    }


def test_what_a_course_was_copied_from_is_asked_for() -> None:
    """CPY-01"""
    assert CUSTOM["context_history"] == "$Context.id.history"
    assert CUSTOM["link_history"] == "$ResourceLink.id.history"


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
    platform = fetch(
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
    platform = fetch(lms, http, scopes_supported=None, **{PLATFORM_CONFIGURATION: None})
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
