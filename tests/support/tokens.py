"""A platform's side of a launch, for tests: keys, Moodle-like claims, tokens signed or spoilt."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from jwt.algorithms import RSAAlgorithm
from support.moodle import CLIENT_ID, DEPLOYMENT_ID, ISSUER, NONCE, TARGET, TOOL, message, person, services

from lti_tool.lti.claims import AGS_ENDPOINT, CLAIM, DL_CLAIM, NRPS_SERVICE, Launch
from lti_tool.lti.keys import KeySets
from lti_tool.lti.launch import verify
from lti_tool.lti.login import LoginState
from lti_tool.lti.platform import Registration

NOW = datetime(2026, 11, 24, 5, 3, tzinfo=UTC)
"""The same moment as the `now` fixture."""
JWKS_URL = f"{ISSUER}/mod/lti/certs.php"
KID = "platform-key-1"
LIS = "http://purl.imsglobal.org/vocab/lis/v2/"
LEARNER = f"{LIS}membership#Learner"
INSTRUCTOR = f"{LIS}membership#Instructor"
ADMINISTRATORS = [f"{LIS}institution/person#Administrator", f"{LIS}system/person#Administrator"]

ABSENT: Any = object()
"""As a value of `claims(...)`: leave this claim out."""

_LONG_NAMES = {
    "ags": AGS_ENDPOINT,
    "nrps": NRPS_SERVICE,
    "deep_linking_settings": DL_CLAIM + "deep_linking_settings",
    **{
        name: CLAIM + name
        for name in (
            "context",
            "custom",
            "deployment_id",
            "ext",
            "for_user",
            "launch_presentation",
            "lis",
            "message_type",
            "resource_link",
            "role_scope_mentor",
            "roles",
            "target_link_uri",
            "tool_platform",
            "version",
        )
    },
}


@cache
def private_key(name: str = "platform") -> rsa.RSAPrivateKey:
    """An RSA key, the same for the same name during a test run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwk(key: rsa.RSAPrivateKey, kid: str = KID, **members: Any) -> dict[str, Any]:
    """The public key as a platform publishes it; `members` are added, or removed when ABSENT."""
    public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    found = {
        "kty": "RSA",
        "n": public["n"],
        "e": public["e"],
        "kid": kid,
        "alg": "RS256",
        "use": "sig",
        **members,
    }
    return {name: value for name, value in found.items() if value is not ABSENT}


def jwks(*keys: Mapping[str, Any]) -> dict[str, Any]:
    """A key set, by default of the platform's one key."""
    return {"keys": list(keys or [jwk(private_key())])}


class NoNetwork:
    """An HTTP client for tests in which nobody may ask for anything."""

    def get(self, url: str, *, accept: str) -> Any:
        raise AssertionError(f"asked for {url} ({accept})")


class Platform:
    """An HTTP client that always gets the platform's key set, and counts how often it is asked."""

    status = 200

    def __init__(self) -> None:
        self.asked = 0
        self.headers: dict[str, str] = {}

    def get(self, url: str, *, accept: str) -> "Platform":
        self.asked += 1
        return self

    def json(self) -> Any:
        return jwks()


def key_sets() -> KeySets:
    """Key sets that know the platform's key and must not ask for another."""
    found = KeySets(NoNetwork())
    found.preload(JWKS_URL, jwks())
    return found


def registration(**overrides: Any) -> Registration:
    """The platform as the tool knows it."""
    values: dict[str, Any] = {
        "issuer": ISSUER,
        "client_id": CLIENT_ID,
        "auth_url": f"{ISSUER}/mod/lti/auth.php",
        "token_url": f"{ISSUER}/mod/lti/token.php",
        "jwks_url": JWKS_URL,
    }
    return Registration(**{**values, **overrides})


