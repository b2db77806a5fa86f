"""From an id_token to a frozen `Launch`, or to the one error that says why not.

Taken from PyLTI1p3: the message validators (`checks.py`) and the making of our public keys (`keys.py`). Its
`MessageLaunch` is not used: it reads the payload before the signature, checks the nonce against any login and
never spends it, takes the client from `aud[0]`, does without `exp` and `iat`, knows no leeway, fetches the
key set at every launch and turns keys into PEM and back. Here a launch costs one RSA check and reads only
signed values.

What no single message can show is not decided here: that the nonce is new and the deployment known
(services), and that the state belongs to this browser (web).
"""

import json
import re
from datetime import datetime
from urllib.parse import unquote

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti_tool.errors import InvalidState
from lti_tool.lti import checks
from lti_tool.lti.checks import Claims
from lti_tool.lti.claims import (
    AGS_ENDPOINT,
    CLAIM,
    DEEP_LINKING,
    DL_CLAIM,
    NRPS_SERVICE,
    SUBMISSION_REVIEW,
    AgsEndpoint,
    DeepLinkingSettings,
    Launch,
)
from lti_tool.lti.jws import open_signed
from lti_tool.lti.keys import KeySets
from lti_tool.lti.login import LoginState
from lti_tool.lti.platform import Registration
from lti_tool.lti.roles import role_of
from lti_tool.lti.urls import is_secure
from lti_tool.lti.values import address, flag, is_identifier, mapping, strings, text

CUSTOM_CONTEXT_HISTORY = "context_history"
"""Custom parameter to register as `$Context.id.history`: the courses this was copied from, nearest first."""
CUSTOM_LINK_HISTORY = "link_history"
"""Custom parameter to register as `$ResourceLink.id.history`."""
LONGEST_HISTORY = 50

_VARIABLE = re.compile(r"\$[A-Za-z][\w.]*", re.ASCII)
_LOCALE = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,5}")
_TARGETS = frozenset({"iframe", "frame", "window"})


def verify(
    id_token: str,
    login: LoginState,
    registration: Registration,
    keys: KeySets,
    now: datetime,
    *,
    tool_origin: str,
) -> Launch:
    """Everything of SEC §5.1.3 and CORE §5.3 that the message itself can show.

    `login` is the state found in this browser, `registration` the one it names, `tool_origin` an address of
    the tool. Raises InvalidState, MalformedMessage, InvalidToken or InvalidClaims; OutboundError when the
    platform's keys are needed and cannot be had.
    """
    login.require_open(now)
    if (login.issuer, login.client_id) != (registration.issuer, registration.client_id):
        raise InvalidState("the login belongs to another registration")

    def find_key(kid: str) -> RSAPublicKey:
        return keys.key(registration.jwks_url, kid, now)

    claims = open_signed(id_token, find_key)
    message_type = checks.run(claims, checks.Expected(login, registration, now.timestamp(), tool_origin))
    return _launch(claims, message_type, registration)


