"""Anybody's browser window on Moodle. Written against Moodle 5.1 and 4.5 in English."""

from dataclasses import dataclass
from typing import Self

from playwright.sync_api import FrameLocator, Page

SLOW_MS = 40_000
"""Moodle answers the first request after an installation in seconds, and makes activities one by one."""


@dataclass(frozen=True)
class Member:
    """Somebody with a Moodle account. `id` is Moodle's number of the account, `name` what one logs in with."""

    name: str
    id: str
    shown: str
    """First and last name, as Moodle shows them."""


class Window:
    """One person's window. Subclasses add what only some people do."""

    def __init__(self, page: Page, url: str) -> None:
        """A window on the Moodle at `url`."""
        self.page, self.url = page, url
        page.set_default_timeout(SLOW_MS)

    def log_in(self, name: str, password: str) -> Self:
        """Log in; nobody may be logged in yet in this browser."""
        self.go("/login/index.php")
        self.page.fill("#username", name)
        self.page.fill("#password", password)
        self.page.click("#loginbtn")
        self.page.locator("#user-menu-toggle").wait_for()
        self.settle()
        return self

    def log_out(self) -> None:
        """Log out."""
        self.page.locator("#user-menu-toggle").click()
        self.page.locator("#user-action-menu a[href*='/login/logout.php']").click()
        self.page.locator("#user-menu-toggle").wait_for(state="detached")

    def another_tab(self) -> "Window":
        """Another tab of the same browser, in which Moodle knows the same person."""
        return Window(self.page.context.new_page(), self.url)

    def go(self, path: str) -> None:
        """Open a page of Moodle."""
        self.page.goto(self.url + path)
        self.settle()

    def settle(self) -> None:
        """Let the scripts of a page come first: before, they lose clicks and empty fields."""
        self.page.wait_for_load_state("networkidle")

    def course(self, course: str) -> None:
        """Open a course."""
        self.go(f"/course/view.php?id={course}")

    def more(self, entry: str) -> None:
        """Choose something of the menu of a course, where the last entries are under "More"."""
        menu = self.page.locator(".secondary-navigation")
        link = menu.get_by_role("menuitem", name=entry, exact=True)
        if not link.is_visible():
            menu.get_by_text("More", exact=True).click()
        link.click()
        self.settle()

    def activities(self, course: str) -> dict[str, str]:
        """The tool's activities in a course: title -> address."""
        self.course(course)
        links = self.page.locator("li.modtype_lti .activityname a[href*='/mod/lti/view.php']")
        links.first.wait_for()
        return {
            link.locator(".instancename").inner_text().splitlines()[0].strip(): link.get_attribute("href")
            or ""
            for link in links.all()
        }

    def launch(self, activity: str) -> FrameLocator:
        """Open an activity: the tool, in Moodle's frame."""
        self.page.goto(activity)
        return self.frame()

    def launch_in_a_window(self, title: str) -> Page:
        """On the course page, open an activity that has a window of its own: the tool, alone in that window."""
        with self.page.expect_popup() as opened:
            self.page.get_by_role("link", name=title).first.click()
        opened.value.set_default_timeout(SLOW_MS)
        opened.value.locator("main.page").wait_for()
        return opened.value

    def frame(self) -> FrameLocator:
        """The tool in Moodle's frame, when it has come."""
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
