"""What may be handed in as a file: its name made harmless, and its content held against its ending."""

import codecs
import unicodedata
from collections.abc import Collection

HEAD = 4096
"""How many bytes of a file `contradicts` wants to see."""

NAME_LENGTH = 120

_ALIASES = {"jpeg": "jpg"}
_ZIP = b"PK\x03\x04"
_MAGIC: dict[str, tuple[int, bytes]] = {
    "pdf": (0, b"%PDF-"),
    "png": (0, b"\x89PNG\r\n\x1a\n"),
    "jpg": (0, b"\xff\xd8\xff"),
    "docx": (0, _ZIP),
    "xlsx": (0, _ZIP),
    "pptx": (0, _ZIP),
    "mp4": (4, b"ftyp"),
}
"""Where in a file which bytes must stand."""

_TEXTS = frozenset({"csv", "txt"})
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ENCODINGS = ("utf-8", "cp932")  # Japanese spreadsheets still save CSV as the latter
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")


def clean_name(name: str) -> str:
    """The last part of a path without control or invisible characters; NAME_LENGTH at most, ending kept."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(char for char in last if not unicodedata.category(char).startswith("C")).strip(" .")
    if len(shown) <= NAME_LENGTH:
        return shown
    stem, dot, tail = shown.rpartition(".")
    return f"{stem[: NAME_LENGTH - len(tail) - 1]}{dot}{tail}" if 0 < len(tail) <= 10 else shown[:NAME_LENGTH]


def ending(name: str) -> str:
    """The ending in lower case, without the dot; `jpg` also for `jpeg`; empty when there is none."""
    stem, _, tail = name.rpartition(".")
    tail = tail.lower()
    return _ALIASES.get(tail, tail) if stem else ""


def accepted(name: str, endings: Collection[str]) -> bool:
    """Whether a file of this name is among the wanted endings."""
    return ending(name) in {_ALIASES.get(each, each) for each in endings}


def contradicts(name: str, head: bytes) -> bool:
    """Whether the first HEAD bytes cannot be of a file with this ending. Unknown endings are believed."""
    kind = ending(name)
    if kind in _TEXTS:
        return not _is_text(head)
    if kind not in _MAGIC:
        return False
    return not _holds(head, *_MAGIC[kind])


def _holds(head: bytes, start: int, magic: bytes) -> bool:
    return head[start : start + len(magic)] == magic


def _is_text(head: bytes) -> bool:
    if any(_holds(head, *magic) for magic in _MAGIC.values()):
        return False
    if head.startswith(_WIDE):
        return _decodes(head, "utf-16")
    return _CONTROLS.isdisjoint(head) and any(_decodes(head, encoding) for encoding in _ENCODINGS)


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        # Not final: the head may end in the middle of a character.
        codecs.getincrementaldecoder(encoding)().decode(head, final=False)
    except UnicodeDecodeError:
        return False
    return True
