"""How often somebody may knock: counted in this process, or for all of them in Redis."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol

from flask import request
from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from lti_tool.web.current import now

View = Callable[..., Any]

PATIENCE = 1
"""Seconds that a knock waits for Redis."""
APART = 10
"""Seconds for which a process counts by itself after it could not reach Redis."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    """At most `most` requests in every `seconds` for what `key` says of a request."""

    most: int
    seconds: int
    key: Callable[[], str]


class Counts(Protocol):
    """Where knocks are counted."""

    def hit(self, limit: Limit, key: str) -> bool:
        """Count one; False when there were as many before as the limit allows."""


class OwnCounts:
    """In the memory of this process. Only running windows are kept, so that a flood leaves nothing behind."""

    def __init__(self) -> None:
        self._windows: dict[int, tuple[int, Counter[str]]] = {}

    def hit(self, limit: Limit, key: str) -> bool:
        """See `Counts`."""
        window = int(now().timestamp()) // limit.seconds
        began, counts = self._windows.get(limit.seconds, (-1, Counter()))
        if began != window:
            counts = Counter()
            self._windows[limit.seconds] = (window, counts)
        counts[key] += 1
        return counts[key] <= limit.most


_WAITS = ("socket_connect_timeout", "socket_timeout")


class SharedCounts:
    """In Redis, for all processes together; each for itself while Redis is away, since people must get in."""

    def __init__(self, url: str) -> None:
        waits = {name: PATIENCE for name in _WAITS if url.startswith("redis")}
        self._windows = FixedWindowRateLimiter(storage_from_string(url, wrap_exceptions=True, **waits))
        self._own, self._apart_until = OwnCounts(), 0.0

    def hit(self, limit: Limit, key: str) -> bool:
        """See `Counts`; the time is that of Redis."""
        if now().timestamp() >= self._apart_until:
            try:
                return self._windows.hit(RateLimitItemPerSecond(limit.most, limit.seconds), key)
            except StorageError as error:
                log.warning("limits are counted by each process: %s", type(error.storage_error).__name__)
                self._apart_until = now().timestamp() + APART
        return self._own.hit(limit, key)


def counts(redis_url: str) -> Counts:
    """Where the settings want knocks to be counted."""
    return SharedCounts(redis_url) if redis_url else OwnCounts()


def address() -> str:
    """The network address a request comes from."""
    return request.remote_addr or ""


def limited(view: View, kept: Counts, *allowed: Limit) -> View:
    """The view, within all the limits. Beyond one it raises TooManyRequests."""

    @wraps(view)
    def within(**values: Any) -> Any:
        for limit in allowed:
            if not kept.hit(limit, f"{request.endpoint} {limit.key()}"):
                raise TooManyRequests
        return view(**values)

    return within
