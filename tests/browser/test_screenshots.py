"""The two pictures of the README, of the real course. `LTI_TOOL_SCREENSHOTS=docs/images` writes them there."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import staging
from browser.conftest import Visitor
from browser.pages import alone, framed
from browser.words import Words
from browser.world import KEIKO, SAKURA, World, running
from playwright.sync_api import Page, expect

from lti_tool.app import utc_now
from lti_tool.services import lessons
from lti_tool.storage.db import transaction

pytestmark = pytest.mark.browser

CONTENT = Path(__file__).parents[2] / "content"
LARGEST = 300_000
"""Bytes: a README should open at once."""
QUIZ, WORK = "m101-quiz", "m101-assignment"
TEXT = (
    "The sheet is attached. Three moments:\n\n"
    "A, 04:10 - a viewer asks how long the host has been drawing. She answers and draws on.\n\n"
    "B, 12:40 - “Is it too big for one person?” The host cooks one portion and weighs it on camera. "
    "My reading: the worry was fit, not price.\n\n"
    "B, 21:05 - “Does it smell?” is read out and passed over; the timer on the screen may be why."
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The real course in place of the tiny one."""
    with running(tmp_path, CONTENT) as world:
        yield world


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go: nowhere that lasts, unless asked for."""
    return Path(os.environ.get("LTI_TOOL_SCREENSHOTS") or tmp_path)


def take(page: Page, file: Path) -> None:
    page.evaluate("document.fonts.ready")
    page.screenshot(path=file, animations="disabled")
    assert file.stat().st_size < LARGEST


def test_course_home_on_a_phone(world: World, visitor: Visitor, folder: Path) -> None:
    page = visitor("ja", width=390, height=844).new_page()
    alone(page, world, SAKURA)
    with transaction(world.engine) as session:
        for lesson in world.course.modules[0].lessons:
            lessons.finish(session, world.course, world.who(SAKURA), lesson.id, utc_now())
    staging.take_quiz(world, SAKURA, QUIZ, mistakes=1)
    staging.hand_in(world, SAKURA, WORK)
    tool = framed(page, world, SAKURA, "course")
    expect(tool.get_by_role("link", name=Words("ja")("Read the lesson"))).to_be_visible()
    page.get_by_role("heading", level=1).evaluate("heading => heading.scrollIntoView()")
    take(page, folder / "course-home-ja.png")


def test_review_at_a_desk(world: World, visitor: Visitor, folder: Path) -> None:
    words = Words("en")
    alone(visitor("en").new_page(), world, SAKURA, WORK)
    staging.hand_in(world, SAKURA, WORK, TEXT)
    page = visitor("en", width=1100, height=700).new_page()
    tool = framed(page, world, KEIKO, "course")
    tool.get_by_role("link", name=words("Reviews"), exact=True).click()
    tool.get_by_role("table").get_by_role("link").click()
    tool.locator("fieldset.criterion").first.get_by_role("radio").nth(1).check()
    page.evaluate("window.scrollTo(0, 0)")
    take(page, folder / "review-en.png")
