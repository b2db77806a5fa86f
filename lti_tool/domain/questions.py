"""What is asked, with its key and its reasons."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from lti_tool.domain.text import Text

Level = Literal["remember", "understand", "apply", "analyse", "evaluate"]


@dataclass(frozen=True)
class Option:
    """An answer to choose, its credit in percent (100 right, 0 wrong, 50 for a fair situational choice)."""

    text: Text
    credit: int
    why: Text


@dataclass(frozen=True)
class Choice:
    """`single`: best of several; `multiple`: tick all that apply, all or nothing; `situational`: partial credit."""

    id: str
    kind: Literal["single", "multiple", "situational"]
    level: Level
    ask: Text
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Pair:
    """Two texts that belong together, and why."""

    left: Text
    right: Text
    why: Text


@dataclass(frozen=True)
class Matching:
    """Give every left its right; `extras` are rights that belong to none. Credit only when all are right."""

    id: str
    level: Level
    ask: Text
    pairs: tuple[Pair, ...]
    extras: tuple[Text, ...] = ()
    kind: Literal["matching"] = "matching"


@dataclass(frozen=True)
class Ordering:
    """Put the steps, given here in the right order, in order. All or nothing."""

    id: str
    level: Level
    ask: Text
    steps: tuple[Text, ...]
    why: Text
    kind: Literal["ordering"] = "ordering"


@dataclass(frozen=True)
class Numeric:
    """A number within `tolerance` (absolute) of `answer`, in `unit`."""

    id: str
    level: Level
    ask: Text
    answer: Decimal
    tolerance: Decimal
    unit: Text
    why: Text
    kind: Literal["numeric"] = "numeric"


Question = Choice | Matching | Ordering | Numeric
