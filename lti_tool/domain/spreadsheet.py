"""Tables for spreadsheet programs, which take some texts for formulas."""

from collections.abc import Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet program would calculate, also in full width."""


def line(cells: Sequence[str]) -> str:
    """One line of CSV (RFC 4180). Nothing in it is calculated by whoever opens it."""
    return ",".join(_quoted(cell(text)) for text in cells) + "\r\n"


def cell(text: str) -> str:
    """The text, with an apostrophe before what would be a formula (ATK-21)."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set('",\r\n') else text
