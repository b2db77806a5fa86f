"""The keys of the course: there for every module whose work needs one, and in nothing that students get."""

from pathlib import Path

import pytest

from lti_tool.curriculum.load import load
from lti_tool.domain.course import Course

CONTENT = Path(__file__).parents[2] / "content"
WITH_KEYS = {"M102", "M106", "M107", "M108", "M204", "M205", "M207", "M209", "M304", "M305", "M306"}


@pytest.fixture(scope="module")
def course() -> Course:
    course, problems = load(CONTENT)
    assert course, problems
    return course


def test_the_modules_with_supplied_material_have_their_keys(course):
    assert {module.code for module in course.modules if module.instructor} >= WITH_KEYS


def test_a_key_reads_in_both_languages(course):
    pages = [file.page for module in course.modules for file in module.instructor if file.page]
    assert len(pages) >= 10
    for page in pages:
        assert any("ぁ" <= letter <= "ん" for letter in page.ja)
        assert any(word in page.en for word in (" the ", " of ", " to ")), page.en[:80]


def test_no_line_of_a_key_stands_in_what_students_read(course):
    lines = {
        line.strip()
        for module in course.modules
        for file in module.instructor
        if file.page
        for text in (file.page.ja, file.page.en)
        for line in text.splitlines()
        if len(line.strip()) > 60
    }
    bodies = [lesson.body for module in course.modules for lesson in module.lessons]
    bodies += [module.assignment.brief for module in course.modules if module.assignment]
    read = "\n".join(body.ja + body.en for body in bodies)
    assert len(lines) > 100
    assert [line for line in lines if line in read] == []


def test_no_key_is_an_asset(course):
    for module in course.modules:
        assert not {file.name for file in module.instructor} & set(module.assets)
        assert not [path for path in module.assets.values() if "/instructor/" in path]
