"""The page in the frame tells the LMS how high it is, in the words that LMSs understand."""

import json

import pytest
from browser.conftest import Visitor
from browser.world import KEIKO, SAKURA, World, eventually
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LISTEN = """() => {
  window.heard = [];
  window.addEventListener("message", ({ data }) => typeof data === "string" && window.heard.push(data));
}"""


def heights(page: Page) -> list[int]:
    """What the tool has asked for so far."""
    heard = [json.loads(each) for each in page.evaluate("window.heard")]
    return [each["height"] for each in heard if each["subject"] == "lti.frameResize"]


def test_the_frame_asks_for_the_height_it_needs(world: World, visitor: Visitor) -> None:
    """COO-12"""
    page = visitor("ja", width=390).new_page()
    page.add_init_script(f"window === window.top && ({LISTEN})()")
    page.goto(f"{world.lms_url}/as/{SAKURA}/activity/{world.activity('course')}")
    eventually(lambda: bool(heights(page)))
    needed = page.frames[-1].evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
    eventually(lambda: heights(page)[-1] == max(600, needed))
    page.frames[-1].evaluate("document.body.style.minHeight = '20000px'")
    eventually(lambda: heights(page)[-1] == 10000)


def test_a_page_of_its_own_asks_nobody(world: World, visitor: Visitor) -> None:
    page = visitor("ja").new_page()
    page.add_init_script(f"({LISTEN})()")
    page.goto(f"{world.lms_url}/as/{KEIKO}/activity/{world.activity('course')}/launch")
    page.wait_for_url("**/l/**")
    page.evaluate("document.body.style.minHeight = '5000px'")
    page.wait_for_function("document.readyState === 'complete'")
    assert heights(page) == []
