"""Opening a signed token: strictly compact, RS256 only, with a key that the caller finds (SEC §5.1.3, §5.4, §6).

The RSA check is PyJWT's. Its `decode` is not used: it takes padded and repeated members, and judges times by
its own clock; here a token is read in exactly one way, and its payload only once the signature holds.
"""

import binascii
import json
import re
from collections.abc import Callable
from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from lti_tool.errors import InvalidToken, MalformedMessage

MAX_LENGTH = 64 * 1024
"""Characters of a token; a launch has about 5,000."""

_COMPACT = re.compile(r"([\w-]+)\.([\w-]+)\.([\w-]+)", re.ASCII)
_RS256 = RSAAlgorithm(RSAAlgorithm.SHA256)
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")


def open_signed(token: str, find_key: Callable[[str], RSAPublicKey]) -> dict[str, object]:
    """The claims of a token signed with the key that `find_key` gives for its kid.

    Raises MalformedMessage when it is no signed token at all, InvalidToken when algorithm, kid or signature
    is wrong.
    """
    match = _COMPACT.fullmatch(token) if len(token) <= MAX_LENGTH else None
    if match is None:
        raise MalformedMessage("id_token is not a signed token of at most 64 KiB")
    header, payload, signature = (_decoded(part) for part in match.groups())
    key = find_key(_kid(_object(header)))
    if not _RS256.verify(token[: match.end(2)].encode(), key, signature):
        raise InvalidToken("the signature is wrong")
    return _object(payload)


def _kid(header: dict[str, object]) -> str:
    """The key id, of a header we can honour. `jku`, `jwk`, `x5u` and `x5c` are ignored (TOK-07)."""
    if header.get("alg") != "RS256":
        raise InvalidToken("only RS256 signatures are accepted")
    if "crit" in header or str(header.get("typ", "JWT")).upper() != "JWT":
        raise InvalidToken("this is another kind of token")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise InvalidToken("the token names no key (kid)")
    return kid


def _decoded(segment: str) -> bytes:
    """Base64url without padding; the one spelling of its bytes only, so no changed character goes unseen."""
    standard = segment.encode().translate(_TO_STANDARD)
    try:
        data = binascii.a2b_base64(standard + b"=" * (-len(standard) % 4))
    except binascii.Error as error:
        raise MalformedMessage("a part of the token is not base64url") from error
    if binascii.b2a_base64(data, newline=False).rstrip(b"=") != standard:
        raise MalformedMessage("a part of the token is not base64url")
    return data


def _object(data: bytes) -> dict[str, object]:
    try:
        value = json.loads(data.decode(), object_pairs_hook=_unrepeated, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise MalformedMessage("a part of the token is not plain JSON") from error
    if not isinstance(value, dict):
        raise MalformedMessage("a part of the token is not a JSON object")
    return value


def _unrepeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Two readers may take different ones of two equal names; so neither is taken."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("repeated name")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
