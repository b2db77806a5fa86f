"""What a reader sees of a page of Markdown, in numbers."""

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_ADDRESS = re.compile(r"\]\([^)]*\)")
_READING = re.compile(r"\{([^|{}\n]+)\|[^{}\n]*\}")
_TABLE = re.compile(r"^ {0,3}\|?[ \t]*:?-+:?[ \t]*\|[-:| \t]*$", re.MULTILINE)
_HEADING = re.compile(r"^ {0,3}#{2,6}[ \t]", re.MULTILINE)
_MARKS = re.compile(r"[*`#>|\[\]\s]")


@dataclass(frozen=True)
class Build:
    """How a page is built; the same in both languages of a page that says the same."""

    headings: int
    tables: int
    pictures: int


def characters(text: str) -> int:
    """Characters that are read: no marks, addresses, readings, pictures or spaces."""
    prose = _TABLE.sub("", _ADDRESS.sub("]", _IMAGE.sub("", text)))
    return len(_MARKS.sub("", _READING.sub(r"\1", prose)))


def build(text: str) -> Build:
    """Headings, tables and pictures of a page."""
    prose = _FENCE.sub("", text)
    return Build(len(_HEADING.findall(prose)), len(_TABLE.findall(prose)), len(_IMAGE.findall(prose)))
