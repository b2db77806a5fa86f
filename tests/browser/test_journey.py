"""The whole way, on a phone, inside the LMS: learn, fail, try again, hand in, be graded, go on."""

import pytest
from browser import quiz
from browser.conftest import Visitor
from browser.words import Words, lms_words
from browser.world import DAY, KEIKO, SAKURA, World, eventually
from playwright.sync_api import FrameLocator, Page, expect

from lti_tool.demo.people import BY_ID

pytestmark = pytest.mark.browser

WORK = {
    "ja": "送料のコメントは、総額を見せて答えます。",
    "en": "I answer the shipping comment with the total.",
}
REASON = {"ja": "体調がよくなかったため", "en": "Was ill on the day"}
COMMENT = {"ja": "根拠の示し方が具体的です。", "en": "The evidence is concrete."}
PDF = {"name": "見本.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 sample"}


def enter(page: Page, world: World, person: str, node: str) -> FrameLocator:
    """As a person does: the LMS's first page, who to be, the activity."""
    page.goto(world.lms_url)
    page.locator(f"a[href='/as/{person}/course/{DAY}']").click()
    page.locator(f"a[href='/as/{person}/activity/{world.activity(node)}']").click()
    return page.frame_locator("iframe.tool")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_whole_way(world: World, visitor: Visitor, lang: str) -> None:
    words = Words(lang)
    student, teacher = visitor(lang).new_page(), visitor(lang).new_page()
    read_and_fail(student, world, words)
    open_another_try(teacher, world, words)
    pass_and_hand_in(student, world, words)
    grade(teacher, world, words)
    go_on(student, world, words)
    read_gradebook(teacher, world, lang)


def read_and_fail(page: Page, world: World, words: Words) -> None:
    """From the course home by its one button to a lesson; then the quiz, badly."""
    tool = enter(page, world, SAKURA, "course")
    tool.get_by_role("link", name=words("Read the lesson")).click()
    for lesson in world.course.modules[0].lessons:
        expect(tool.get_by_role("heading", level=1)).to_have_text(lesson.title[words.lang])
        tool.locator("form.actions .btn-primary").click()
    expect(tool.locator(".steps .state-good").filter(has_text=words("Read"))).to_have_count(2)

    tool = enter(page, world, SAKURA, "t101-quiz")
    tool.get_by_role("button", name=words("Start the quiz")).click()
    quiz.answer_all(tool, world, words, well=False)
    expect(tool.locator(".why")).to_have_count(0)
    tool.get_by_role("button", name=words("Hand in"), exact=True).click()
    expect(tool.locator(".score")).to_contain_text(words("Not passed"))
    expect(tool.locator(".why").first).to_be_visible()

    tool.get_by_role("link", name=words("All attempts")).click()
    expect(tool.get_by_text(words.like("The next attempt opens at %(time)s"))).to_be_visible()
    expect(tool.get_by_role("button", name=words("Take the quiz again"))).to_have_count(0)


def open_another_try(page: Page, world: World, words: Words) -> None:
    """The teacher finds the student in the class and lets them try at once, giving the reason."""
    tool = enter(page, world, KEIKO, "course")
    tool.get_by_role("link", name=words("Class"), exact=True).click()
    tool.get_by_role("table").get_by_role("link", name=BY_ID[SAKURA].name(words.lang)).click()
    tool.get_by_text(words("Let try now")).click()
    tool.get_by_label(words("Reason"), exact=True).fill(REASON[words.lang])
    tool.get_by_role("button", name=words("Open one more attempt")).click()
    expect(tool.get_by_role("status")).to_have_text(words("One more attempt is open now."))


