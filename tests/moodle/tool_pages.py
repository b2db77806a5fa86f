"""The tool's pages, which Moodle shows in a frame or in a window of their own, used as people use them."""

import re
from collections.abc import Mapping
from html import unescape

from playwright.sync_api import Error, Frame, FrameLocator, Locator, Page, expect

from lti_tool.curriculum.markdown import render_inline
from lti_tool.domain.course import Choice, Course, Matching, Ordering, Question, Quiz, Text

Shown = FrameLocator | Page
"""Where the tool is shown."""


def bare(text: str) -> str:
    """Text without spaces and without the invisible places where Japanese may break."""
    return re.sub(r"[\s\u200b\u2060]", "", text)


def plain(text: Text, language: str) -> str:
    """A text of the course as it reads on a page."""
    return bare(unescape(re.sub(r"<[^>]+>", "", render_inline(text[language]))))


def take_quiz(frame: Shown, course: Course, quiz_id: str) -> None:
    """Start a quiz, answer everything rightly, hand in: the result is shown."""
    quiz = course.nodes[quiz_id]
    assert isinstance(quiz, Quiz)
    frame.get_by_role("button", name="Start the quiz").click()
    for number in range(1, quiz.draw + 1):
        expect(frame.locator("h1")).to_have_text(f"Question {number} of {quiz.draw}")
        _answer(frame, quiz)
        last = number == quiz.draw
        frame.locator(".actions").get_by_role("button", name="To the overview" if last else "Next").click()
    expect(frame.locator(".lead")).to_have_text("All questions are answered.")
    frame.get_by_role("button", name="Hand in").click()
    expect(frame.locator("h1")).to_contain_text("Result of attempt")


def _answer(frame: Shown, quiz: Quiz) -> None:
    language = frame.locator("html").get_attribute("lang") or "en"
    asked = bare(frame.locator("form .ask").inner_text())
    (question,) = [one for one in quiz.questions if plain(one.ask, language) == asked]
    _give(frame, question, language)


def _give(frame: Shown, question: Question, language: str) -> None:
    if isinstance(question, Choice):
        right = {plain(one.text, language) for one in question.options if one.credit == 100}
        for choice in frame.locator("label.choice").all():
            if bare(choice.inner_text()) in right:
                choice.locator("input").check()
    elif isinstance(question, Matching):
        rights = {plain(pair.left, language): plain(pair.right, language) for pair in question.pairs}
        for pair in frame.locator(".pair").all():
            _select(pair, rights[bare(pair.locator("label").inner_text())])
    elif isinstance(question, Ordering):
        places = [plain(step, language) for step in question.steps]
        for row in frame.locator(".rank").all():
            _select(row, str(places.index(bare(row.locator("label").inner_text())) + 1))
    else:
        frame.locator("#number").fill(str(question.answer))


def _select(row: Locator, wanted: str) -> None:
    """Choose the option that reads like this, spaces aside."""
    options = row.locator("select option")
    (value,) = [
        one.get_attribute("value") for one in options.all() if bare(one.text_content() or "") == wanted
    ]
    row.locator("select").focus()
    row.locator("select").select_option(value)


def attach(frame: Shown, name: str, content: bytes) -> None:
    """Add a file to the work that is being written."""
    frame.locator("#file").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    frame.get_by_role("button", name="Add the chosen files").click()
    frame.locator(".files").get_by_role("link", name=name).wait_for()


def draft(frame: Shown, text: str) -> None:
    """Write a text for an assignment and keep it for later."""
    frame.get_by_label("Text", exact=True).fill(text)
    frame.get_by_role("button", name="Save the draft").click()
    expect(frame.locator("#save-state")).to_contain_text("Saved")


def hand_in(frame: Shown, text: str) -> None:
    """Write a text for an assignment and hand it in."""
    frame.get_by_label("Text", exact=True).fill(text)
    frame.get_by_role("button", name="Hand in", exact=True).click()
    expect(frame.locator("main")).to_contain_text("Waiting for review")


def review(frame: Shown, assignment: str, levels: Mapping[str, int], comment: str) -> None:
    """From any page of a teacher: take the oldest work for an assignment from the queue, judge and grade it."""
    frame.get_by_role("link", name="Reviews").click()
    frame.locator("tr", has_text=assignment).first.get_by_role("link").click()
    for code, level in levels.items():
        frame.locator(f"input[name='level-{code}'][value='{level}']").check()
    frame.get_by_label("Comment for the student").fill(comment)
    frame.get_by_role("button", name="Grade", exact=True).click()
    expect(frame.get_by_role("status")).to_have_text("The grade is kept and on its way to the LMS.")


def the_frame(page: Page, tool_url: str) -> Frame:
    """The tool's frame itself, to see its address and to go elsewhere in it."""
    (frame,) = [one for one in page.frames if one.url.startswith(tool_url)]
    return frame


def wait_until_received(frame: Shown, page: Page) -> None:
    """Look again until the page says that the LMS has the grade."""
    said = frame.locator(".state", has_text=re.compile("received|shown in the lms", re.IGNORECASE)).first
    for _ in range(30):
        try:
            said.wait_for(timeout=2_000)
        except Error:
            page.reload()
            frame.locator("main").wait_for()
        else:
            return
    raise AssertionError("the grade did not reach the LMS:\n" + frame.locator("main").inner_text())


def grade_row(frame: Shown, activity: str, name: str) -> Locator:
    """A grade in the teacher's list of grades sent to the LMS."""
    return frame.locator("table.ledger tbody tr", has_text=activity).filter(has_text=name)


def wait_for_grade(frame: Shown, page: Page, row: Locator, words: str) -> None:
    """From any page of a teacher: have Moodle's gradebook read, and look again until a grade is where it should be.

    The tool reads a column once a minute at most.
    """
    grades = frame.get_by_role("link", name="Grades", exact=True)
    grades.click()
    row.wait_for()
    read = frame.get_by_role("button", name="Read it now")
    if read.count():
        read.click()
        row.wait_for()
    for turn in range(80):
        if row.get_by_text(words).count():
            return
        page.wait_for_timeout(2_000)
        # Moodle deletes in its cron: the first reading may come before.
        (read if turn % 35 == 34 and read.count() else grades).click()
        row.wait_for()
    raise AssertionError(f"not “{words}”: {row.inner_text()}")
