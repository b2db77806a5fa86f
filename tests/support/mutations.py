"""Spoiling what arrives: tokens, JSON, queries and forms, always the same way for the same seed; and memory watched."""

import base64
import gc
import json
import random
import tracemalloc
from collections.abc import Callable
from types import TracebackType
from typing import Any

from support import tokens
from support.tokens import private_key, sign

CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/% \x00é"
VALUES: list[Any] = [
    None,
    "",
    0,
    -1,
    True,
    [],
    {},
    "x",
    1e300,
    [[[]]],
    "none",
    "HS256",
    "RS256",
    "../../etc/passwd",
]
SIGNATURES = [sign(key=private_key(name)).rsplit(".", 1)[1] for name in ("evil", "tool", "other")] + [
    sign(tokens.claims(sub=sub)).rsplit(".", 1)[1] for sub in ("1", "2", "admin")
]


HOSTILE = [
    "http://lms.school.example/x",
    "//lms.school.example/x",
    "https://",
    "https:/lms.school.example",
    "https://127.0.0.1/x",
    "https://10.1.2.3/x",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/x",
    "https://[fd00::1]/x",
    "https://[::ffff:10.0.0.1]/x",
    "https://0x7f.1/x",
    "https://2130706433/x",
    "https://somebody@lms.school.example/x",
    "https://lms.school.example:0/x",
    "https://lms.school.example:99999/x",
    "https://lms.school.example/x#y",
    "https://lms.school.example\\@evil.example/x",
    "https://lms.school.example/\r\nHost: evil",
    "https://lms.school.example /x",
    "https://ｌｍｓ.example/x",
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "gopher://lms.school.example/",
    "https://lms.school.example/" + "x" * 4000,
]
"""Addresses that nobody may be sent to and nothing may be fetched from."""


def edited(part: str, chance: random.Random) -> str:
    """A header or payload with one member changed, added or removed."""
    values = json.loads(base64.urlsafe_b64decode(part + "=="))
    name = chance.choice([*values, "jku", "jwk", "crit", "azp", "x"])
    if name in values and chance.random() < 0.3:
        del values[name]
    else:
        values[name] = chance.choice(VALUES)
    return tokens.segment(json.dumps(values).encode())


def one_character(token: str, chance: random.Random) -> str:
    at = chance.randrange(len(token))
    return token[:at] + chance.choice(CHARACTERS) + token[at + 1 :]


def one_bit(token: str, chance: random.Random) -> str:
    parts = token.split(".")
    which = chance.randrange(3)
    data = bytearray(base64.urlsafe_b64decode(parts[which] + "=="))
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    parts[which] = tokens.segment(bytes(data))
    return ".".join(parts)


def a_piece_gone_or_doubled(token: str, chance: random.Random) -> str:
    start = chance.randrange(len(token))
    end = min(len(token), start + chance.randrange(1, 50))
    return token[:start] + token[start:end] * chance.choice((0, 2)) + token[end:]


def another_header(token: str, chance: random.Random) -> str:
    header, rest = token.split(".", 1)
    return f"{edited(header, chance)}.{rest}"


def another_payload(token: str, chance: random.Random) -> str:
    header, payload, signature = token.split(".")
    return f"{header}.{edited(payload, chance)}.{signature}"


def another_signature(token: str, chance: random.Random) -> str:
    return f"{token.rsplit('.', 1)[0]}.{chance.choice(SIGNATURES)}"


def another_algorithm(token: str, chance: random.Random) -> str:
    header = {
        "alg": chance.choice(["none", "HS256", "RS384", "ES256", "PS256", "rs256", None]),
        "kid": tokens.KID,
    }
    parts = [tokens.segment(json.dumps(header).encode()), *token.split(".")[1:]]
    parts[2] = chance.choice([parts[2], "", tokens.segment(chance.randbytes(32))])
    return ".".join(parts)


TOKENS: list[Callable[[str, random.Random], str]] = [
    one_character,
    one_bit,
    a_piece_gone_or_doubled,
    another_header,
    another_payload,
    another_signature,
    another_algorithm,
]


def spoilt_text(text: str, chance: random.Random) -> str:
    """A text with a character changed, a piece gone or a piece doubled."""
    return chance.choice((one_character, a_piece_gone_or_doubled))(text, chance)


class Memory:
    """What Python holds: `mark()` after each half of a long run; `growth` is what the second half left behind."""

    def __init__(self) -> None:
        self._marks: list[int] = []

    def __enter__(self) -> "Memory":
        tracemalloc.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tracemalloc.stop()

    def mark(self) -> None:
        """Remember how much is held now."""
        gc.collect()
        self._marks.append(tracemalloc.get_traced_memory()[0])

    @property
    def growth(self) -> int:
        """Bytes between the last two marks."""
        return self._marks[-1] - self._marks[-2]
