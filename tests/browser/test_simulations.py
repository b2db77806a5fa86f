"""A simulation on the screen of a classroom, and the runner's notes in a second window. Time is moved by hand."""

import pytest
from browser.conftest import Visitor
from browser.pages import Checker, alone
from browser.words import Words
from browser.world import KEIKO, World
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.browser


def open_both(world: World, context: BrowserContext) -> tuple[Page, Page]:
    """The screen for the class and the runner's notes, with a clock that only the test moves."""
    context.clock.install()
    screen, notes = context.new_page(), context.new_page()
    here = alone(screen, world, KEIKO)
    screen.goto(f"{here}/simulations/rehearsal/screen")
    expect(screen.locator("#clock")).to_have_text("0:00")
    notes.goto(f"{here}/simulations/rehearsal")
    expect(notes.locator("#next")).to_contain_text("@haru")
    screen.bring_to_front()
    screen.locator("#main").focus()
    return screen, notes


def test_comments_arrive_at_their_second_and_the_notes_follow(world: World, visitor: Visitor) -> None:
    words, context = Words("ja"), visitor("ja", width=1100)
    screen, notes = open_both(world, context)
    feed = screen.locator("#feed p")
    expect(feed).to_have_count(0)
    screen.keyboard.press("Space")
    expect(notes.locator("#run")).to_have_text(words("Pause"))
    context.clock.run_for(11_000)
    expect(feed).to_have_count(1)
    expect(feed.first).to_contain_text("丈はどれくらいですか")
    expect(feed.first.locator("[lang=en]")).to_be_hidden()
    expect(notes.locator("tr.is-past")).to_have_count(1)
    screen.get_by_label("English").check()
    expect(feed.first.locator("[lang=en]")).to_be_visible()
    expect(feed.first.locator("[lang=ja]")).to_be_hidden()

    notes.locator("#run").click()  # the other window pauses both
    expect(screen.locator("#run")).to_have_text(words("Resume"))
    context.clock.run_for(60_000)
    screen.reload()
    expect(feed).to_have_count(1)
    screen.locator("#run").click()
    context.clock.run_for(50_000)
    expect(feed).to_have_count(2)
    expect(notes.locator("#next")).to_contain_text("@natsu")


def test_the_end_stops_the_clock_and_it_begins_anew(world: World, visitor: Visitor) -> None:
    words, context = Words("ja"), visitor("ja", width=1100)
    screen, notes = open_both(world, context)
    screen.keyboard.press("Space")
    context.clock.run_for(130_000)
    expect(screen.locator("#feed p")).to_have_count(3)
    expect(screen.locator("#clock")).to_have_text("2:00")
    expect(screen.locator("#said")).to_have_text(words("The time is over."))
    expect(screen.locator("#run")).to_be_disabled()
    screen.keyboard.press("r")
    expect(screen.locator("#feed p")).to_have_count(0)
    expect(notes.locator("#clock")).to_have_text("0:00")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_pages(world: World, visitor: Visitor, lang: str) -> None:
    check = Checker(visitor(lang).new_page(), lang)
    here = alone(check.page, world, KEIKO)
    check.at(f"{here}/simulations/", "simulations")
    check.at(f"{here}/simulations/rehearsal", "notes")
    keys = check.page.locator(".sim-key").first
    expect(keys).to_be_hidden()
    check.page.locator("#keys").check()
    expect(keys).to_be_attached()
    expect(check.page.locator(".sim-red").first).to_be_visible()
    check("notes with the key")
    check.at(f"{here}/simulations/reserve", "reserve")
    check.at(f"{here}/simulations/rehearsal/screen", "screen")
    check.at(f"{here}/modules/t101", "module for staff")
    check.at(f"{here}/instructor/t101/key", "key")
    assert not check.problems
