"""Every page of the real course, in both languages, on a phone: no overflow, no lost picture, no complaint of axe.

`SHEETS=FOLDER` leaves contact sheets of all of them there.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.conftest import Visitor
from browser.pages import Checker, alone
from browser.sheets import Sheets
from browser.world import KEIKO, World, running
from playwright.sync_api import Browser

from lti_tool.domain.course import Course

CONTENT = Path(__file__).parents[2] / "content"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The tool with the whole course, and the demo LMS."""
    with running(tmp_path_factory.mktemp("course"), CONTENT) as world:
        yield world


def pages(course: Course) -> Iterator[str]:
    """The pages of the whole, of modules, lessons and assignments, below a launch."""
    yield from ("certification", "start-check/")
    for module in course.modules:
        yield f"modules/{module.id}"
        yield from (f"lessons/{lesson.id}" for lesson in module.lessons)
        if module.assignment:
            yield f"assignments/{module.assignment.id}"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_whole_course(
    school: World, visitor: Visitor, chromium: Browser, tmp_path: Path, lang: str
) -> None:
    """As a teacher, to whom everything is open."""
    wanted = os.environ.get("SHEETS")
    sheets = Sheets(Path(wanted).resolve() if wanted else tmp_path)
    check = Checker(visitor(lang).new_page(), lang)
    here = alone(check.page, school, KEIKO)
    found = list(pages(school.course))
    assert len(found) > 150
    for number, page in enumerate(found):
        check.text_at(f"{here}/{page}", page)
        if wanted or number < 2:
            sheets.take(check.page, page)
    assert sheets.write(chromium, lang)
    assert not check.problems, "\n".join(check.problems)
