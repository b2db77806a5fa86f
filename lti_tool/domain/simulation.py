"""A rehearsed stream: its situation, what the runner does to it, and the comments that arrive. For staff only."""

from dataclasses import dataclass
from typing import Literal

from lti_tool.domain.text import Text

Category = Literal["question", "hesitation", "intent", "praise", "logistics", "troll"]
Priority = Literal["red", "amber", "green", "blue"]
"""Stop now; the next sentence; at the next seam; the moderator takes it."""
Use = Literal["course", "reserve", "practical"]
"""In its module; only for resits; in the practical examination."""


@dataclass(frozen=True)
class Fact:
    """A line of the dossier, e.g. (`price`, `2,980 yen with tax`)."""

    item: Text
    value: Text


@dataclass(frozen=True)
class Inject:
    """Something that the runner does `at` seconds after the start, and what a good host does about it."""

    at: int
    title: Text
    runner: Text
    expected: Text


@dataclass(frozen=True)
class Comment:
    """A comment that arrives `at` seconds after the start. Everything after `text` is the key.

    `hesitation` is its code (H1-H9), "" for none; `planted`: one of those that the simulation is about.
    """

    at: int
    handle: str
    text: Text
    category: Category
    priority: Priority
    hesitation: str
    planted: bool
    note: Text


@dataclass(frozen=True)
class Simulation:
    """`module` is an id, None where it belongs to none. `dossier` is empty where the assignment holds it."""

    id: str
    title: Text
    use: Use
    module: str | None
    seconds: int
    dossier: tuple[Fact, ...]
    audience: Text
    conditions: tuple[Text, ...]
    critical_test: Text
    injects: tuple[Inject, ...]
    comments: tuple[Comment, ...]
