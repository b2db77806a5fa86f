"""Tabs of one browser: two students, a teacher, and one of the students in another course, all at the same time."""

import re

import pytest
from browser import quiz
from browser.conftest import Visitor
from browser.pages import framed
from browser.words import Words
from browser.world import DAY, EVENING, KEIKO, KEN, SAKURA, World, eventually
from playwright.sync_api import BrowserContext, FrameLocator, expect

pytestmark = pytest.mark.browser

QUIZ = "t101-quiz"


def place_everything(context: BrowserContext, world: World, words: Words) -> None:
    """The teacher adds all activities to the evening class, from the tool's picker inside the LMS."""
    page = context.new_page()
    page.goto(f"{world.lms_url}/as/{KEIKO}/course/{EVENING}")
    page.locator(f"a[href='/as/{KEIKO}/course/{EVENING}/add']").click()
    picker = page.frame_locator("iframe.tool")
    picker.get_by_role("button", name=words("See the list")).click()
    picker.get_by_role("button", name=words("Place in the LMS")).click()
    expect(picker.get_by_role("heading", level=1)).to_contain_text("✓")
    page.close()


class Tab:
    """One tab with an activity inside the LMS. Only the tab in front takes clicks, as for people."""

    def __init__(
        self, context: BrowserContext, world: World, person: str, node: str, course: str = DAY
    ) -> None:
        self._page = context.new_page()
        self._tool = framed(self._page, world, person, node, course)

    def front(self) -> FrameLocator:
        """Bring it to the front."""
        self._page.bring_to_front()
        return self._tool


def begin(tool: FrameLocator, words: Words) -> None:
    tool.get_by_role("button", name=words("Start the quiz")).click()
    expect(tool.locator("form#question")).to_be_visible()


def test_every_tab_stays_itself(world: World, visitor: Visitor) -> None:
    words, context = Words("en"), visitor("en", width=1100)
    place_everything(context, world, words)
    sakura = Tab(context, world, SAKURA, QUIZ)
    ken = Tab(context, world, KEN, "course")
    keiko = Tab(context, world, KEIKO, "course")
    evening = Tab(context, world, SAKURA, QUIZ, EVENING)
    begin(sakura.front(), words)
    begin(evening.front(), words)
    ken.front().get_by_role("link", name=words("Read the lesson")).click()
    ken.front().locator("form.actions .btn-primary").click()
    keiko.front().get_by_role("link", name=words("Class"), exact=True).click()
    for name in ("Sato", "Tanaka"):
        expect(keiko.front().get_by_role("row").filter(has_text=name)).to_be_visible()
    for tab, well in ((evening, False), (sakura, True)):
        quiz.answer_all(tab.front(), world, words, well=well)
    for tab in (sakura, evening):
        tab.front().get_by_role("button", name=words("Hand in"), exact=True).click()
        expect(tab.front().locator(".score")).to_be_visible()

    eventually(lambda: None not in (world.grade(SAKURA, QUIZ, DAY), world.grade(SAKURA, QUIZ, EVENING)))
    assert (world.grade(SAKURA, QUIZ, DAY), world.grade(SAKURA, QUIZ, EVENING)) == (100, 0)
    assert world.grade(KEN, QUIZ) is None
    ken.front().get_by_role("link", name="T101").click()
    expect(ken.front().locator(".steps .state-good")).to_have_text([words("Read")])
    sakura.front().get_by_role("link", name=words("To the module")).click()
    expect(sakura.front().locator(".steps .state-good")).to_have_text(
        [words("Passed"), re.compile(words("Received by the LMS"))]
    )
    expect(sakura.front().get_by_role("link", name=words("Class"), exact=True)).to_have_count(0)
    keiko.front().get_by_role("link", name="Sato").click()
    expect(keiko.front().get_by_role("heading", level=1)).to_have_text("Ken Sato")


def test_a_students_tab_opens_no_page_of_the_teachers(world: World, visitor: Visitor) -> None:
    words, context = Words("en"), visitor("en")
    student, teacher = context.new_page(), context.new_page()
    tool = framed(student, world, SAKURA, "course")
    expect(tool.get_by_role("heading", level=1)).to_be_visible()
    staff = framed(teacher, world, KEIKO, "course")
    staff.get_by_role("link", name=words("Class"), exact=True).click()
    expect(staff.get_by_role("row").filter(has_text="Tanaka")).to_be_visible()
    frame = student.frame(url=re.compile(re.escape(world.tool_url)))
    assert frame
    frame.goto(frame.url + "class")
    expect(tool.get_by_role("heading", level=1)).to_have_text("This page is for other people.")
