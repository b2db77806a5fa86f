"""A browser that keeps no cookie inside the frame of the LMS: the page says so and offers a window of its own."""

import re

import pytest
from browser.conftest import Visitor
from browser.pages import framed
from browser.words import Words
from browser.world import SAKURA, World
from playwright.sync_api import Route, expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_window_of_its_own_is_the_way_on(world: World, visitor: Visitor, lang: str) -> None:
    words, context = Words(lang), visitor(lang)
    page = context.new_page()
    page.route(f"{world.tool_url}/lti/login", forget_cookies)
    tool = framed(page, world, SAKURA, "t101-quiz")
    expect(tool.get_by_role("heading", level=1)).to_have_text(words("Your browser did not keep the launch."))
    offered = tool.get_by_role("link", name=words("Open in a new window"))
    expect(offered).to_have_attribute("target", "_blank")
    expect(offered).to_have_attribute("href", re.compile(rf"^{world.tool_url}/lti/login\?"))
    # The demo LMS, like Moodle, answers a launch once only: here the way on is its own button below the frame.
    with context.expect_page() as opened:
        page.locator("a[target=_blank][href*='/launch']").click()
    expect(opened.value.get_by_role("button", name=words("Start the quiz"))).to_be_visible()


def forget_cookies(route: Route) -> None:
    """The answer as it is, but the browser never hears of the cookie in it."""
    answer = route.fetch(max_redirects=0)
    headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
    route.fulfill(status=answer.status, headers=headers, body=answer.body())
