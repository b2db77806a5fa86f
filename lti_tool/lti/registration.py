"""Dynamic registration: read the platform's configuration, then describe the tool to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lti_tool.errors import BadAnswer, ForbiddenAddress, RegistrationFailed
from lti_tool.lti.claims import (
    DEEP_LINKING,
    PLATFORM_CONFIGURATION,
    RESOURCE_LINK,
    SCOPE_LINEITEM,
    SCOPE_LINEITEM_READONLY,
    SCOPE_NRPS,
    SCOPE_RESULT,
    SCOPE_SCORE,
    TOOL_CONFIGURATION,
)
from lti_tool.lti.http import Answer, Http
from lti_tool.lti.platform import Registration
from lti_tool.lti.urls import is_secure, origin
from lti_tool.lti.values import is_identifier, mapping, strings, text

SCOPES = (SCOPE_LINEITEM, SCOPE_LINEITEM_READONLY, SCOPE_RESULT, SCOPE_SCORE, SCOPE_NRPS)
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "email")
PLACEMENTS = ("ContentArea", "link_selection", "assignment_selection")
"""Where a teacher may choose from the course: the standard name, then Canvas's."""
CUSTOM = {
    "context_history": "$Context.id.history",
    "link_history": "$ResourceLink.id.history",
    "course_begins": "$CourseSection.timeFrame.begin",
}
ADDRESS_LIMIT = 1000
ISSUER_LIMIT = 500


@dataclass(frozen=True)
class ToolProfile:
    """What the tool tells about itself. `base_url` has no slash at its end."""

    base_url: str
    name_ja: str
    name_en: str
    description: str
    logo_url: str

    @property
    def login_url(self) -> str:
        """Where logins begin."""
        return f"{self.base_url}/lti/login"

    @property
    def launch_url(self) -> str:
        """Where id_tokens are posted, and what links point at."""
        return f"{self.base_url}/lti/launch"

    @property
    def jwks_url(self) -> str:
        """Where our public keys are."""
        return f"{self.base_url}/lti/jwks.json"

    @property
    def domain(self) -> str:
        """Host of the tool, with its port unless it is the usual one: Moodle compares it to the launch address."""
        parts = urlsplit(self.base_url)
        usual = {"https": ":443", "http": ":80"}.get(parts.scheme, "")
        return parts.netloc.removesuffix(usual)


@dataclass(frozen=True)
class PlatformConfiguration:
    """What a platform tells about itself. `scopes` and `messages` None: it does not say which it supports."""

    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str
    registration_url: str
    token_audience: str
    scopes: frozenset[str] | None
    messages: Mapping[str, tuple[str, ...]] | None
    """Message type -> placements."""
    product_family: str

    def gives(self, scope: str) -> bool:
        """Whether it may be asked for `scope`; one that does not say is asked for everything."""
        return self.scopes is None or scope in self.scopes


@dataclass(frozen=True)
class Registered:
    """The finished registration. `deployment_id` None: the platform told none, the first launch will."""

    registration: Registration
    deployment_id: str | None
    name: str
    product_family: str


def fetch_configuration(http: Http, url: str, registration_token: str | None) -> PlatformConfiguration:
    """Read the platform's OpenID configuration and judge it.

    Raises RegistrationFailed where it cannot be used, OutboundError where it cannot be read. The configuration must
    lie on the host of its issuer, or anybody could register under another's name (DR §3.5.1).
    """
    if "#" in url:
        raise RegistrationFailed("the configuration address must have no fragment")
    answer = http.get(url, bearer=registration_token or "")
    if not answer.ok:
        raise RegistrationFailed(f"the LMS did not give its configuration: {_words(answer)}")
    body = _object(answer)
    issuer = _address(http, body, "issuer", ISSUER_LIMIT)
    if origin(issuer) != origin(answer.url) or "?" in issuer:
        raise RegistrationFailed("the configuration is not on the host of its issuer")
    auth_url = _address(http, body, "authorization_endpoint")
    if not is_secure(auth_url):
        raise RegistrationFailed("the authorization_endpoint must be an https address")
    _check_algorithms(body)
    platform = mapping(body.get(PLATFORM_CONFIGURATION))
    return PlatformConfiguration(
        issuer=issuer,
        auth_url=auth_url,
        token_url=_address(http, body, "token_endpoint"),
        jwks_url=_address(http, body, "jwks_uri"),
        registration_url=_address(http, body, "registration_endpoint"),
        token_audience=text(body.get("authorization_server"), ADDRESS_LIMIT),
        scopes=frozenset(strings(body["scopes_supported"])) if "scopes_supported" in body else None,
        messages=_messages(platform.get("messages_supported")),
        product_family=text(platform.get("product_family_code"), 100),
    )


