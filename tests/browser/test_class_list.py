"""The teacher sees the class as the LMS has it: also who never came, and who has left."""

from collections.abc import Callable

import pytest
from browser.pages import Checker, alone
from browser.world import KEIKO, SAKURA, World
from playwright.sync_api import BrowserContext, Page, expect

from lti_tool.demo import services_nrps

pytestmark = pytest.mark.browser

Visitor = Callable[..., BrowserContext]


def reloaded(page: Page, words: str) -> None:
    """Reload, as the page asks for, until it says so."""
    for _ in range(100):
        page.reload()
        if words in page.locator("main").inner_text():
            return
        page.wait_for_timeout(100)
    pytest.fail(f"never said: {words}")


def press(page: Page, button: str) -> None:
    """Press a button and wait for the page it leads to: a reload on the way there has no page to reload."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_class_list_from_the_first_launch_on(
    world: World, visitor: Visitor, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NRP-02, NRP-05, CERT-N01 to CERT-N05: with the tool's own key and token, at once and on demand."""
    read, never, left, button = {
        "ja": ("名簿：5人", "まだ来ていない", "名簿から外れた", "名簿を今すぐ読み込む"),
        "en": ("Class list: 5 people", "Never yet", "Left", "Read the class list now"),
    }[lang]
    alone(visitor(lang).new_page(), world, SAKURA)
    page = visitor(lang, width=1000).new_page()
    check = Checker(page, lang)
    page.goto(f"{alone(page, world, KEIKO)}/class")
    reloaded(page, read)
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.filter(has_text=never)).to_have_count(3)
    check("class list, read")
    without_sakura = tuple(one for one in services_nrps.PEOPLE if one.id != SAKURA)
    monkeypatch.setattr(services_nrps, "PEOPLE", without_sakura)
    press(page, button)
    reloaded(page, read.replace("5", "4"))
    expect(rows.last).to_contain_text(left)
    check("class list, somebody left")
    world.lms.faults.set("unavailable")
    press(page, button)
    reloaded(page, {"ja": "読み込めませんでした", "en": "could not be read"}[lang])
    check("class list, failed")
    assert check.problems == []
