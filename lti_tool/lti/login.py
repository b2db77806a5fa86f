"""Third-party initiated login (SEC §5.1.1): from the LMS's knock to the redirect that asks it who this is.

PyLTI1p3's `OIDCLogin` is not used: it owns cookies and sessions, appends to the authorization address
blindly, draws states from `uuid4` and never ties a nonce to its state. Nothing here is stored: `LoginState`
travels in a signed cookie, so a flood of logins costs no memory (CVE-2026-34052).
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from lti_tool.errors import InvalidState, LmsRefused, MalformedMessage, UnknownPlatform
from lti_tool.lti.platform import Registration

STATE_LIFETIME = timedelta(minutes=10)
"""How long a login may wait for its answer."""

# Issuer, client and deployment are looked up in columns of that width; the target travels in a cookie of at most
# 4 KiB; a hint may be a token of its own (Canvas).
_LIMITS = {
    "iss": 500,
    "client_id": 255,
    "lti_deployment_id": 255,
    "target_link_uri": 1500,
    "login_hint": 4096,
    "lti_message_hint": 8192,
    "lti_storage_target": 255,
}
_REQUIRED = ("iss", "login_hint", "target_link_uri")
_OPAQUE = frozenset({"login_hint", "lti_message_hint"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True)
class LoginRequest:
    """The parameters of a login initiation (SEC §5.1.1.1, CORE §4.1). Nothing in it is signed."""

    issuer: str
    login_hint: str
    target_link_uri: str
    client_id: str | None = None
    message_hint: str | None = None
    """None: not sent. An empty one is echoed empty."""
    deployment_id: str | None = None
    storage_target: str | None = None


@dataclass(frozen=True)
class LoginState:
    """What one login must remember until its answer comes; unguessable, for one browser, one answer."""

    state: str
    nonce: str
    issuer: str
    client_id: str
    target_link_uri: str
    deployment_id: str | None
    expires_at: int
    """Unix seconds."""

    def to_dict(self) -> dict[str, str | int | None]:
        """Plain values for a signed cookie."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> "LoginState":
        """The state that `to_dict` wrote. Raises InvalidState when another release wrote the cookie."""
        texts = [values.get(name) for name in ("state", "nonce", "issuer", "client_id", "target_link_uri")]
        state, nonce, issuer, client_id, target = (text if isinstance(text, str) else "" for text in texts)
        deployment_id, expires_at = values.get("deployment_id"), values.get("expires_at")
        if not (state and nonce and issuer and client_id and target) or type(expires_at) is not int:
            raise InvalidState("the login cookie is not readable")
        if deployment_id is not None and not isinstance(deployment_id, str):
            raise InvalidState("the login cookie is not readable")
        return cls(state, nonce, issuer, client_id, target, deployment_id, expires_at)

    def require_open(self, now: datetime) -> None:
        """Raises InvalidState when the answer came too late (STA-04)."""
        if now.timestamp() >= self.expires_at:
            raise InvalidState("the login took too long")


def parse_login(params: Mapping[str, str]) -> LoginRequest:
    """Read the form or query of a login initiation; parameters we do not know are ignored (LOG-20).

    Raises MalformedMessage when a required one is missing or one cannot be genuine.
    """
    for name, limit in _LIMITS.items():
        value = params.get(name, "")
        control = name not in _OPAQUE and _CONTROL.search(value)
        if len(value) > limit or control or _SURROGATE.search(value):
            raise MalformedMessage(f"{name} is too long or not plain text")
    for name in _REQUIRED:
        if not params.get(name, "").strip():
            raise MalformedMessage(f"{name} is missing")
    return LoginRequest(
        issuer=params["iss"],
        login_hint=params["login_hint"],
        target_link_uri=params["target_link_uri"],
        client_id=params.get("client_id") or None,
        message_hint=params.get("lti_message_hint"),
        deployment_id=params.get("lti_deployment_id") or None,
        storage_target=params.get("lti_storage_target") or None,
    )


def begin(
    request: LoginRequest, registration: Registration, redirect_uri: str, now: datetime, carry: str = ""
) -> tuple[str, LoginState]:
    """The authentication request (SEC §5.1.1.2) as an address to redirect to, and what to remember of it.

    `redirect_uri` is ours and fixed, as registered with the LMS; the login's unsigned `target_link_uri` is
    never used as one (LOG-13, LOG-14). `carry` comes back behind the random part of `state`. Raises
    UnknownPlatform when the login names another issuer or client.
    """
    named = (request.issuer, request.client_id or registration.client_id)
    if named != (registration.issuer, registration.client_id):
        raise UnknownPlatform("the login is not for this registration")
    state = LoginState(
        state=".".join(filter(None, (secrets.token_urlsafe(32), carry))),
        nonce=secrets.token_urlsafe(32),
        issuer=registration.issuer,
        client_id=registration.client_id,
        target_link_uri=request.target_link_uri,
        deployment_id=request.deployment_id,
        expires_at=int((now + STATE_LIFETIME).timestamp()),
    )
    params = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": registration.client_id,
        "redirect_uri": redirect_uri,
        "login_hint": request.login_hint,
        "state": state.state,
        "nonce": state.nonce,
    }
    if request.message_hint is not None:
        params["lti_message_hint"] = request.message_hint
    return _with_query(registration.auth_url, params), state


def read_answer(form: Mapping[str, str], login: LoginState, now: datetime) -> str:
    """The id_token of an authentication response, once it is known to answer `login`.

    The state is judged first, whatever else the form holds, so that a foreign answer ends nobody's login
    (STA-12, STA-13). Raises InvalidState, LmsRefused (the LMS answered with an error), MalformedMessage (no
    id_token).
    """
    if not compare_digest(form.get("state", "").encode("utf-8", "replace"), login.state.encode()):
        raise InvalidState("the answer has another state than the login")
    login.require_open(now)
    if "error" in form:
        raise LmsRefused(f"{form['error'][:100]}: {form.get('error_description', '')[:500]}")
    id_token = form.get("id_token", "")
    if not id_token:
        raise MalformedMessage("id_token is missing")
    return id_token


def _with_query(url: str, params: Mapping[str, str]) -> str:
    """`url` with its own query kept and `params` after it (LOG-15), spelt as all servers read alike."""
    parts = urlsplit(url)
    query = urlencode(params, quote_via=quote, safe="")
    joined = f"{parts.query}&{query}" if parts.query else query
    return urlunsplit((parts.scheme, parts.netloc, parts.path, joined, ""))
