"""Digests change when, and only when, something changes that they stand for."""

from pathlib import Path

import pytest

from lti_tool.curriculum.load import load
from lti_tool.domain.course import Course, Lesson, Quiz

T101 = "stage1/t101-hesitation"


def _course(package: Path) -> Course:
    course, problems = load(package)
    assert course is not None, problems
    return course


def _quiz(package: Path) -> Quiz:
    quiz = _course(package).modules[0].quiz
    assert quiz is not None
    return quiz


def _lesson(package: Path) -> Lesson:
    return _course(package).modules[0].lessons[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("draw: 4", "draw: 3"),
        ("pass_mark: 75", "pass_mark: 80"),
        ("wait_hours: 12", "minutes: 10"),
        ('en: "Price"', 'en: "Cost"'),
        ('- wrong: {ja: "価格"', '- right: {ja: "価格"'),
        ('why: {ja: "値段には', 'why: {ja: "値段のことには'),
        ('tolerance: "0.1"', 'tolerance: "0.2"'),
        ('en: "Tell its limits"', 'en: "Name its limits"'),
        ("level: analyse", "level: apply"),
    ],
)
def test_the_digest_of_a_quiz_follows_what_an_attempt_depends_on(package, edit, old, new):
    before = _quiz(package).digest

    edit(f"{T101}/quiz.yaml", old, new)

    assert _quiz(package).digest != before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("T101 quiz", "The quiz of T101"),
        ("wait_hours: 12", "wait_hours: 6"),
        ('answer: "120000"', "answer: 120000.0  # the same number"),
        ("draw: 4\npass_mark: 75", "pass_mark: 75\ndraw: 4"),
    ],
)
def test_the_digest_of_a_quiz_ignores_the_rest(package, edit, old, new):
    before = _quiz(package).digest

    edit(f"{T101}/quiz.yaml", old, new)

    assert _quiz(package).digest == before


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_digest_of_a_lesson_follows_both_languages(package, lang):
    before = _lesson(package).digest

    with (package / T101 / f"10-why.{lang}.md").open("a") as page:
        page.write("\nMore.\n")

    assert _lesson(package).digest != before


def test_the_digest_of_the_course_follows_every_file(package, edit):
    seen = {_course(package).digest}
    for path in (f"{T101}/assets/stream.csv", "glossary.yaml", f"{T101}/assignment.en.md"):
        with (package / path).open("a") as file:
            file.write("\n")
        seen.add(_course(package).digest)

    assert len(seen) == 4


def test_line_ends_of_another_system_change_nothing_in_the_text(package):
    before = _lesson(package)
    for path in (f"{T101}/10-why.ja.md", f"{T101}/10-why.en.md", f"{T101}/module.yaml"):
        content = (package / path).read_bytes()
        (package / path).write_bytes(b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"))

    assert _lesson(package) == before
