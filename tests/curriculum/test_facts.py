"""Facts that change: kept in one file, shown with their day, and asked about when that is long ago."""

from datetime import date
from pathlib import Path

import pytest

from lti_tool.curriculum.load import load, review
from lti_tool.curriculum.problems import Problem

T101 = "stage1/t101-hesitation"
FACTS = """facts:
  - id: host-age
    text: {ja: "配信者は18歳以上です", en: "Hosts are 18 or over"}
    source: "the platform's help page"
    verified_on: 2026-11-22
    review_by: 2027-02-28
"""


@pytest.fixture
def facts(package: Path, edit) -> Path:
    """The tiny course with a fact that its pages and a brief show."""
    (package / "facts.yaml").write_text(FACTS, encoding="utf-8")
    edit(f"{T101}/20-answer.en.md", "Say the", "[[fact:host-age]]. Say the")
    edit(f"{T101}/20-answer.ja.md", "次に現物", "[[fact:host-age]]。次に現物")
    edit(f"{T101}/assignment.en.md", "## What to do", "## What to do ([[as-of:host-age]])")
    return package


def _one(package: Path) -> Problem:
    course, problems = load(package)
    assert course is None
    assert len(problems) == 1, problems
    return problems[0]


def test_a_fact_is_shown_with_its_day_in_both_languages(facts):
    course, problems = load(facts)

    assert problems == []
    assert course is not None
    body = course.modules[0].lessons[1].body
    assert "Hosts are 18 or over (as of 22 November 2026). " in body.en
    assert "配信者は18歳以上です(2026年11月22日時点)。次に" in body.ja
    assignment = course.modules[0].assignment
    assert assignment is not None
    assert assignment.brief.en.startswith("## What to do (as of 22 November 2026)\n")


def test_the_digest_of_a_page_follows_its_facts(facts, edit):
    before, _ = load(facts)
    edit("facts.yaml", "verified_on: 2026-11-22", "verified_on: 2026-12-01")
    after, _ = load(facts)

    assert before is not None
    assert after is not None
    digests = [[lesson.digest for lesson in each.modules[0].lessons] for each in (before, after)]
    assert digests[0][0] == digests[1][0]
    assert digests[0][1] != digests[1][1]


@pytest.mark.parametrize(
    ("path", "old", "new", "below", "words"),
    [
        (f"{T101}/20-answer.en.md", "fact:host-age", "fact:host-ages", 0, "there is no fact `host-ages`"),
        ("facts.yaml", "2026-11-22", "22 Nov 2026", 0, "`verified_on` must be a day, not `22 Nov 2026`"),
        ("facts.yaml", "2027-02-28", "2027-02-30", 0, "`review_by` must be a day"),
        ("facts.yaml", "2027-02-28", "2026-11-22", 0, "`review_by` is not after `verified_on`"),
        ("facts.yaml", '    source: "the platform\'s help page"\n', "", -2, "`source` is missing"),
        (
            "facts.yaml",
            "facts:\n",
            FACTS.replace("host-age", "other"),
            1,
            "no page shows the fact `other`",
        ),
    ],
)
def test_a_mistake_is_one_problem_at_its_line(facts, edit, path, old, new, below, words):
    line = edit(path, old, new)

    problem = _one(facts)

    assert (problem.path, problem.line) == (path, line + below)
    assert words in problem.message


def test_a_fact_file_that_cannot_be_read_does_not_make_pages_look_wrong(facts):
    (facts / "facts.yaml").write_text("facts: {")

    assert _one(facts).path == "facts.yaml"


def test_a_fact_past_its_day_is_a_warning(facts):
    in_time, late = (review(facts, day)[2] for day in (date(2027, 2, 28), date(2027, 3, 1)))

    assert not [each for each in in_time if each.path == "facts.yaml"]
    assert [str(each) for each in late if each.path == "facts.yaml"] == [
        "facts.yaml:2: the fact `host-age` was to be looked up again by 2027-02-28"
        " - see the platform's help page, then renew its dates"
    ]
    assert load(facts)[1] == [], "the course is served all the same"
