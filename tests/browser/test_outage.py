"""The LMS's services fail while a student works: nothing is lost, and the grade arrives once."""

import pytest
from browser import quiz
from browser.conftest import Visitor
from browser.words import Words
from browser.world import DAY, SAKURA, World, eventually
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("hurried_worker")]

TRIES = 3
"""How often each fault is met before the next one is switched on."""


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_grade_waits_for_the_lms(world: World, visitor: Visitor, lang: str) -> None:
    words, faults = Words(lang), world.lms.faults
    page = visitor(lang).new_page()
    faults.set("unavailable")
    page.goto(f"{world.lms_url}/as/{SAKURA}/activity/{world.activity('t101-quiz')}")
    tool = page.frame_locator("iframe.tool")
    quiz.take(tool, world, words, well=True)
    expect(tool.locator(".score-number")).to_have_text("100%")
    expect(tool.locator(".state-wait").filter(has_text=words("Waiting to be sent"))).to_be_visible()

    eventually(lambda: world.calls("/").count(503) >= TRIES)
    faults.set("drop")
    eventually(lambda: world.calls("/").count(None) >= TRIES)
    tool.get_by_role("link", name=words("My grades")).click()
    expect(tool.locator(".state-wait").filter(has_text=words("Waiting to be sent"))).to_be_visible()
    assert world.grade(SAKURA, "t101-quiz") is None

    faults.set("none")
    eventually(lambda: world.grade(SAKURA, "t101-quiz") == 100)
    page.reload()
    tool.get_by_role("link", name=words("My grades")).click()
    expect(tool.locator(".state-good").filter(has_text=words("Received by the LMS"))).to_be_visible()
    assert world.calls("/scores").count(200) == 1
    page.goto(f"{world.lms_url}/gradebook/{DAY}")
    cell = page.locator(f"[data-cell='{SAKURA}/{world.column('t101-quiz')}']")
    expect(cell.locator(".score")).to_have_text("100 / 100")
