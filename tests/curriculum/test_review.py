"""What is worth a second look: told by the command, and no reason not to serve the course."""

from datetime import date
from pathlib import Path

import pytest

from lti_tool.curriculum.check import lines
from lti_tool.curriculum.load import load, review
from lti_tool.curriculum.visible import Build, build, characters

TODAY = date(2026, 11, 23)
CONTENT = Path(__file__).parents[2] / "content"
T101 = "stage1/t101-hesitation"
T102 = "stage1/t102-trust"


def _warnings(package: Path) -> list[str]:
    course, problems, warnings = review(package, TODAY)
    assert problems == []
    assert course is not None
    return [str(each) for each in warnings]


def _pages(package: Path, ja: str, en: str) -> None:
    """Give every lesson of the course the same sound text."""
    for path in package.glob("stage*/*/[0-9]*.??.md"):
        links = path.read_text().replace("[", "\0[").split("\0")[1:]  # pictures and files stay in use
        path.write_text("## x\n\n" + (ja if ".ja." in path.name else en) + "\n\n" + "".join(links))


def test_the_real_course_leaves_nothing_to_ask():
    assert _warnings(CONTENT) == []


def test_a_page_too_short_or_too_long_is_asked_about(package, edit):
    (package / T102 / "20-correct.ja.md").write_text("訂正" * 1000)

    told = _warnings(package)

    assert f"{T101}/10-why.ja.md:1: a page of only " in "".join(told)
    assert any(line.startswith(f"{T102}/20-correct.ja.md:1: a page of 2,000 characters - ") for line in told)
    assert load(package)[1] == [], "it is served all the same"


def test_languages_that_do_not_keep_step_are_asked_about(package):
    _pages(package, "あ" * 1000, "a" * 2000)
    assert not any("Japanese" in line for line in _warnings(package))

    page = package / T102 / "20-correct.en.md"
    page.write_text(page.read_text().replace("a" * 1100, "") + "\n\n### One more\n")

    told = [line for line in _warnings(package) if "Japanese" in line]
    assert told == [
        f"{T102}/20-correct.en.md:1: 0.9 times as long as the Japanese page; 2.0 is usual here"
        " - see what one of them leaves out",
        f"{T102}/20-correct.en.md:1: 2 headings, and 1 in Japanese - build both pages alike",
    ]


@pytest.mark.parametrize(
    ("old", "new", "lang"),
    [
        ('en: "Say that it was given"', 'en: "Say that it was given, by whom, and what for"', "en"),
        ('{ja: "提供だと言う"', '{ja: "誰から何を提供されたかをはっきり言う"', "ja"),
    ],
)
def test_an_answer_that_its_length_gives_away_is_asked_about(package, edit, old, new, lang):
    assert not any("by far" in line for line in _warnings(package) if T102 in line)
    line = edit(f"{T102}/quiz.yaml", old, new) - 5

    told = [each for each in _warnings(package) if "by far" in each and T102 in each]

    assert told == [
        f"{T102}/quiz.yaml:{line}: the best answer of `t102-q-gift` is by far the longest ({lang})"
        " - shorten it, or say more in another answer"
    ]


FIRST_IS_RIGHT = """
  - id: t102-q-first-{n}
    kind: choice
    level: apply
    ask: {{ja: "問{n}", en: "Question {n}"}}
    answers:
      - right: {{ja: "甲", en: "a"}}
        why: {{ja: "甲です。", en: "It is."}}
      - wrong: {{ja: "乙", en: "b"}}
        why: {{ja: "甲です。", en: "It is not."}}
"""


def test_a_habit_that_pays_better_than_chance_is_asked_about(package):
    quiz = package / T102 / "quiz.yaml"
    quiz.write_text(quiz.read_text() + "".join(FIRST_IS_RIGHT.format(n=n) for n in range(40)))

    told = [line for line in _warnings(package) if "may be chance" in line]

    assert len(told) == 2, "once in each language"
    assert all(line.startswith(f"{T101}/quiz.yaml:") for line in told), (
        "where the first question of its kind is"
    )
    assert all("“always answer 1” earns" in line and "questions of kind single" in line for line in told)


def test_a_course_with_problems_is_not_asked_about(package, edit):
    edit(f"{T102}/quiz.yaml", "draw: 2", "draw: 200")

    assert review(package, TODAY)[2] == []


def test_the_command_tells_problems_and_doubts_apart(package):
    course, problems, warnings = review(package, TODAY)

    printed = lines(course, problems, warnings)

    assert printed[0] == f"tiny: no problems, {len(warnings)} warnings"
    assert printed[-1] == f"warning: {warnings[-1]}"


def test_what_is_read_is_counted_and_nothing_else():
    page = "## 見出し\n\n{迷|まよ}い **と** [先](m101)\n\n![絵](assets/a.svg)\n\n| a | b |\n|---|--:|\n| c | d |\n"

    assert characters(page) == len("見出し迷いと先abcd")
    assert build(page) == Build(headings=1, tables=1, pictures=1)
    assert build("```\n## code\n```\n") == Build(0, 0, 0)
