"""A way on when the browser kept no cookie in the LMS's frame: the same login once more, in a window of its own.

What is needed for it travels inside `state`, signed, because the browser that needs it kept nothing.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import cast
from urllib.parse import urlencode

from itsdangerous import BadData, URLSafeTimedSerializer

from lti_tool.lti.login import LoginRequest
from lti_tool.lti.urls import origin_text
from lti_tool.services.launches import KnownPlatform
from lti_tool.web.current import parts

SECONDS = 600
LONGEST = 1500
"""Characters. A longer state could be cut by an LMS on its way; then there is no way on, and the page says so."""


@dataclass(frozen=True)
class Storage:
    """What the login was offered: a frame of the LMS's page, and the origin that answers for it."""

    frame: str
    origin: str


def carry(asked: LoginRequest, platform: KnownPlatform) -> str:
    """What to put behind the random part of `state`; empty when it would be too long."""
    address = _moodle(asked, platform) or _login(asked)
    if asked.storage_target is None:
        return _short(address)
    kept = [asked.storage_target, origin_text(platform.auth_url)]
    return _short([address, *kept]) or _short(["", *kept])


def _short(value: object) -> str:
    text = str(_signer().dumps(value))
    return text if len(text) <= LONGEST else ""


def address(state: str) -> str | None:
    """Where to begin again, from the `state` of an answer whose cookie is missing. Only what we signed counts."""
    found = _carried(state)
    return (found[0] if isinstance(found, list) else found) or None


def storage(state: str) -> Storage | None:
    """The storage that the login of this `state` was offered, if it was. Only what we signed counts."""
    found = _carried(state)
    return Storage(found[1], found[2]) if isinstance(found, list) else None


def _carried(state: str) -> str | list[str] | None:
    _random, _dot, text = state.partition(".")
    try:
        return cast(str | list[str], _signer().loads(text, max_age=SECONDS))
    except BadData:
        return None


def _login(asked: LoginRequest) -> str:
    """Our own login with the LMS's parameters; it checks them like any other login."""
    values = {
        "iss": asked.issuer,
        "login_hint": asked.login_hint,
        "target_link_uri": asked.target_link_uri,
        "client_id": asked.client_id,
        "lti_message_hint": asked.message_hint,
        "lti_deployment_id": asked.deployment_id,
    }
    kept = {name: value for name, value in values.items() if value is not None}
    return f"{parts().settings.base_url}/lti/login?{urlencode(kept)}"


def _moodle(asked: LoginRequest, platform: KnownPlatform) -> str | None:
    """Moodle takes a message hint once only, but opens the activity anew at an address that the hint names."""
    if platform.product_family != "moodle" or not asked.message_hint:
        return None
    try:
        activity = json.loads(asked.message_hint).get("cmid")
    except (ValueError, AttributeError):
        return None
    return f"{platform.issuer}/mod/lti/launch.php?id={activity}" if isinstance(activity, int) else None


def _signer() -> URLSafeTimedSerializer:
    return _signer_of(parts().settings.secret_key)


@lru_cache(1)
def _signer_of(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="lti-again")
