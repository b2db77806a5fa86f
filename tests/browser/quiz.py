"""Taking a quiz in the browser, knowing from the course which answers are right."""

import re
from typing import Any

from browser.words import Words
from browser.world import World
from playwright.sync_api import FrameLocator, Page, expect
from support import answers

from lti_tool.domain.course import Question
from lti_tool.domain.quiz import Drawn
from lti_tool.storage.db import open_session

Shown = Page | FrameLocator
"""A page of the tool: in a window of its own, or in the frame of the LMS."""


def attempt_of(shown: Shown) -> int:
    """The number of the attempt that a question page belongs to."""
    action = shown.locator("form#question").get_attribute("action") or ""
    found = re.search(r"/attempts/(\d+)/", action)
    assert found
    return int(found[1])


def paper(world: World, attempt: int) -> list[tuple[Question, Drawn]]:
    """The questions as drawn for an attempt."""
    with open_session(world.engine, writes=False) as session:
        return answers.paper(session, world.course, attempt)


def give(shown: Shown, question: Question, response: dict[str, Any]) -> None:
    """Put an answer into a question page. Lists are chosen from by position: before the first stands "choose"."""
    if question.kind == "numeric":
        shown.locator("#number").fill(response["number"])
    elif question.kind == "matching":
        for row, position in enumerate(response["pick"]):
            shown.locator(f"#pick-{row}").select_option(index=position + 1)
    elif question.kind == "ordering":
        for place, step in enumerate(response["pick"]):
            shown.locator(f"#rank-{step}").select_option(index=place + 1)
    else:
        for position in response["pick"]:
            shown.locator(f"input[name=pick][value='{position}']").check()


def onward(shown: Shown) -> None:
    """Press the button that goes on: to the next question, after the last one to the overview."""
    shown.locator("form#question .btn-primary").click()


def answer_all(shown: Shown, world: World, words: Words, *, well: bool) -> None:
    """From the first question to the overview before handing in."""
    expect(shown.locator("form#question")).to_be_visible()
    questions = paper(world, attempt_of(shown))
    for number, (question, drawn) in enumerate(questions, start=1):
        title = words("Question %(number)s of %(total)s", number=number, total=len(questions))
        expect(shown.get_by_role("heading", level=1)).to_have_text(title)
        give(shown, question, (answers.right if well else answers.wrong)(question, drawn))
        onward(shown)
    expect(shown.get_by_role("heading", level=1)).to_have_text(words("Before you hand in"))
    if well:  # a question may have too few wrong options to be answered completely and wrongly
        expect(shown.get_by_text(words("All questions are answered."))).to_be_visible()


def take(shown: Shown, world: World, words: Words, *, well: bool) -> None:
    """From the quiz's page to the result."""
    shown.locator("form.actions .btn-primary").click()
    answer_all(shown, world, words, well=well)
    shown.get_by_role("button", name=words("Hand in"), exact=True).click()
