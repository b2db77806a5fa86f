"""The student's quiz and the teacher's review, inside the LMS, by keyboard alone."""

from typing import Any

import pytest
from browser import quiz, staging
from browser.conftest import Visitor
from browser.keyboard import Keyboard
from browser.pages import alone, framed
from browser.words import Words
from browser.world import KEIKO, SAKURA, World, eventually
from playwright.sync_api import FrameLocator, Locator, expect
from support import answers

from lti_tool.domain.course import Question

pytestmark = pytest.mark.browser


def test_a_quiz(world: World, visitor: Visitor) -> None:
    words, page = Words("en"), visitor("en", width=1100, height=700).new_page()
    alone(page, world, SAKURA)
    attempt = staging.begin_quiz(world, SAKURA, "t101-quiz")
    staging.ask_every_kind(world, attempt)
    tool, keys = framed(page, world, SAKURA, "t101-quiz"), Keyboard(page)
    keys.tab_to(tool.get_by_role("button", name=words("Go on with the quiz")))
    keys.press("Enter")
    questions = quiz.paper(world, attempt)
    for number, (question, drawn) in enumerate(questions, start=1):
        title = words("Question %(number)s of %(total)s", number=number, total=len(questions))
        expect(tool.get_by_role("heading", level=1)).to_have_text(title)
        give(keys, tool, question, answers.right(question, drawn))
        keys.tab_to(tool.locator("form#question .btn-primary"))
        keys.press("Enter")
    keys.tab_to(tool.get_by_role("button", name=words("Hand in"), exact=True))
    keys.press("Space")
    expect(tool.locator(".score-number")).to_have_text("100%")
    assert not keys.unseen


def give(keys: Keyboard, tool: FrameLocator, question: Question, response: dict[str, Any]) -> None:
    """An answer: Space and arrows for what is chosen, arrows through the lists, digits for a number."""
    if question.kind == "numeric":
        keys.tab_to(tool.locator("#number"))
        keys.type(response["number"])
    elif question.kind == "multiple":
        for position in sorted(response["pick"]):
            keys.tab_to(tool.locator(f"input[name=pick][value='{position}']"))
            keys.press("Space")
    elif question.kind == "matching":
        for row, position in enumerate(response["pick"]):
            step_to(keys, tool.locator(f"#pick-{row}"), position)
    elif question.kind == "ordering":
        for step in range(len(response["pick"])):
            step_to(keys, tool.locator(f"#rank-{step}"), response["pick"].index(step))
    else:
        keys.tab_to(tool.locator("input[name=pick]").first)
        keys.press("Space")
        keys.press("ArrowDown", response["pick"][0])


def step_to(keys: Keyboard, field: Locator, value: int) -> None:
    """Down through a closed list; passing by the places of other steps must not disturb them."""
    keys.tab_to(field)
    keys.press("ArrowDown", value + 1)
    expect(field).to_have_value(str(value))


def test_a_review(world: World, visitor: Visitor) -> None:
    words, page = Words("ja"), visitor("ja", width=1100, height=700).new_page()
    alone(visitor("ja").new_page(), world, SAKURA, "t101-assignment")
    staging.hand_in(world, SAKURA, "t101-assignment")
    tool, keys = framed(page, world, KEIKO, "course"), Keyboard(page)
    keys.tab_to(tool.get_by_role("link", name=words("Reviews"), exact=True))
    keys.press("Enter")
    keys.tab_to(tool.get_by_role("table").get_by_role("link"))
    keys.press("Enter")
    for row in world.course.modules[0].assignment.rubric:
        levels = tool.locator(f"input[name='level-{row.criterion.code}']")
        keys.tab_to(levels.first)
        keys.press("Space")
        keys.press("ArrowDown")
        expect(levels.nth(1)).to_be_checked()
    keys.tab_to(tool.get_by_label(words("Comment for the student")))
    keys.type("根拠が具体的です。")
    keys.tab_to(tool.get_by_role("button", name=words("Grade"), exact=True))
    keys.press("Enter")
    expect(tool.get_by_text(words("The grade is kept and on its way to the LMS."))).to_be_visible()
    eventually(lambda: world.grade(SAKURA, "t101-assignment") == 75)
    assert not keys.unseen


def test_the_head_of_a_page_can_be_skipped(world: World, visitor: Visitor) -> None:
    page = visitor("en").new_page()
    keys = Keyboard(page)
    here = alone(page, world, SAKURA)
    for address in (here, world.lms_url):
        page.goto(address)
        skip = page.get_by_role("link", name=Words("en")("Skip to the content"))
        keys.press("Tab")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport(ratio=1)
        keys.press("Enter")
        expect(page.locator("main")).to_be_focused()
        keys.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")
