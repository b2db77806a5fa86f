"""Dynamic registration: which platforms are taken at their word."""

from unittest.mock import ANY

import pytest
from support.registering import TOKEN, fetch, moodle
from support.stub import Stub, resolver, serving

from lti_tool.errors import ForbiddenAddress, RegistrationFailed
from lti_tool.lti.claims import PLATFORM_CONFIGURATION
from lti_tool.lti.http import Http
from lti_tool.lti.registration import PlatformConfiguration, fetch_configuration


def test_the_configuration_is_fetched_with_the_registration_token(lms: Stub, http: Http) -> None:
    """DR-03, DR-04, DR-06."""
    found = fetch(lms, http)
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
    fetch(lms, http, token=None)
    assert "authorization" not in lms.asked[0].headers


def test_a_token_audience_of_its_own_is_kept(lms: Stub, http: Http) -> None:
    """OAU-03: Brightspace names its authorization server."""
    found = fetch(lms, http, authorization_server="https://auth.example/token")
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
        fetch(lms, http, issuer=named)


def test_a_redirect_does_not_lend_its_name(lms: Stub, http: Http) -> None:
    """DR-05: an open redirect at the real LMS is no proof; where the configuration came from counts."""
    with serving() as evil:
        evil.tell("/fake", moodle(lms))
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
        fetch(lms, http, **{name: value})


def test_browsers_are_not_sent_to_plain_http_even_on_a_listed_host(lms: Stub) -> None:
    """LOG-24, DR-06: the operator's list is for calls of the tool; logins go through people's networks."""
    http = Http(("127.0.0.1", "moodle.internal"), resolver())
    with pytest.raises(RegistrationFailed, match="authorization_endpoint"):
        fetch(lms, http, authorization_endpoint="http://moodle.internal/auth")


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
        fetch(lms, http, **{name: value})


def test_what_a_platform_does_not_state_is_taken_as_supported(lms: Stub, http: Http) -> None:
    """DR-13, DR-19: only the endpoints are required."""
    found = fetch(
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
