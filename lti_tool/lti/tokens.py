"""Access tokens for the services of an LMS: client credentials with a signed assertion (SEC §4.1)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from lti_tool.errors import BadAnswer, Exchange
from lti_tool.lti.http import Answer, Http
from lti_tool.lti.platform import Registration
from lti_tool.lti.probe import skew

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
BACKDATED = timedelta(seconds=5)
"""Moodle grants no leeway to an `iat` that its own clock has not reached yet."""
SAME_TIME = 3
"""Seconds by which the clock of an LMS may differ from ours before a refusal could be owed to it."""
REFUSED = frozenset({400, 401, 403})
ASSERTION_LIFE = timedelta(minutes=4)
DEFAULT_LIFE = 3600
LONGEST_LIFE = 86400
MARGIN = 60
"""Seconds before its end at which a token is no longer used."""


class Signs(Protocol):
    """What is needed of `lti.keys.Signer`."""

    def sign(self, claims: Mapping[str, object]) -> str:
        """A signed JWT of `claims` that names its key."""


@dataclass(frozen=True)
class Token:
    """A bearer token; `scopes` are those granted, which may be fewer than asked for."""

    value: str = field(repr=False)
    scopes: frozenset[str]
    expires_at: datetime
    """When to stop using it: a little before the LMS does."""


def fetch_token(
    http: Http, registration: Registration, signer: Signs, scopes: frozenset[str], now: datetime
) -> Token:
    """Ask the LMS for a token with `scopes` and no others (SEC §4.1.1); once more, by its own clock, if that is wrong.

    Raises BadAnswer when it refuses (code "scope" when it grants none of them), Unreachable, ForbiddenAddress.
    """
    answer = _ask(http, registration, signer, scopes, now)
    ahead = skew(answer.headers, now)
    if answer.status in REFUSED and ahead is not None and abs(ahead) > SAME_TIME:
        answer = _ask(http, registration, signer, scopes, now + timedelta(seconds=ahead))
    if not answer.ok:
        raise BadAnswer(f"the LMS refused a token: {answer.words or answer.status}", answer.exchange)
    # A good answer holds the token, so its body is kept out of every error.
    exchange = replace(answer.exchange, body="")
    try:
        body = answer.json()
    except BadAnswer:
        raise BadAnswer("the token answer is not JSON", exchange) from None
    return _token(body, scopes, now, exchange)


def _ask(
    http: Http, registration: Registration, signer: Signs, scopes: frozenset[str], now: datetime
) -> Answer:
    return http.post(
        registration.token_url,
        data={
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": signer.sign(_assertion(registration, now)),
            "scope": " ".join(sorted(scopes)),
        },
    )


def _assertion(registration: Registration, now: datetime) -> dict[str, object]:
    """Who we are, for this one request (SEC §4.1.1, CORE §6.2). Several audiences are separated by spaces."""
    audience = (registration.token_audience or registration.token_url).split()
    return {
        "iss": registration.client_id,
        "sub": registration.client_id,
        "aud": audience[0] if len(audience) == 1 else audience,
        "iat": int((now - BACKDATED).timestamp()),
        "exp": int((now + ASSERTION_LIFE).timestamp()),
        "jti": secrets.token_urlsafe(24),
    }


def _token(body: object, asked: frozenset[str], now: datetime, exchange: Exchange) -> Token:
    if not isinstance(body, dict):
        raise BadAnswer("the token answer is no JSON object", exchange)
    value, kind = body.get("access_token"), body.get("token_type", "Bearer")
    if not isinstance(value, str) or not value:
        raise BadAnswer("the token answer holds no access_token", exchange)
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise BadAnswer("the LMS gave a token that is no bearer token", exchange)
    granted = _granted(body.get("scope")) or asked
    if asked and not asked & granted:
        error = BadAnswer("the LMS granted none of the scopes asked for", exchange)
        error.code = "scope"
        raise error
    life = _life(body.get("expires_in"))
    return Token(value, granted, now + timedelta(seconds=life - min(MARGIN, life // 2)))


def _granted(scope: object) -> frozenset[str]:
    """The scopes named in an answer: a string by RFC 6749 §3.3, a list from some."""
    if isinstance(scope, str):
        return frozenset(scope.split())
    if isinstance(scope, list):
        return frozenset(name for name in scope if isinstance(name, str))
    return frozenset()


def _life(seconds: object) -> int:
    """Seconds a token lives; an hour when the LMS does not say."""
    if isinstance(seconds, str) and seconds.isascii() and seconds.isdigit() and len(seconds) < 10:
        seconds = int(seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
        return DEFAULT_LIFE
    return int(min(seconds, LONGEST_LIFE))
