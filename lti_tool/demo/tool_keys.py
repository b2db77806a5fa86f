"""The tool's public keys, fetched from its key set over HTTP, and the check of what it signed."""

import threading
from collections.abc import Callable
from typing import Any

import jwt
import requests

from lti_tool.demo.state import Registration
from lti_tool.errors import InvalidToken

USER_AGENT = "DemoLMS/1.0"
TIMEOUT = 5


class ToolKeys:
    """One cached key set an address, fetched again only when a signature does not verify, as Moodle does."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._sets: dict[str, jwt.PyJWKSet] = {}

    def verify(self, token: str, registration: Registration) -> dict[str, Any]:
        """The claims of an RS256 JWT of the tool: kid, signature, exp and iat are right; aud is unchecked.

        An `iat` in the future is refused without leeway. Raises InvalidToken.
        """
        kid = _kid(token)
        known = self._sets.get(registration.jwks_uri)
        if known is not None:
            try:
                return self._decode(token, _pick(known, kid))
            except (InvalidToken, jwt.InvalidSignatureError):
                pass  # perhaps the tool has a new key
            except jwt.InvalidTokenError as error:
                raise InvalidToken(str(error)) from error
        try:
            return self._decode(token, _pick(self._fetch(registration.jwks_uri), kid))
        except jwt.InvalidTokenError as error:
            raise InvalidToken(str(error)) from error

    def _decode(self, token: str, key: jwt.PyJWK) -> dict[str, Any]:
        """The claims, their times judged by the clock of the LMS and not, as PyJWT does, by the machine's."""
        claims = jwt.decode(
            token,
            key.key,
            algorithms=["RS256"],
            options={"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        issued, ends = claims.get("iat", 0), claims.get("exp", self._clock() + 1)
        if not isinstance(issued, int | float) or not isinstance(ends, int | float):
            raise jwt.InvalidTokenError("iat and exp must be numbers")
        if issued > self._clock():
            raise jwt.ImmatureSignatureError("The token is not yet valid (iat)")
        if ends <= self._clock():
            raise jwt.ExpiredSignatureError("Signature has expired")
        return claims

    def _fetch(self, address: str) -> jwt.PyJWKSet:
        try:
            answer = requests.get(address, timeout=TIMEOUT, headers={"User-Agent": USER_AGENT})
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json())
        except (requests.RequestException, ValueError, TypeError, AttributeError, jwt.PyJWTError) as error:
            raise InvalidToken(f"no key set at {address}: {error}") from error
        with self._lock:
            self._sets[address] = keys
        return keys


def _kid(token: str) -> str:
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except jwt.InvalidTokenError as error:
        raise InvalidToken(str(error)) from error
    if not isinstance(kid, str) or not kid:
        raise InvalidToken("the kid header is missing")
    return kid


def _pick(keys: jwt.PyJWKSet, kid: str) -> jwt.PyJWK:
    for key in keys.keys:
        if key.key_id == kid:
            return key
    raise InvalidToken(f"no key {kid!r} in the key set")
