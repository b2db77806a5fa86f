"""What a teacher does in Moodle with the tool."""

import re
from urllib.parse import parse_qs, quote, urlsplit

from moodle.window import Member, Window
from playwright.sync_api import FrameLocator, Locator

ADDING_MS = 300_000
"""Moodle adds the activities of a whole course one after the other, about two in a second."""


class Teacher(Window):
    """The window of somebody who may edit a course."""

    def edit(self, course: str) -> None:
        """Open a course with edit mode on."""
        self.course(course)
        switch = self.page.locator("input[name=setmode]")
        if not switch.is_checked():
            switch.click()
            self.page.locator("body.editing").wait_for()
            self.settle()

    def open_picker(self, course: str, tool: str) -> FrameLocator:
        """From the course to the tool's own page of what can be placed."""
        self.edit(course)
        chooser = self.page.locator(".section [data-action='open-chooser']").last
        if not chooser.is_visible():  # Moodle 5.1 has it in a menu
            self.page.locator(".section [data-action='open-addingcontent']").last.click()
        chooser.click()
        self.page.locator(f".modal [data-internal='lti_type_{tool}'] a[href*='modedit.php']").first.click()
        add = self.page.locator(".modal").get_by_role("button", name="Add", exact=True)
        form = self.page.locator("[name=selectcontent]")
        add.or_(form).first.wait_for()
        if add.is_visible():  # in 5.1 choosing is one thing, adding another
            add.click()
        form.wait_for()
        self.settle()
        form.click()
        picker = self.page.frame_locator(".modal iframe")
        picker.locator("main").wait_for()
        return picker

    def save_placed(self, course: str) -> dict[str, str]:
        """The picker has answered: let Moodle add what was chosen. The activities, title -> address."""
        self.page.locator(".modal iframe").wait_for(state="detached")
        self.settle()
        self.page.locator("#id_submitbutton2").click()
        self._past_recalculating(re.compile("course/view.php"))
        return self.activities(course)

    def lock(self, course: str, title: str) -> None:
        """Lock the grade column of an activity."""
        self._column_menu(course, title, "Lock")

    def unlock(self, course: str, title: str) -> None:
        """Unlock it."""
        self._column_menu(course, title, "Unlock")

    def override(self, course: str, title: str, member: Member, points: str) -> None:
        """Give a grade by hand in the grader report, in the column whose name begins so."""
        field = self._cell(course, title, member)
        field.fill(points)
        self.page.get_by_role("button", name="Save changes").first.click()
        self.settle()

    def points(self, course: str, title: str, member: Member) -> str:
        """The grade that the grader report shows in that column, e.g. `75.00`; empty where there is none."""
        return self._cell(course, title, member).input_value()

    def release(self, course: str, title: str, member: Member) -> None:
        """Take the box "Overridden" off a grade that was given by hand."""
        _, person, item = str(self._cell(course, title, member).get_attribute("id")).split("_")
        self.go(f"/grade/edit/tree/grade.php?courseid={course}&itemid={item}&userid={person}")
        self.page.locator("#id_overridden").uncheck()
        self.page.click("#id_submitbutton")
        self.settle()

    def refuse_grades(self, activity: str) -> None:
        """In the settings of an activity, let the tool give no grades any more."""
        self.go(f"/course/modedit.php?update={number_of(activity)}")
        self.page.get_by_role("button", name="Expand all").or_(
            self.page.get_by_role("link", name="Expand all")
        ).first.click()
        self.page.locator("#id_instructorchoiceacceptgrades").uncheck()
        self.page.click("#id_submitbutton2")
        self._past_recalculating(re.compile("course/view.php"))

    def remove(self, course: str, activity: str) -> None:
        """Delete an activity."""
        self.edit(course)
        entry = self.page.locator(f"li.modtype_lti[data-id='{number_of(activity)}']")
        entry.locator(
            ".cm_action_menu [data-bs-toggle=dropdown], .cm_action_menu [data-toggle=dropdown]"
        ).click()
        entry.get_by_role("menuitem", name="Delete").click()
        delete = self.page.locator(".modal.show").get_by_role("button", name="Delete", exact=True)
        delete.wait_for()
        # Moodle begins to listen some moments after it has shown the question, and tells nobody when.
        self.page.wait_for_timeout(2_000)
        delete.click()
        entry.wait_for(state="detached")
        self.settle()

    def show_course(self, course: str, *, visible: bool) -> None:
        """Let students see a course, or hide it from them."""
        self.go(f"/course/edit.php?id={course}")
        self.page.select_option("#id_visible", "1" if visible else "0")
        self.page.click("#id_saveanddisplay")
        self.page.wait_for_url(re.compile("course/view.php"))
        self.settle()

    def submission(self, course: str, activity: str, member: Member) -> FrameLocator:
        """From the grader report, by "Grade analysis" of one grade: that person's work in the tool."""
        self.go(f"/grade/report/grader/index.php?id={course}")
        link = self.page.locator(
            f"a[href*='/mod/lti/grade.php?id={number_of(activity)}&'][href*='userid={member.id}']"
        )
        self.page.locator(".dropdown", has=link).locator("button").click()
        link.click()
        return self.frame()

    def copy(self, course: str, short_name: str) -> str:
        """Copy a course without its people: its number. Needs Moodle's cron."""
        self.course(course)
        self.more("Course reuse")
        self.page.goto(f"{self.url}/backup/copy.php?id={course}")
        self.settle()
        self.page.fill("#id_fullname", short_name)
        self.page.fill("#id_shortname", short_name)
        self.page.click("#id_submitdisplay")
        self.page.wait_for_url(re.compile("copyprogress"))
        self.settle()
        while self.page.locator("#region-main tr", has_text=short_name).count():  # it is still in progress
            self.page.wait_for_timeout(2_000)
            self.page.reload()
            self.settle()
        self.go(f"/course/view.php?name={quote(short_name)}")
        return str(self.page.evaluate("M.cfg.courseId"))

    def _column_menu(self, course: str, title: str, entry: str) -> None:
        self.go(f"/grade/edit/tree/index.php?id={course}")
        row: Locator = self.page.locator("tr.item", has=self.page.get_by_role("link", name=title, exact=True))
        row.locator("button.cellmenubtn").click()
        row.get_by_role("menuitem", name=entry, exact=True).click()
        self.settle()

    def _cell(self, course: str, title: str, member: Member) -> Locator:
        """In the grader report with edit mode on, the field of a grade."""
        self.edit(course)
        self.go(f"/grade/report/grader/index.php?id={course}")
        # Moodle 4.5 cuts long names short and keeps them whole in a title.
        heading = f'th[data-itemid]:has-text("{title}"), th[data-itemid]:has([title*="{title}"])'
        item = self.page.locator(heading).first.get_attribute("data-itemid")
        return self.page.locator(f"#grade_{member.id}_{item}")

    def _past_recalculating(self, arrived: re.Pattern[str]) -> None:
        """Moodle 4.5 may stop to say that it recalculates grades."""
        self.page.wait_for_url(
            lambda url: bool(arrived.search(url)) or "modregrade" in url, timeout=ADDING_MS
        )
        if "modregrade" in self.page.url:
            self.page.get_by_role("button", name="Continue").click()
            self.page.wait_for_url(arrived)
        self.settle()


def number_of(activity: str) -> str:
    """Moodle's number of an activity, from its address."""
    return parse_qs(urlsplit(activity).query)["id"][0]
