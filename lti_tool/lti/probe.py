"""A look at an LMS from outside: are its keys there, and does its clock agree with ours?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lti_tool.lti import keys
from lti_tool.lti.http import Http


@dataclass(frozen=True)
class KeySet:
    """`usable`: keys that can verify launches. `skew`: seconds its clock is ahead of ours, None if it told no time."""

    usable: int
    skew: int | None


def key_set(http: Http, url: str, now: datetime) -> KeySet:
    """Fetch the key set as a launch would, but always anew. Raises OutboundError."""
    answer = http.get(url)
    return KeySet(keys.usable(url, answer), skew(answer.headers, now))


def skew(headers: Mapping[str, str], now: datetime) -> int | None:
    """Seconds by which the sender's clock is ahead of ours (RFC 9110 §6.6.1)."""
    try:
        sent = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    if sent.tzinfo is None:
        sent = sent.replace(tzinfo=UTC)
    return round((sent - now).total_seconds())
