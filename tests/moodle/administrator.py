"""What an administrator does in Moodle for the tool."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from moodle.teacher import Teacher
from moodle.window import Member
from playwright.sync_api import FrameLocator, Locator, expect


class Administrator(Teacher):
    """The window of a site administrator."""

    def manage_tools(self) -> None:
        """From anywhere, by the menus, to the page of external tools."""
        self.page.locator(".primary-navigation").get_by_text("Site administration").click()
        self.settle()
        self.page.get_by_role("tab", name="Plugins").or_(
            self.page.get_by_role("link", name="Plugins", exact=True)
        ).first.click()
        self.page.locator("a[href$='/mod/lti/toolconfigure.php']:visible").click()
        self.settle()

    def ask(self, registration_url: str) -> FrameLocator:
        """Paste a registration address: the tool's page, or before it Moodle's question (see `renew`)."""
        self.page.fill("#tool-url", registration_url)
        self.page.click("#tool-create-button")
        return self.page.frame_locator("#external-registration-page-container iframe")

    def register(self, registration_url: str) -> str:
        """Connect a tool that this Moodle does not know: the number of its card."""
        frame = self.ask(registration_url)
        connect = frame.get_by_role("button", name="Connect", exact=True)
        new = frame.locator("button[data-href$='type=0']")
        connect.or_(new).first.wait_for()
        if new.count():  # a tool of the same address, from an earlier run
            new.click()
        connect.click()
        card = self.page.locator(".tool-card", has=self.page.locator(".tool-card-footer .activate"))
        number = card.get_attribute("data-type-id")
        assert number
        return number

    def renew(self, registration_url: str, tool: str) -> None:
        """Connect once more, and answer Moodle's question with the card that it has already."""
        frame = self.ask(registration_url)
        frame.locator(f"button[data-href$='type={tool}']").click()
        frame.get_by_role("button", name="Connect", exact=True).click()
        self.page.locator("#external-registration-page-container iframe").wait_for(state="detached")
        self.settle()

    def activate(self, tool: str) -> None:
        """Let a registered tool be used."""
        self.card(tool).locator(".activate").click()
        self.expect_active(tool)

    def choose(self, tool: str, setting: str, value: str) -> None:
        """Change a setting of a tool, by the pen of its card."""
        self.card(tool).locator("a.edit").click()
        self.settle()
        choice = self.page.get_by_label(setting, exact=True)
        choice.focus()
        choice.select_option(label=value)
        self.page.click("#id_submitbutton")
        self.card(tool).wait_for()
        self.settle()

    def card(self, tool: str) -> Locator:
        """The card of a tool."""
        return self.page.locator(f".tool-card[data-type-id='{tool}']")

    def expect_active(self, tool: str) -> None:
        """Fail unless the card says that the tool may be used."""
        expect(self.card(tool).locator(".badge")).to_have_text("Active")

    def make_account(self, name: str, first: str, last: str, password: str) -> Member:
        """Make an account."""
        self.go("/user/editadvanced.php?id=-1")
        self.page.fill("#id_username", name)
        self.page.locator("[data-passwordunmask=edit]").first.click()
        self.page.fill("#id_newpassword", password)
        self.page.fill("#id_firstname", first)
        self.page.fill("#id_lastname", last)
        self.page.fill("#id_email", f"{name}@example.com")
        self.page.click("#id_submitbutton")
        self.page.wait_for_url(re.compile(r"/admin/user\.php"))
        row = self.page.locator("tr", has_text=f"{name}@example.com")
        number = row.locator("input[name='report-select-row[]']").get_attribute("value")
        assert number
        return Member(name, number, f"{first} {last}")

    def make_course(self, short_name: str, people: Mapping[Member, str]) -> str:
        """Make a course with these people in these roles: its number."""
        self.go("/course/edit.php?category=1")
        self.page.fill("#id_fullname", f"Live Commerce {short_name}")
        self.page.fill("#id_shortname", short_name)
        self.page.click("#id_saveanddisplay")
        self.page.wait_for_url(re.compile(r"[?&]id=\d+"))
        course = parse_qs(urlsplit(self.page.url).query)["id"][0]
        self.enrol(course, people)
        return course

    def enrol(self, course: str, people: Mapping[Member, str]) -> None:
        """Enrol people in a course, in these roles."""
        self.go(f"/enrol/instances.php?id={course}")
        enrol = self.page.locator("a[href*='enrol/manual/manage.php']").first.get_attribute("href")
        for member, role in people.items():
            self.page.goto(enrol or "")
            self.page.select_option("#menuroleid", label=role)
            self.page.select_option("#addselect", member.id)
            self.page.click("#add")
            self.page.locator(f"#removeselect option[value='{member.id}']").wait_for(state="attached")

    def unenrol(self, course: str, member: Member) -> None:
        """Take somebody out of a course."""
        self.go(f"/enrol/instances.php?id={course}")
        self.page.locator("a[href*='enrol/manual/manage.php']").first.click()
        self.page.select_option("#removeselect", member.id)
        self.page.click("#remove")
        self.page.locator(f"#addselect option[value='{member.id}']").wait_for(state="attached")