def register(
    http: Http, configuration: PlatformConfiguration, registration_token: str | None, tool: ToolProfile
) -> Registered:
    """Describe the tool to the platform; it answers with our client_id.

    Raises RegistrationFailed with the platform's own words where it refuses, OutboundError where it is not reached.
    """
    answer = http.post(
        configuration.registration_url,
        json=_description(configuration, tool),
        bearer=registration_token or "",
    )
    if answer.status not in {200, 201}:
        raise RegistrationFailed(f"the LMS refused: {_words(answer)}")
    body = _object(answer)
    client_id = body.get("client_id")
    if not is_identifier(client_id):
        raise RegistrationFailed("the LMS gave no client_id")
    # Canvas and Moodle send strings; a number is the same id written otherwise.
    deployment = mapping(body.get(TOOL_CONFIGURATION)).get("deployment_id")
    deployment_id = str(deployment) if isinstance(deployment, str | int) else ""
    return Registered(
        registration=Registration(
            issuer=configuration.issuer,
            client_id=client_id,
            auth_url=configuration.auth_url,
            token_url=configuration.token_url,
            jwks_url=configuration.jwks_url,
            token_audience=configuration.token_audience,
        ),
        deployment_id=deployment_id if is_identifier(deployment_id) else None,
        name=urlsplit(configuration.issuer).netloc[:255],
        product_family=configuration.product_family,
    )


def _description(configuration: PlatformConfiguration, tool: ToolProfile) -> dict[str, Any]:
    """The body of the registration request (OpenID Connect Dynamic Registration with LTI's part)."""
    offered = [scope for scope in SCOPES if configuration.gives(scope)]
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["client_credentials", "implicit"],
        "initiate_login_uri": tool.login_url,
        "redirect_uris": [tool.launch_url],
        "client_name": tool.name_en,
        "client_name#ja": tool.name_ja,
        "client_uri": tool.base_url,
        "jwks_uri": tool.jwks_url,
        "logo_uri": tool.logo_url,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(offered),
        TOOL_CONFIGURATION: {
            "domain": tool.domain,
            "target_link_uri": tool.launch_url,
            "description": tool.description,
            "messages": _our_messages(configuration, tool),
            "claims": list(CLAIMS),
            "custom_parameters": dict(CUSTOM),
        },
    }


def _our_messages(configuration: PlatformConfiguration, tool: ToolProfile) -> list[dict[str, Any]]:
    """The messages both sides know, deep linking with those of its placements that the platform has."""
    found: list[dict[str, Any]] = []
    for kind in (RESOURCE_LINK, DEEP_LINKING):
        if configuration.messages is not None and kind not in configuration.messages:
            continue
        message: dict[str, Any] = {"type": kind, "target_link_uri": tool.launch_url, "label": tool.name_en}
        offered = (configuration.messages or {}).get(kind, ())
        placements = [name for name in PLACEMENTS if name in offered]
        if kind == DEEP_LINKING and placements:
            message["placements"] = placements
        found.append(message)
    return found


def _messages(supported: object) -> dict[str, tuple[str, ...]] | None:
    if not isinstance(supported, list):
        return None
    return {
        text(message.get("type")): strings(message.get("placements"))
        for message in supported
        if isinstance(message, dict)
    }


def _check_algorithms(body: Mapping[str, object]) -> None:
    """Fail now, in words, rather than at the first launch (DR-19). What is not stated is taken as supported."""
    for name, needed in (
        ("id_token_signing_alg_values_supported", "RS256"),
        ("token_endpoint_auth_methods_supported", "private_key_jwt"),
        ("token_endpoint_auth_signing_alg_values_supported", "RS256"),
    ):
        if name in body and needed not in strings(body[name]):
            raise RegistrationFailed(f"the LMS does not support {needed} ({name})")


def _address(http: Http, body: Mapping[str, object], name: str, limit: int = ADDRESS_LIMIT) -> str:
    """A required address of the configuration: https (or a host the operator lists), no fragment."""
    value = body.get(name)
    if not isinstance(value, str) or not value or len(value) > limit or "#" in value:
        raise RegistrationFailed(f"the configuration has no usable {name}")
    try:
        http.check(value)
    except ForbiddenAddress as error:
        raise RegistrationFailed(f"{name}: {error}") from None
    return value


def _object(answer: Answer) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except BadAnswer:
        body = None
    if not isinstance(body, dict):
        raise RegistrationFailed("the answer of the LMS is no JSON object")
    return body


def _words(answer: Answer) -> str:
    """Why the platform says no: OAuth's two members where it uses them, else its plain text, else the status."""
    try:
        body = mapping(answer.json())
    except BadAnswer:
        body = {}
    said = " ".join(text(body.get(name)) for name in ("error", "error_description")).strip()
    return said or answer.words or f"status {answer.status}"
