"""Keys of both sides: those of platforms, kept as objects, and our own, which sign.

PyLTI1p3 makes the public JWK and its kid (RFC 7638 thumbprint, so a kid can never come to mean another key).
Its fetching of key sets is replaced: it asks at every launch, or keeps a set (even an error page) without
ever asking again for a kid it does not know.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import Any, Protocol

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from pylti1p3.registration import Registration as LibraryRegistration

from lti_tool.errors import BadAnswer, Exchange, InvalidToken, OutboundError

FRESH = timedelta(hours=1)
"""How long a key set is used unasked when the platform does not say."""
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=24)
"""Bounds of what a platform may say; LONGEST is also how long a set serves while the platform is away."""
COOLDOWN = timedelta(seconds=10)
"""Least time between two requests for one key set, whatever kids are asked for meanwhile."""
_KEY_BITS = range(2048, 8193)
_NEVER = datetime.min.replace(tzinfo=UTC)
_ALWAYS = datetime.max.replace(tzinfo=UTC)
_ACCEPT = "application/json"
_MAX_AGE = re.compile(r"\bmax-age=\"?(\d{1,9})\b")


class Answer(Protocol):
    """What the HTTP client gives back."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    def json(self) -> Any: ...


class Fetcher(Protocol):
    """The HTTP client as far as key sets need it; raises OutboundError only."""

    def get(self, url: str, *, accept: str) -> Answer: ...


@dataclass
class _Entry:
    """One key set in memory. `lock` is held while it is fetched."""

    keys: Mapping[str, rsa.RSAPublicKey] = field(default_factory=dict)
    fetched_at: datetime = _NEVER
    fresh_until: datetime = _NEVER
    tried_at: datetime = _NEVER
    failure: OutboundError | None = None
    lock: Lock = field(default_factory=Lock)


class KeySets:
    """Platforms' public keys by (address of the set, kid); shared by all threads of a process."""

    def __init__(self, http: Fetcher) -> None:
        self._http = http
        self._entries: defaultdict[str, _Entry] = defaultdict(_Entry)
        self._adding = Lock()

    def preload(self, url: str, jwks: Mapping[str, object]) -> None:
        """Know a key set without asking for it; it never grows old."""
        entry = self._entry(url)
        entry.keys, entry.fetched_at, entry.fresh_until = _readable(jwks.get("keys")), _ALWAYS, _ALWAYS

    def key(self, url: str, kid: str, now: datetime) -> rsa.RSAPublicKey:
        """The key `kid` of the set at `url`, fetched when it is not known or old (SEC §6.3, §6.4).

        Raises InvalidToken when the platform has no such key, OutboundError when it cannot be asked and no
        recent answer of it is at hand.
        """
        entry = self._entry(url)
        known = entry.keys.get(kid)
        if known is not None and now < entry.fresh_until:
            return known
        usable = known if now - entry.fetched_at < LONGEST else None
        if usable is None:
            entry.lock.acquire()
        elif not entry.lock.acquire(blocking=False):
            # Another thread is asking already; who holds a usable key need not wait for it.
            return usable
        try:
            self._refresh(url, entry, kid, now)
        finally:
            entry.lock.release()
        return self._found(entry, kid, now)

    def _entry(self, url: str) -> _Entry:
        with self._adding:
            return self._entries[url]

    def _refresh(self, url: str, entry: _Entry, kid: str, now: datetime) -> None:
        """Ask again, unless another thread just did or the last time was a moment ago."""
        fresh = kid in entry.keys and now < entry.fresh_until
        if fresh or now - entry.tried_at < COOLDOWN:
            return
        entry.tried_at = now
        try:
            answer = self._http.get(url, accept=_ACCEPT)
            keys = _readable(_keys(url, answer))
        except OutboundError as error:
            entry.failure = error
            return
        entry.keys, entry.failure = keys, None
        entry.fetched_at, entry.fresh_until = now, now + _lifetime(answer.headers)

    def _found(self, entry: _Entry, kid: str, now: datetime) -> rsa.RSAPublicKey:
        known = entry.keys.get(kid)
        if known is not None and now - entry.fetched_at < LONGEST:
            return known
        if entry.failure is not None:
            raise type(entry.failure)(str(entry.failure), entry.failure.exchange) from entry.failure
        raise InvalidToken("the platform has no such key")


