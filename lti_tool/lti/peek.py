"""What a token says that nobody has verified: only for advice to whoever could not get in, never for a decision."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime

from lti_tool.lti.values import mapping, text

LONGEST = 65_536
"""Characters of a token that is looked into."""


@dataclass(frozen=True)
class Peeked:
    """Issuer and client, "" where not told; seconds that the issuer's clock seems ahead, None where not told."""

    issuer: str = ""
    client_id: str = ""
    skew: int | None = None


def peek(id_token: str, now: datetime) -> Peeked:
    """Look into a token. Whatever it is, this raises nothing."""
    part = id_token[:LONGEST].partition(".")[2].partition(".")[0]
    try:
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return Peeked()
    claims = mapping(found)
    audience = claims.get("aud")
    first = audience[0] if isinstance(audience, list) and audience else audience
    return Peeked(text(claims.get("iss"), 500), text(first), _skew(claims.get("iat"), now))


def _skew(issued: object, now: datetime) -> int | None:
    if isinstance(issued, bool) or not isinstance(issued, int | float) or not 0 < issued < 1e11:
        return None
    return round(issued - now.timestamp())
