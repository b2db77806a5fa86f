"""A browser that dies, or loses its network, in the middle of a quiz."""

from typing import Any

import pytest
from browser import quiz, staging
from browser.conftest import Visitor
from browser.quiz import Shown
from browser.words import Words
from browser.world import SAKURA, World, eventually
from playwright.sync_api import FrameLocator, Page, Route, expect
from support import answers

from lti_tool.domain.course import Choice, Question

pytestmark = pytest.mark.browser


def open_quiz(page: Page, world: World) -> FrameLocator:
    page.goto(f"{world.lms_url}/as/{SAKURA}/activity/{world.activity('t101-quiz')}")
    return page.frame_locator("iframe.tool")


def expect_given(shown: Shown, kind: str, response: dict[str, object]) -> None:
    """The page shows an answer as it was given."""
    if kind == "numeric":
        expect(shown.locator("#number")).to_have_value(str(response["number"]))
        return
    picks = response["pick"]
    assert isinstance(picks, list)
    for index, pick in enumerate(picks):
        if kind == "matching":
            expect(shown.locator(f"#pick-{index}")).to_have_value(str(pick))
        elif kind == "ordering":
            expect(shown.locator(f"#rank-{pick}")).to_have_value(str(index))
        else:
            expect(shown.locator(f"input[name=pick][value='{pick}']")).to_be_checked()


def in_page_order(question: Question, response: dict[str, Any]) -> dict[str, Any]:
    """An answer as a page sends it: ticks from top to bottom."""
    return {"pick": sorted(response["pick"])} if isinstance(question, Choice) else response


def test_answers_outlive_the_browser(world: World, visitor: Visitor) -> None:
    words = Words("ja")
    first = visitor("ja")
    tool = open_quiz(first.new_page(), world)
    tool.get_by_role("button", name=words("Start the quiz")).click()
    expect(tool.locator("form#question")).to_be_visible()
    attempt = quiz.attempt_of(tool)
    (one, drawn_one), (two, drawn_two), *_ = quiz.paper(world, attempt)
    quiz.give(tool, one, answers.right(one, drawn_one))
    quiz.onward(tool)
    expect(tool.get_by_role("heading", level=1)).to_contain_text("2")
    quiz.give(tool, two, answers.wrong(two, drawn_two))
    expect(tool.locator("#save-state")).to_have_text(words.like("Saved %(time)s"))
    eventually(
        lambda: staging.saved(world, attempt, two.id) == in_page_order(two, answers.wrong(two, drawn_two))
    )
    first.close()

    tool = open_quiz(visitor("ja").new_page(), world)
    tool.get_by_role("button", name=words("Go on with the quiz")).click()
    expect(tool.get_by_role("heading", level=1)).to_contain_text("3 / 4")  # the first without an answer
    for number, question, response in (
        (1, one, answers.right(one, drawn_one)),
        (2, two, answers.wrong(two, drawn_two)),
    ):
        tool.locator(f".palette button[value='{number}']").press("Enter")  # a click may meet the page before
        expect(tool.get_by_role("heading", level=1)).to_contain_text(str(number))
        expect_given(tool, question.kind, response)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_an_answer_given_without_network_is_saved_later(world: World, visitor: Visitor, lang: str) -> None:
    words, context = Words(lang), visitor(lang)
    page = context.new_page()
    tool = open_quiz(page, world)
    tool.get_by_role("button", name=words("Start the quiz")).click()
    expect(tool.locator("form#question")).to_be_visible()
    question, drawn = quiz.paper(world, quiz.attempt_of(tool))[0]
    response = answers.right(question, drawn)

    context.set_offline(True)
    quiz.give(tool, question, response)
    gone = words("No connection. Your answer is kept on this page and sent as soon as it is back.")
    expect(tool.locator("#save-state")).to_have_text(gone)
    quiz.onward(tool)
    expect(tool.locator("#save-state")).to_have_text(gone)
    context.set_offline(False)
    expect(tool.locator("#save-state")).to_have_text(words.like("Saved %(time)s"))
    page.reload()
    tool.get_by_role("button", name=words("Go on with the quiz")).click()
    tool.locator(".palette button[value='1']").click()
    expect_given(tool, question.kind, response)


def test_an_older_answer_never_overtakes_a_newer_one(world: World, visitor: Visitor) -> None:
    """The autosave is still on its way when the student corrects the answer and goes on."""
    words, page = Words("en"), visitor("en").new_page()
    tool = open_quiz(page, world)
    tool.get_by_role("button", name=words("Start the quiz")).click()
    expect(tool.locator("form#question")).to_be_visible()
    attempt = quiz.attempt_of(tool)
    question, drawn = quiz.paper(world, attempt)[0]
    on_its_way: list[Route] = []

    def hold(route: Route) -> None:
        autosave = route.request.headers.get("accept") == "application/json"
        on_its_way.append(route) if autosave and not on_its_way else route.continue_()

    page.route(f"**/attempts/{attempt}/1", hold)
    with page.expect_request(f"**/attempts/{attempt}/1"):
        quiz.give(tool, question, answers.wrong(question, drawn))
    clear(tool, question.kind)
    quiz.give(tool, question, answers.right(question, drawn))
    quiz.onward(tool)
    expect(tool.locator("#save-state")).to_have_text(words("Saving …"))
    on_its_way[0].continue_()
    expect(tool.get_by_role("heading", level=1)).to_contain_text("2")
    tool.locator(".palette button[value='1']").click()
    expect(tool.get_by_role("heading", level=1)).to_contain_text("1")
    expect_given(tool, question.kind, answers.right(question, drawn))


def clear(shown: Shown, kind: str) -> None:
    """Take ticks away; any other field simply takes its new value."""
    if kind == "multiple":
        ticked = shown.locator("input[name=pick]:checked")
        while ticked.count():
            ticked.first.uncheck()
