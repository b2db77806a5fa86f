"""Bars a day as numbers for an SVG. Pure: no request, no words."""

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.services.ledger import Day

STEP = 20
"""Units of the drawing a day; a bar takes all but the gap."""
GAP = 4
HEIGHT = 120
LOOKS = ("good", "wait", "bad")
"""Of what is settled, waits, and needs a person, from the bottom up."""


@dataclass(frozen=True)
class Piece:
    """A piece of a bar, in units of the drawing."""

    look: str
    x: int
    y: float
    height: float


@dataclass(frozen=True)
class Plot:
    """A drawing of bars. `top` is the count that reaches the upper edge."""

    width: int
    height: int
    bar: int
    top: int
    pieces: tuple[Piece, ...]


def plot(days: Sequence[Day]) -> Plot:
    """One bar a day, of the grades made on it."""
    top = max((day.settled + day.waiting + day.needing for day in days), default=0)
    pieces: list[Piece] = []
    for place, day in enumerate(days):
        y = float(HEIGHT)
        for look, amount in zip(LOOKS, (day.settled, day.waiting, day.needing), strict=True):
            if amount:
                height = round(amount / top * HEIGHT, 1)
                y = round(y - height, 1)
                pieces.append(Piece(look, place * STEP + GAP // 2, y, height))
    return Plot(len(days) * STEP, HEIGHT, STEP - GAP, top, tuple(pieces))