def usable(url: str, answer: Answer) -> int:
    """How many keys of a key set can verify launches. Raises BadAnswer when it is none."""
    return len(_readable(_keys(url, answer)))


def material(url: str, answer: Answer) -> frozenset[tuple[str, int]]:
    """The ids and moduli of a key set's usable keys, to tell whether two sets have one in common.

    Raises BadAnswer when it is none.
    """
    found = _readable(_keys(url, answer))
    return frozenset((kid, key.public_numbers().n) for kid, key in found.items())


def _keys(url: str, answer: Answer) -> object:
    """The `keys` of a good answer. Raises BadAnswer for all others: an error page is never kept."""
    exchange = Exchange("GET", url, answer.status)
    if answer.status != 200:
        raise BadAnswer("the key set could not be fetched", exchange)
    try:
        body = answer.json()
    except ValueError as error:
        raise BadAnswer("the key set is not JSON", exchange) from error
    keys = body.get("keys") if isinstance(body, dict) else None
    if not isinstance(keys, list):
        raise BadAnswer("the key set has no list of keys", exchange)
    return keys


def _lifetime(headers: Mapping[str, str]) -> timedelta:
    """How long the answer may be used unasked: its `max-age` within our bounds."""
    control = next((value for name, value in headers.items() if name.lower() == "cache-control"), "")
    match = _MAX_AGE.search(control.lower())
    if match is None:
        return SHORTEST if "no-store" in control.lower() or "no-cache" in control.lower() else FRESH
    return min(max(timedelta(seconds=int(match[1])), SHORTEST), LONGEST)


def _readable(keys: object) -> dict[str, rsa.RSAPublicKey]:
    """The keys that can verify RS256; others and broken ones beside them do no harm (TOK-26)."""
    found: dict[str, rsa.RSAPublicKey] = {}
    for jwk in keys if isinstance(keys, list) else []:
        key = _public_key(jwk) if isinstance(jwk, dict) else None
        if key is not None:
            found.setdefault(jwk["kid"], key)
    return found


def _public_key(jwk: Mapping[str, object]) -> rsa.RSAPublicKey | None:
    kid, modulus, exponent = (jwk.get(name) for name in ("kid", "n", "e"))
    if not (isinstance(kid, str) and isinstance(modulus, str) and isinstance(exponent, str)):
        return None
    if jwk.get("alg", "RS256") != "RS256" or jwk.get("use", "sig") != "sig" or len(modulus) > 2048:
        return None
    try:
        # Only the public members: whatever else a platform publishes is not read.
        key = RSAAlgorithm.from_jwk({"kty": jwk.get("kty"), "n": modulus, "e": exponent})
    except (ValueError, jwt.InvalidKeyError):
        return None
    return key if isinstance(key, rsa.RSAPublicKey) and key.key_size in _KEY_BITS else None


@dataclass(frozen=True)
class Signer:
    """One of our private keys, ready to sign."""

    kid: str
    key: rsa.RSAPrivateKey = field(repr=False)

    def sign(self, claims: Mapping[str, object]) -> str:
        """An RS256 token of `claims` that names our key (SEC §4.1.1, §5.2)."""
        return jwt.encode(dict(claims), self.key, algorithm="RS256", headers={"kid": self.kid})


def new_key() -> tuple[str, str]:
    """A new (kid, private key as PEM): RSA of 2048 bits, the size every platform takes (SEC §6.1)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return _jwk(key)["kid"], pem.decode()


@lru_cache(maxsize=16)
def load_signer(kid: str, pem: str) -> Signer:
    """The signer of a stored key; parsed once a process, since parsing costs more than signing."""
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the tool's keys are RSA keys")
    return Signer(kid, key)


def jwks(keys: Sequence[tuple[str, str]]) -> dict[str, object]:
    """The public key set (SEC §6.2-6.3) of stored (kid, PEM) pairs."""
    return {"keys": [{**_jwk(load_signer(kid, pem).key), "kid": kid} for kid, pem in keys]}


def _jwk(key: rsa.RSAPrivateKey) -> dict[str, str]:
    """The public half as PyLTI1p3 writes it: kty, n, e, alg, use and the thumbprint as kid."""
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return dict(LibraryRegistration.get_jwk(public.decode()))