def pass_and_hand_in(page: Page, world: World, words: Words) -> None:
    """The quiz again, well; then text and file, kept as a draft first, handed in."""
    tool = enter(page, world, SAKURA, "t101-quiz")
    quiz.take(tool, world, words, well=True)
    expect(tool.locator(".score-number")).to_have_text("100%")

    tool = enter(page, world, SAKURA, "t101-assignment")
    tool.get_by_label(words("Text"), exact=True).fill(WORK[words.lang])
    tool.get_by_role("button", name=words("Save the draft")).click()
    expect(tool.get_by_text(words("Saved."))).to_be_visible()
    tool.get_by_label(words("Add files")).set_input_files(PDF)
    tool.get_by_role("button", name=words("Add the chosen files")).click()
    expect(tool.get_by_role("link", name=PDF["name"])).to_be_visible()
    expect(tool.get_by_label(words("Text"), exact=True)).to_have_value(WORK[words.lang])
    tool.get_by_role("button", name=words("Hand in"), exact=True).click()
    expect(tool.get_by_text(words("Waiting for review"))).to_be_visible()


def grade(page: Page, world: World, words: Words) -> None:
    """The teacher reads it in the queue, chooses a level for every criterion, writes, grades."""
    tool = enter(page, world, KEIKO, "course")
    tool.get_by_role("link", name=words("Reviews"), exact=True).click()
    tool.get_by_role("table").get_by_role("link").click()
    expect(tool.get_by_text(WORK[words.lang])).to_be_visible()
    expect(tool.get_by_role("link", name=PDF["name"])).to_be_visible()
    for row in world.course.modules[0].assignment.rubric:
        tool.locator(f"input[name='level-{row.criterion.code}'][value='3']").check()
    tool.get_by_label(words("Comment for the student")).fill(COMMENT[words.lang])
    tool.get_by_role("button", name=words("Grade"), exact=True).click()
    expect(tool.get_by_text(words("The grade is kept and on its way to the LMS."))).to_be_visible()


def go_on(page: Page, world: World, words: Words) -> None:
    """Back as the student: received by the LMS, read what was said, and the next module is open."""
    eventually(lambda: world.grade(SAKURA, "t101-assignment") is not None)
    tool = enter(page, world, SAKURA, "t101-assignment")
    expect(tool.get_by_text(COMMENT[words.lang])).to_be_visible()
    expect(tool.locator(".state-good").filter(has_text=words("Received by the LMS"))).to_be_visible()
    tool.get_by_role("link", name=words("Course home")).click()
    expect(tool.get_by_role("heading", level=1)).to_have_text(world.course.title[words.lang])
    tool.locator(".modules").get_by_role("link", name="T102").click()
    expect(tool.get_by_role("heading", level=1)).to_contain_text(world.course.modules[1].title[words.lang])
    tool.get_by_role("link", name=words("My grades")).click()
    expect(tool.locator("td").filter(has_text=words("Received by the LMS"))).to_have_count(2)


def read_gradebook(page: Page, world: World, lang: str) -> None:
    """The LMS's gradebook shows both grades."""
    page.goto(world.lms_url)
    page.get_by_role("link", name=lms_words(lang)("Gradebook")).click()
    for node, score in (("t101-quiz", "100 / 100"), ("t101-assignment", "75 / 100")):
        cell = page.locator(f"[data-cell='{SAKURA}/{world.column(node)}']")
        expect(cell.locator(".score")).to_have_text(score)


def test_a_window_of_its_own_does_as_well(world: World, visitor: Visitor) -> None:
    words = Words("en")
    context = visitor("en", width=1280)
    page = context.new_page()
    page.goto(f"{world.lms_url}/as/{SAKURA}/course/{DAY}")
    with context.expect_page() as opened:
        page.locator(f"a[target=_blank][href*='/activity/{world.activity('t101-quiz')}/']").click()
    tool = opened.value
    quiz.take(tool, world, words, well=True)
    expect(tool.locator(".score-number")).to_have_text("100%")
    tool.get_by_role("link", name=words("Back to the LMS")).click()
    expect(tool.get_by_role("heading", level=1)).to_have_text("Live commerce (day class)")
