"""A given Moodle, a browser, and a course of one's own in it."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from moodle.driver import STUDENT, TEACHER, Member, Moodle
from playwright.sync_api import Browser, sync_playwright

from lti_tool.curriculum.load import load
from lti_tool.domain.course import Assignment, Course, Module, Quiz

NEEDED = (
    "MOODLE_URL",
    "MOODLE_ADMIN",
    "MOODLE_ADMIN_PASSWORD",
    "MOODLE_STUDENT",
    "MOODLE_TEACHER",
    "MOODLE_PASSWORD",
    "LTI_TOOL_REGISTRATION_URL",
)
CHROMIUM = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]

Visit = Callable[[str, str], Moodle]
"""Logs somebody in, by name and password, in a browser window of their own."""


@dataclass(frozen=True)
class School:
    """A Moodle that knows the tool, with a fresh course in which a module is placed."""

    teacher: Moodle
    student: Moodle
    course: str
    activities: dict[str, str]
    """Title -> address."""

    def activity(self, module: Module, part: Module | Quiz | Assignment) -> str:
        """The address of the activity that opens a part of a module, or the module."""
        return self.activities[title(module, part)]


def title(module: Module, part: Module | Quiz | Assignment) -> str:
    """What an activity is called in Moodle."""
    return f"{module.code} {part.title.en}"


@pytest.fixture(scope="session")
def given() -> dict[str, str]:
    """What the environment says about the Moodle. Unlike elsewhere, CI may skip: it has no Moodle."""
    absent = [name for name in NEEDED if not os.environ.get(name)]
    if absent:
        pytest.skip(f"no Moodle to try the tool in: set {', '.join(absent)}")
    return {name: os.environ[name].rstrip("/") for name in NEEDED}


@pytest.fixture(scope="session")
def course() -> Course:
    """The course that the tool serves, to know the right answers."""
    loaded, problems = load(Path(os.environ.get("LTI_TOOL_CONTENT", "content")))
    assert loaded, problems
    return loaded


@pytest.fixture(scope="session")
def module(course: Course) -> Module:
    """The first module with a quiz and an assignment: it is open to everybody."""
    return next(module for module in course.modules if module.quiz and module.assignment)


@pytest.fixture(scope="session")
def browser(given: dict[str, str]) -> Iterator[Browser]:
    """Chromium with its default settings, which refuse unpartitioned cookies inside frames."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def visit(browser: Browser, given: dict[str, str]) -> Visit:
    """Log somebody in."""

    def log_in(name: str, password: str) -> Moodle:
        page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
        return Moodle(page, given["MOODLE_URL"], name, password)

    return log_in


@pytest.fixture(scope="session")
def school(given: dict[str, str], visit: Visit, module: Module) -> School:
    """Everything up to the first lesson, as a school does it: connect, activate, make a course, place."""
    assert module.quiz
    assert module.assignment
    admin = visit(given["MOODLE_ADMIN"], given["MOODLE_ADMIN_PASSWORD"])
    teacher = visit(given["MOODLE_TEACHER"], given["MOODLE_PASSWORD"])
    student = visit(given["MOODLE_STUDENT"], given["MOODLE_PASSWORD"])
    tool = admin.register(given["LTI_TOOL_REGISTRATION_URL"])
    people: dict[Member, str] = {teacher.member: TEACHER, student.member: STUDENT}
    number = admin.make_course(f"LC-{secrets.token_hex(3)}", people)
    teacher.offer(number, tool)
    nodes = ["course", module.id, module.quiz.id, module.assignment.id]
    return School(teacher, student, number, teacher.place(number, tool, nodes))
