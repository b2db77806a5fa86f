"""Reading single values of a signed but untidy message: the right type and storable, or as if absent."""

import re
from collections.abc import Mapping
from typing import TypeGuard

# JSON can spell what UTF-8 and PostgreSQL cannot hold.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BOOLEANS = {"true": True, "false": False}


def is_identifier(value: object) -> TypeGuard[str]:
    """Whether it can name somebody or something: 1 to 255 printable characters, never trimmed (CLM-30)."""
    if not isinstance(value, str) or not value.strip() or len(value) > 255:
        return False
    return not _UNSTORABLE.search(value) and not _CONTROL.search(value)


def text(value: object, limit: int = 255) -> str:
    """Words to show, cut at `limit` characters; "" when it is no string."""
    return _UNSTORABLE.sub("", value)[:limit] if isinstance(value, str) else ""


def address(value: object, limit: int = 1000) -> str | None:
    """An address of at most `limit` characters; whether it may be called is judged by who calls it."""
    if not isinstance(value, str) or not value.strip() or len(value) > limit or _UNSTORABLE.search(value):
        return None
    return value


def flag(value: object) -> bool | None:
    """True or false, also as the words some platforms send; None when neither (DL-13)."""
    if isinstance(value, str):
        return _BOOLEANS.get(value.lower())
    return value if isinstance(value, bool) else None


def mapping(value: object) -> Mapping[str, object]:
    """A JSON object; empty when it is none."""
    return value if isinstance(value, dict) else {}


def strings(value: object) -> tuple[str, ...]:
    """The strings of a JSON list, in order; none when it is no list."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
