"""The tool's signing keys: published before they sign, and for a while after (SEC §6.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from lti_tool.errors import ConfigError, Conflict
from lti_tool.lti.keys import Signer, jwks, load_signer, new_key
from lti_tool.services import audit
from lti_tool.services.audit import COMMAND_LINE, Action
from lti_tool.storage import platform_queries
from lti_tool.storage.db import Session
from lti_tool.storage.platforms import ToolKey

AHEAD = timedelta(hours=24)
"""How long a new key is published before it signs: an LMS may keep the key set for a day."""
BEHIND = timedelta(hours=24)
"""How long an old one stays published. What it signed is over within the hour; clocks and caches may be late."""


@dataclass(frozen=True)
class KeyLine:
    """A published key. `waits`: it will sign from `signs_from` on; `signs`; `old`: it did until `until`."""

    kid: str
    state: Literal["waits", "signs", "old"]
    created_at: datetime
    signs_from: datetime
    until: datetime | None


def ensure(session: Session, now: datetime) -> None:
    """Make the first key. Called where the database is prepared, not inside a page."""
    if not platform_queries.tool_keys(session):
        _add(session, now, signs_from=now)


def rotate(session: Session, now: datetime, *, by: str = COMMAND_LINE) -> ToolKey:
    """Make a new key, published at once, that signs from tomorrow on. Keys that nobody needs any more are wiped.

    Raises Conflict `key-waits` when there is one already that does not sign yet.
    """
    known = platform_queries.hold_keys(session)
    lines = _lines(known, now)
    if lines and lines[0].state == "waits":
        raise Conflict("a new key waits already", code="key-waits")
    needed = {line.kid for line in lines}
    _wipe([key for key in known if key.kid not in needed], now)
    row = _add(session, now, signs_from=now + AHEAD if known else now)
    audit.record(session, by, Action.KEY_ROTATED, f"key {row.kid}", now)
    return row


def replace(session: Session, now: datetime, *, by: str = COMMAND_LINE) -> ToolKey:
    """A key has leaked: sign with a new one from now on, and withdraw and wipe all others.

    An LMS that has not fetched the key set since refuses our messages until it does.
    """
    _wipe(platform_queries.hold_keys(session), now)
    row = _add(session, now, signs_from=now)
    audit.record(session, by, Action.KEYS_REPLACED, f"key {row.kid}", now)
    return row


def listed(session: Session, now: datetime) -> tuple[KeyLine, ...]:
    """The published keys, newest first."""
    return _lines(platform_queries.tool_keys(session), now)


def signer(session: Session, now: datetime) -> Signer:
    """What signs our messages. Raises ConfigError when no key was made."""
    known = platform_queries.tool_keys(session)
    if not known:
        raise ConfigError("there is no signing key: run `lti-tool db upgrade`")
    key = next((key for key in known if key.signs_from <= now), known[-1])
    return load_signer(key.kid, key.private_pem)


def published(session: Session, now: datetime) -> dict[str, object]:
    """The public key set for `/lti/jwks.json`."""
    known = platform_queries.tool_keys(session)
    shown = {line.kid for line in _lines(known, now)}
    return jwks([(key.kid, key.private_pem) for key in known if key.kid in shown])


def _lines(newest_first: Sequence[ToolKey], now: datetime) -> tuple[KeyLine, ...]:
    """Keys that are published: those to come, the one that signs, and older ones until BEHIND after their end."""
    ends: list[datetime | None] = [None, *(newer.signs_from for newer, _older in pairwise(newest_first))]
    found = []
    for key, until in zip(newest_first, ends, strict=False):
        if key.signs_from > now:
            found.append(KeyLine(key.kid, "waits", key.created_at, key.signs_from, None))
        elif until is None or until > now:
            found.append(KeyLine(key.kid, "signs", key.created_at, key.signs_from, until))
        elif until + BEHIND > now:
            found.append(KeyLine(key.kid, "old", key.created_at, key.signs_from, until))
    return tuple(found)


def _add(session: Session, now: datetime, *, signs_from: datetime) -> ToolKey:
    kid, pem = new_key()
    row = ToolKey(kid=kid, private_pem=pem, created_at=now, signs_from=signs_from)
    session.add(row)
    session.flush()
    return row


def _wipe(keys: Sequence[ToolKey], now: datetime) -> None:
    """Withdraw for good. The row stays, so that its kid never comes to mean another key (KEY-02)."""
    for key in keys:
        key.retired_at, key.private_pem = now, ""
