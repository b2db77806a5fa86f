"""Which launch, and which request of the proxy in front, the work at hand belongs to.

Said once, where the work begins; found again in every log line and kept with every grade.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import blake2b

_HEX = re.compile(r"[0-9A-Fa-f-]{8,64}")
_trace: ContextVar[str] = ContextVar("trace", default="")
_request: ContextVar[str] = ContextVar("request", default="")


def begin(trace: str, request: str) -> None:
    """Forget what this thread did before: what comes belongs to `trace` and `request`; each may be empty."""
    _trace.set(trace)
    _request.set(request)


def current() -> str:
    """The trace of the work at hand, 16 hexadecimal digits; empty outside of any."""
    return _trace.get()


def request() -> str:
    """The proxy's id of the request at hand; empty where it gave none."""
    return _request.get()


def of_launch(launch_id: str) -> str:
    """The trace of a launch. A digest: what stands in a log must not lead to an address."""
    return blake2b(launch_id.encode(), digest_size=8).hexdigest()


def new() -> str:
    """A trace of work that no launch began."""
    return secrets.token_hex(8)


@contextmanager
def following(trace: str) -> Iterator[None]:
    """Work for another trace, for as long as the block runs."""
    before = _trace.set(trace)
    try:
        yield
    finally:
        _trace.reset(before)


def well_formed(request: str) -> str:
    """The id of a request if it is one - hexadecimal digits and dashes, as UUIDs are - else nothing.

    A header may come from anybody: nothing that could hold a name, or break a line, gets into a log.
    """
    return request if _HEX.fullmatch(request) else ""
