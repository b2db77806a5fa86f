"""A given Moodle, a browser, and a school with its people in it."""

import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from moodle.administrator import Administrator
from moodle.counting import Steps
from moodle.teacher import Teacher
from moodle.window import Member, Window
from playwright.sync_api import Browser, Page, expect, sync_playwright

from lti_tool.curriculum.load import load
from lti_tool.domain.course import Assignment, Course, Module, Quiz

NEEDED = (
    "MOODLE_URL",
    "MOODLE_ADMIN",
    "MOODLE_ADMIN_PASSWORD",
    "LTI_TOOL_REGISTRATION_URL",
    "LTI_TOOL_RENEWAL_URL",
)
CHROMIUM = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
SIZE = {"width": 1280, "height": 3000}
"""So tall that nothing has to be scrolled: right after a scroll Chromium may still bring a click to the frame that was
there before, which people do not notice and tests do."""
PATIENCE_MS = 20_000
_STEPS = Steps()


@dataclass
class School:
    """A Moodle with the tool, a course in which everything is placed, and its people, each in a browser."""

    admin: Administrator
    teacher: Teacher
    hanako: Window
    ken: Window
    people: dict[str, Member]
    """By first name. Mei is in the course and never comes."""
    password: str
    """Of all of them."""
    course: str
    tool: str = ""
    """The number of its card, once it is connected."""
    activities: dict[str, str] = field(default_factory=dict)
    """Title -> address."""

    def activity(self, module: Module, part: Module | Quiz | Assignment) -> str:
        """The address of the activity that opens a part of a module, or the module."""
        return self.activities[title(module, part)]


def title(module: Module, part: Module | Quiz | Assignment) -> str:
    """What an activity is called in Moodle."""
    return f"{module.code} {part.title.en}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What every step took."""
    for line in _STEPS.lines():
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def steps() -> Steps:
    """Where the steps of this run are counted."""
    return _STEPS


@pytest.fixture(scope="session")
def given() -> dict[str, str]:
    """What the environment says about the Moodle. Unlike elsewhere, CI may skip: it has no Moodle."""
    if not os.environ.get("MOODLE_URL"):
        pytest.skip("no Moodle to try the tool in: set MOODLE_URL and what README.md names beside it")
    absent = [name for name in NEEDED if not os.environ.get(name)]
    assert not absent, f"MOODLE_URL is set, but not {', '.join(absent)}"
    return {name: os.environ[name].rstrip("/") for name in NEEDED}


@pytest.fixture(scope="session")
def tool_url(given: dict[str, str]) -> str:
    """Where the tool is, without a slash at the end."""
    return given["LTI_TOOL_REGISTRATION_URL"].partition("/lti/")[0]


@pytest.fixture(scope="session")
def curriculum() -> Course:
    """The course that the tool serves, to know the right answers."""
    loaded, problems = load(Path(os.environ.get("LTI_TOOL_CONTENT", "content")))
    assert loaded, problems
    return loaded


@pytest.fixture(scope="session")
def modules(curriculum: Course) -> list[Module]:
    """Modules with a quiz and an assignment that are open to everybody: the first two of the first stage."""
    return [one for one in curriculum.stages[0].modules if one.quiz and one.assignment][:2]


@pytest.fixture(scope="session")
def browser(given: dict[str, str]) -> Iterator[Browser]:
    """Chromium with its default settings, which refuse unpartitioned cookies inside frames."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def school(browser: Browser, given: dict[str, str], steps: Steps) -> School:
    """A course with its people, on a Moodle that does not know the tool yet: the journey connects it."""
    run, password, url = secrets.token_hex(3), f"Pass-{secrets.token_hex(6)}!", given["MOODLE_URL"]

    def page() -> Page:
        context = browser.new_context(viewport=SIZE)
        steps.watch(context)
        return context.new_page()

    admin = Administrator(page(), url).log_in(given["MOODLE_ADMIN"], given["MOODLE_ADMIN_PASSWORD"])
    names = {"Keiko": "Sato", "花子": "山田", "Ken": "Tanaka", "Mei": "Ito"}
    people = {
        first: admin.make_account(f"{run}{number}", first, last, password)
        for number, (first, last) in enumerate(names.items())
    }
    roles = {member: "Teacher" if first == "Keiko" else "Student" for first, member in people.items()}
    return School(
        admin=admin,
        teacher=Teacher(page(), url).log_in(people["Keiko"].name, password),
        hanako=Window(page(), url).log_in(people["花子"].name, password),
        ken=Window(page(), url).log_in(people["Ken"].name, password),
        people=people,
        password=password,
        course=admin.make_course(f"LC-{run}", roles),
    )
