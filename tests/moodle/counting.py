"""What a step costs a person: seconds, clicks, and fields that had to be typed into."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext

_LISTEN = """
addEventListener("mousedown", event => event.isTrusted && window.counted("click", ""), true);
addEventListener("input", event => {
    const field = event.target;
    if (event.isTrusted && field.matches("textarea, input:not([type=checkbox], [type=radio], [type=file])"))
        window.counted("typed", field.id || field.name);
}, true);
addEventListener("change", event => {
    if (!event.target.matches("select") || document.activeElement !== event.target) return;
    window.counted("click", "");
    window.counted("click", "");
}, true);
"""
"""In every frame, also the tool's: what came from the mouse and the keyboard, not from scripts.
A choice from a list is two clicks; the driver makes it without the mouse."""


@dataclass
class Step:
    """One step of a journey."""

    name: str
    seconds: float = 0.0
    clicks: int = 0
    typed: list[str] = field(default_factory=list)
    """Fields, by id or name, in the order they were first typed into."""


class Steps:
    """All steps of a run, in their order."""

    def __init__(self) -> None:
        """Nothing has been done yet."""
        self.all: list[Step] = []
        self._now: Step | None = None

    def watch(self, context: BrowserContext) -> None:
        """Count what happens in a browser from now on, as part of whatever step is being taken."""
        context.expose_binding("counted", lambda _source, kind, name: self._count(kind, name))
        context.add_init_script(_LISTEN)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Take a step: what people do inside is counted as theirs."""
        self._now = Step(name)
        self.all.append(self._now)
        began = time.monotonic()
        try:
            yield self._now
        finally:
            self._now.seconds = time.monotonic() - began
            self._now = None

    def lines(self) -> list[str]:
        """One line a step, for people."""
        return [
            f"{step.name:<60} {step.seconds:6.1f} s {step.clicks:4} clicks  {', '.join(step.typed)}".rstrip()
            for step in self.all
        ]

    def _count(self, kind: str, name: str) -> None:
        if self._now is None:
            return
        if kind == "click":
            self._now.clicks += 1
        elif name not in self._now.typed:
            self._now.typed.append(name)