def _launch(claims: Claims, message_type: str, registration: Registration) -> Launch:
    """The checked claims in our words. What is optional and odd is treated as absent (TOK-28)."""
    context, link = mapping(claims.get(CLAIM + "context")), mapping(claims.get(CLAIM + "resource_link"))
    context_id, custom = _identifier(context.get("id")), _custom(claims)
    known = context if context_id is not None else {}
    presentation = mapping(claims.get(CLAIM + "launch_presentation"))
    target, return_url = presentation.get("document_target"), address(presentation.get("return_url"), 2000)
    reviewed = mapping(claims.get(CLAIM + "for_user")) if message_type == SUBMISSION_REVIEW else {}
    return Launch(
        issuer=registration.issuer,
        client_id=registration.client_id,
        deployment_id=str(claims[CLAIM + "deployment_id"]),
        message_type=message_type,
        nonce=str(claims["nonce"]),
        expires_at=_forgettable_at(claims),
        target_link_uri=str(claims[CLAIM + "target_link_uri"]),
        sub=str(claims["sub"]),
        role=role_of(strings(claims.get(CLAIM + "roles"))),
        name=text(claims.get("name")),
        given_name=text(claims.get("given_name")),
        family_name=text(claims.get("family_name")),
        email=text(claims.get("email")),
        locale=_locale(presentation.get("locale")) or _locale(claims.get("locale")),
        context_id=context_id,
        context_title=text(known.get("title"), 500),
        context_label=text(known.get("label")),
        context_history=_history(custom.get(CUSTOM_CONTEXT_HISTORY, "")),
        link_history=_history(custom.get(CUSTOM_LINK_HISTORY, "")),
        resource_link_id=_identifier(link.get("id")),
        resource_link_title=text(link.get("title"), 500),
        custom=custom,
        ags=_ags(claims),
        nrps_url=_nrps(claims),
        deep_linking=_deep_linking(claims) if message_type == DEEP_LINKING else None,
        for_user=_identifier(reviewed.get("user_id")),
        return_url=return_url if return_url and is_secure(return_url) else None,
        document_target=target if isinstance(target, str) and target in _TARGETS else "",
        product_family=text(mapping(claims.get(CLAIM + "tool_platform")).get("product_family_code"), 100),
    )


def _forgettable_at(claims: Claims) -> int:
    """When the token is refused for its age alone, so that its nonce may be forgotten."""
    last = min(checks.seconds(claims, "exp"), checks.seconds(claims, "iat") + checks.MAX_AGE)
    return int(last) + checks.LEEWAY + 1


def _identifier(value: object) -> str | None:
    return value if is_identifier(value) else None


def _locale(value: object) -> str:
    return value if isinstance(value, str) and _LOCALE.fullmatch(value) else ""


def _custom(claims: Claims) -> dict[str, str]:
    """Custom parameters as text. Null and unresolved `$Variable` are left out, "" is kept (CLM-23)."""
    found: dict[str, str] = {}
    for name, value in mapping(claims.get(CLAIM + "custom")).items():
        words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if value is not None and not _VARIABLE.fullmatch(words):
            found[text(name)] = text(words, 8192)
    return found


def _history(ids: str) -> tuple[str, ...]:
    """URL-encoded ids between commas, most recent first (CORE B.3); of a very long line of copies the nearest."""
    return tuple(unquote(part.strip()) for part in ids.split(",") if part.strip())[:LONGEST_HISTORY]


def _ags(claims: Claims) -> AgsEndpoint | None:
    """The AGS claim (AGS §3.1), None when there is none."""
    endpoint = claims.get(AGS_ENDPOINT)
    if not isinstance(endpoint, dict):
        return None
    return AgsEndpoint(
        scopes=frozenset(strings(endpoint.get("scope"))),
        lineitems=address(endpoint.get("lineitems")),
        lineitem=address(endpoint.get("lineitem")),
    )


def _nrps(claims: Claims) -> str | None:
    """Where the roster is, if it is served in version 2.0 (NRPS §3.6.1)."""
    service = mapping(claims.get(NRPS_SERVICE))
    if "2.0" not in strings(service.get("service_versions")):
        return None
    return address(service.get("context_memberships_url"))


def _deep_linking(claims: Claims) -> DeepLinkingSettings:
    """The settings of a deep linking request (DL §4.4.1), whose required parts are checked."""
    settings = mapping(claims[DL_CLAIM + "deep_linking_settings"])
    data = settings.get("data")
    return DeepLinkingSettings(
        return_url=str(settings["deep_link_return_url"]),
        accept_types=strings(settings["accept_types"]),
        accept_multiple=flag(settings.get("accept_multiple")) is True,
        accept_lineitem=flag(settings.get("accept_lineitem")),
        data=data if isinstance(data, str) else None,
    )
