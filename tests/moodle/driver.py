"""A Moodle and the tool inside it, used in a browser as its people use them.

`Moodle` presses what stands on Moodle's own pages; the functions below it work in the tool's pages, which
Moodle shows in a frame. Written against Moodle 5.1 in English.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Error, FrameLocator, Locator, Page, expect

from lti_tool.curriculum.markdown import render_inline
from lti_tool.domain.course import Choice, Course, Matching, Ordering, Question, Quiz, Text

SLOW_MS = 60_000
"""Moodle answers the first request after an installation in seconds, and makes activities one by one."""

TEACHER, STUDENT = "Teacher", "Student"


@dataclass(frozen=True)
class Member:
    """Somebody with a Moodle account. `id` is Moodle's number of the account."""

    name: str
    id: str


class Moodle:
    """One person's browser window on Moodle."""

    def __init__(self, page: Page, url: str, name: str, password: str) -> None:
        """Log in."""
        self.page, self.url = page, url
        page.set_default_timeout(SLOW_MS)
        self.go("/login/index.php")
        page.fill("#username", name)
        page.fill("#password", password)
        page.click("#loginbtn")
        page.locator("#user-menu-toggle").wait_for()
        self.member = Member(name, str(page.evaluate("M.cfg.userId")))

    def go(self, path: str) -> None:
        """Open a page of Moodle, and let its scripts come first: before, they lose clicks and empty fields."""
        self.page.goto(self.url + path)
        self.page.wait_for_load_state("networkidle")

    # --- the administrator ---------------------------------------------------------------------------------

    def register(self, registration_url: str) -> str:
        """Paste the registration address, approve on the tool's page, activate: the number of the new tool."""
        self.go("/mod/lti/toolconfigure.php")
        self.page.fill("#tool-url", registration_url)
        self.page.click("#tool-create-button")
        frame = self.page.frame_locator("#external-registration-page-container iframe")
        connect = frame.get_by_role("button", name="Connect", exact=True)
        new = frame.locator("button[data-href$='type=0']")
        # Moodle asks first whether to update a tool of the same address that it knows already.
        connect.or_(new).first.wait_for()
        if new.count():
            new.click()
        connect.click()
        card = self.page.locator(".tool-card", has=self.page.locator(".tool-card-footer .activate"))
        number = card.get_attribute("data-type-id")
        assert number
        card.locator(".activate").click()
        card = self.page.locator(f".tool-card[data-type-id='{number}']")
        expect(card.locator(".badge")).to_have_text("Active")
        return number

    def make_course(self, short_name: str, people: Mapping[Member, str]) -> str:
        """Make a course with these people in these roles: its number."""
        self.go("/course/edit.php?category=1")
        self.page.fill("#id_fullname", f"Live Commerce {short_name}")
        self.page.fill("#id_shortname", short_name)
        self.page.click("#id_saveanddisplay")
        self.page.wait_for_url(re.compile(r"[?&]id=\d+"))
        course = parse_qs(urlsplit(self.page.url).query)["id"][0]
        self.go(f"/enrol/instances.php?id={course}")
        enrol = self.page.locator("a[href*='enrol/manual/manage.php']").first.get_attribute("href")
        for member, role in people.items():
            self.page.goto(enrol or "")
            self.page.select_option("#menuroleid", label=role)
            self.page.select_option("#addselect", member.id)
            self.page.click("#add")
            self.page.locator(f"#removeselect option[value='{member.id}']").wait_for(state="attached")
        return course

    # --- the teacher ---------------------------------------------------------------------------------------

    def offer(self, course: str, tool: str) -> None:
        """Show the tool in the activity chooser of a course."""
        self.go(f"/mod/lti/coursetools.php?id={course}")
        switch = self.page.locator(f"#showinactivitychooser-toggle-{tool}")
        if not switch.is_checked():
            with self.page.expect_response(re.compile("toggle_showinactivitychooser")):
                switch.click()
        expect(switch).to_be_checked()

    def open_picker(self, course: str, tool: str) -> FrameLocator:
        """From the activity chooser to the tool's own page of what can be placed."""
        self.go(f"/course/view.php?id={course}")
        if not self.page.locator("input[name=setmode]").is_checked():
            self.page.locator("input[name=setmode]").click()
            self.page.locator("body.editing").wait_for()
            self.page.wait_for_load_state("networkidle")
        # Where the button stands differs between versions; it is there in all of them.
        self.page.locator(".section [data-action='open-chooser']").last.dispatch_event("click")
        entry = self.page.locator(f".modal [data-internal='lti_type_{tool}'] a[href*='modedit.php']").first
        entry.wait_for()
        self.page.goto(entry.get_attribute("href") or "")
        self.page.locator("[name=selectcontent]").click()
        return self.page.frame_locator(".modal iframe")

    def place(self, course: str, tool: str, nodes: Sequence[str]) -> dict[str, str]:
        """Choose several things in the picker and save: the activities of the course, title -> address."""
        picker = self.open_picker(course, tool)
        picker.get_by_role("link", name="Remove all ticks").click()
        expect(picker.locator("input[name=node]:checked")).to_have_count(0)
        for node in nodes:
            picker.locator(f"input[name=node][value='{node}']").check()
        picker.get_by_role("button", name="See the list").click()
        picker.get_by_role("button", name="Place in the LMS").click()
        self.page.locator(".modal iframe").wait_for(state="detached")
        self.page.locator("#id_submitbutton2").click()
        self.page.wait_for_url(re.compile("course/view.php"))
        return self.activities(course)

    def activities(self, course: str) -> dict[str, str]:
        """The tool's activities in a course: title -> address."""
        self.go(f"/course/view.php?id={course}")
        links = self.page.locator("li.modtype_lti .activityname a[href*='/mod/lti/view.php']")
        links.first.wait_for()
        return {
            link.locator(".instancename").inner_text().splitlines()[0].strip(): link.get_attribute("href")
            or ""
            for link in links.all()
        }

    # --- anybody -------------------------------------------------------------------------------------------

    def launch(self, activity: str) -> FrameLocator:
        """Open an activity: the tool, in Moodle's frame."""
        self.page.goto(activity)
        frame = self.page.frame_locator("#contentframe")
        frame.locator("main").wait_for()
        return frame

    def grades(self, course: str, member: Member) -> dict[str, str]:
        """A person's percentages in Moodle's gradebook by activity, e.g. `75.00 %`; `-` where there is none."""
        self.go(f"/grade/report/user/index.php?id={course}&userid={member.id}")
        rows = self.page.locator("table.user-grade tr", has=self.page.locator("a.gradeitemheader"))
        rows.first.wait_for()
        return {
            row.locator(".gradeitemheader").inner_text().strip(): row.locator(
                "td.column-percentage"
            ).inner_text()
            for row in rows.all()
        }