def login_state(now: datetime = NOW, **overrides: Any) -> LoginState:
    """A login begun a moment ago that `claims()` answers."""
    values: dict[str, Any] = {
        "state": "state-of-this-login",
        "nonce": NONCE,
        "issuer": ISSUER,
        "client_id": CLIENT_ID,
        "target_link_uri": TARGET,
        "deployment_id": DEPLOYMENT_ID,
        "expires_at": int(now.timestamp()) + 600,
    }
    return LoginState(**{**values, **overrides})


def claims(now: datetime = NOW, **overrides: Any) -> dict[str, Any]:
    """A student's launch from Moodle; `overrides` by short name (`roles`, `ags`), ABSENT removes."""
    issued = int(now.timestamp())
    launched = {_LONG_NAMES[name]: value for name, value in message([LEARNER]).items()}
    found = {**person(issued), **launched, **services()}
    found |= {_LONG_NAMES.get(name, name): value for name, value in overrides.items()}
    return {name: value for name, value in found.items() if value is not ABSENT}


def deep_linking_claims(now: datetime = NOW, **overrides: Any) -> dict[str, Any]:
    """A teacher's deep linking request from Moodle."""
    values = {
        "message_type": "LtiDeepLinkingRequest",
        "resource_link": ABSENT,
        "roles": [INSTRUCTOR],
        "launch_presentation": {"locale": "en"},
        "deep_linking_settings": settings(),
    }
    return claims(now, **{**values, **overrides})


def settings(**overrides: Any) -> dict[str, Any]:
    """Deep linking settings as Moodle sends them; ABSENT removes."""
    found = {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_copy_advice": False,
        "accept_multiple": True,
        "accept_unsigned": False,
        "auto_create": False,
        "can_confirm": False,
        "deep_link_return_url": f"{ISSUER}/mod/lti/contentitem_return.php?course=2&id=1&sesskey=wrIDAukA83",
        "title": "Live Commerce",
        "text": "",
        **overrides,
    }
    return {name: value for name, value in found.items() if value is not ABSENT}


def review_claims(now: datetime = NOW, **overrides: Any) -> dict[str, Any]:
    """A teacher opens one student's work from Moodle's gradebook."""
    values = {
        "message_type": "LtiSubmissionReviewRequest",
        "roles": [INSTRUCTOR],
        "for_user": {"user_id": "8"},
    }
    return claims(now, **{**values, **overrides})


def sign(
    payload: Mapping[str, Any] | None = None,
    key: rsa.RSAPrivateKey | str | bytes | None = None,
    kid: str | None = KID,
    alg: str = "RS256",
    **header: Any,
) -> str:
    """An id_token of `payload` (default: `claims()`) by `key` (default: the platform's). No kid when None."""
    names = header if kid is None else {"kid": kid, **header}
    body = claims() if payload is None else dict(payload)
    signing = private_key() if key is None and alg[:2] in {"RS", "PS"} else key
    # jwt.encode would refuse an `iss` or `sub` that is no string; spoilt ones must reach the tool.
    return jwt.PyJWS().encode(json.dumps(body).encode(), signing or "", algorithm=alg, headers=names)


def sign_raw(header: bytes, payload: bytes, key: rsa.RSAPrivateKey | None = None) -> str:
    """A rightly signed token of any two byte strings, JSON or not."""
    signed = f"{segment(header)}.{segment(payload)}"
    signature = (key or private_key()).sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{segment(signature)}"


def segment(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def launch(id_token: str | None = None, now: datetime = NOW, **overrides: Any) -> Launch:
    """Verify a token as the tool would; `overrides` for login, registration, keys, tool_origin."""
    values: dict[str, Any] = {
        "login": login_state(),
        "registration": registration(),
        "keys": key_sets(),
        "tool_origin": TOOL,
        **overrides,
    }
    return verify(sign() if id_token is None else id_token, now=now, **values)


def launch_of(now: datetime = NOW, **overrides: Any) -> Launch:
    """Verify a student's launch whose claims are overridden."""
    return launch(sign(claims(now, **overrides)), now)
