"""Passwords: what is accepted, how they are kept (Argon2id), how they are compared."""

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from lti_tool.errors import MalformedMessage

SHORTEST, LONGEST = 12, 200
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""19 MiB and two passes: docs/decisions/0006-argon2-for-operators.md."""


def generate() -> str:
    """A password that nobody guesses: 120 random bits."""
    return secrets.token_urlsafe(15)


def keep(password: str) -> str:
    """What is stored of a password. Raises MalformedMessage `password` when it is too short or too long."""
    text = _normal(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise MalformedMessage(f"a password has {SHORTEST} to {LONGEST} characters", code="password")
    return _HASHER.hash(text)


def fits(kept: str | None, password: str) -> bool:
    """Whether it is the password; it takes as long when there is none (`kept` None)."""
    decoy = _decoy()
    try:
        _HASHER.verify(kept or decoy, _normal(password)[: LONGEST + 1])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Whether it was kept more cheaply than passwords are kept today."""
    return _HASHER.check_needs_rehash(kept)


def _normal(password: str) -> str:
    """The same text however a keyboard writes it, for example in full width."""
    return unicodedata.normalize("NFKC", password)


@cache
def _decoy() -> str:
    return _HASHER.hash(generate())
