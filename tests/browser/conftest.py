"""Chromium, and the two servers that it visits."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.world import World, running
from conftest import missing
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Response, expect, sync_playwright

from lti_tool import worker
from lti_tool.domain import delivery

TINY = Path(__file__).parent.parent / "courses" / "tiny"
TALL = 1200
"""Pixels: the LMS's page with its frame fits without scrolling. Right after a scroll Chromium may still bring a
click to the frame that was there before, which people do not notice and tests do."""
PATIENCE = 20_000
"""Milliseconds: only a test that fails ever waits so long."""

ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LOCALES = {"ja": "ja-JP", "en": "en-GB"}

Visitor = Callable[..., BrowserContext]


def _executable() -> str:
    """Debian's Chromium, which refuses third-party cookies that are not partitioned: as strict as we want it."""
    found = [path for name in BROWSERS if (path := shutil.which(name))]
    if not found:
        missing("no Chromium: install the package chromium")
    return found[0]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        expect.set_options(timeout=PATIENCE)
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=_executable(), args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The tool and the demo LMS, fresh, with the tiny course."""
    with running(tmp_path, TINY) as world:
        yield world


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Visitor]:
    """`visitor("ja", width=390)`: a browser of somebody's own. No page of it may crash or break a policy."""
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    def open_browser(
        lang: str = "ja", width: int = 390, height: int = TALL, **options: Any
    ) -> BrowserContext:
        context = chromium.new_context(
            locale=LOCALES[lang],
            viewport={"width": width, "height": height},
            reduced_motion="reduce",  # colours are themselves at once
            **options,
        )
        context.set_default_timeout(PATIENCE)
        context.on("page", lambda page: _watch(page, faults))
        contexts.append(context)
        return context

    yield open_browser
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def hurried_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker waits tenths of a second where it would wait minutes: its tries are counted, not timed."""
    monkeypatch.setattr(delivery, "FIRST_WAIT", 0.2)
    monkeypatch.setattr(delivery, "LONGEST_WAIT", 0.4)
    monkeypatch.setattr(worker, "PAUSE", 0.05)


def _watch(page: Page, faults: list[str]) -> None:
    """Note what no test asks about but none may cause: script errors, broken policies, crashes of a server."""

    def answered(response: Response) -> None:
        if response.status >= 500:
            faults.append(f"{response.status} {response.url}")

    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("console", lambda said: "Content Security Policy" in said.text and faults.append(said.text))
    page.on("response", answered)