# --- the tool's pages ------------------------------------------------------------------------------------------


def bare(text: str) -> str:
    """Text without spaces and without the invisible places where Japanese may break."""
    return re.sub(r"[\s\u200b\u2060]", "", text)


def plain(text: Text, language: str) -> str:
    """A text of the course as it reads on a page."""
    return bare(unescape(re.sub(r"<[^>]+>", "", render_inline(text[language]))))


def take_quiz(frame: FrameLocator, course: Course, quiz_id: str) -> None:
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


def _answer(frame: FrameLocator, quiz: Quiz) -> None:
    language = frame.locator("html").get_attribute("lang") or "en"
    asked = bare(frame.locator("form .ask").inner_text())
    (question,) = [one for one in quiz.questions if plain(one.ask, language) == asked]
    _give(frame, question, language)


def _give(frame: FrameLocator, question: Question, language: str) -> None:
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
    row.locator("select").select_option(value)


def hand_in(frame: FrameLocator, text: str) -> None:
    """Write a text for an assignment and hand it in."""
    frame.get_by_label("Text", exact=True).fill(text)
    frame.get_by_role("button", name="Hand in", exact=True).click()
    expect(frame.locator("main")).to_contain_text("Waiting for review")


def review(frame: FrameLocator, assignment: str, levels: Mapping[str, int], comment: str) -> None:
    """From any page of a teacher: take the oldest work for an assignment from the queue, judge and grade it."""
    frame.get_by_role("link", name="Reviews").click()
    frame.locator("tr", has_text=assignment).first.get_by_role("link").click()
    for code, level in levels.items():
        frame.locator(f"input[name='level-{code}'][value='{level}']").check()
    frame.get_by_label("Comment for the student").fill(comment)
    frame.get_by_role("button", name="Grade", exact=True).click()
    expect(frame.get_by_role("status")).to_have_text("The grade is kept and on its way to the LMS.")


def wait_until_received(frame: FrameLocator, page: Page) -> None:
    """Look again until the page says that the LMS has the grade."""
    said = frame.locator(".state", has_text=re.compile("received", re.IGNORECASE)).first
    for _ in range(30):
        try:
            said.wait_for(timeout=2_000)
        except Error:
            page.reload()
            frame.locator("main").wait_for()
        else:
            return
    raise AssertionError("the grade did not reach the LMS:\n" + frame.locator("main").inner_text())
