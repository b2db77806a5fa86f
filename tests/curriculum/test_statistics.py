"""Numbers of a course, and what habits of choosing would earn."""

from fractions import Fraction

import pytest

from lti_tool.curriculum import statistics
from lti_tool.curriculum.check import lines
from lti_tool.curriculum.load import load
from lti_tool.domain.course import Choice, Option, Text

WHY = Text("理由", "why")


def _item(*answers: tuple[str, int]) -> Choice:
    options = tuple(Option(Text("同じ", text), credit, WHY) for text, credit in answers)
    return Choice("x", "single", "apply", WHY, options)


LONG_FIRST = _item(("the longest of all", 100), ("b", 0), ("cc", 0), ("dd", 0))
TIED = _item(("aaaa", 0), ("bb", 0), ("c c c c", 100), ("dd", 0))


def test_habits_earn_what_a_student_who_never_reads_would():
    scores = {habit.name: habit.scores for habit in statistics.habits([LONG_FIRST, TIED])}

    assert scores["any answer at all"] == {"ja": 25, "en": 25}
    # The second has two longest answers (spaces do not count): half of the mark, on average.
    assert scores["always the longest answer"] == {"ja": 25, "en": 75}
    assert scores["always the shortest answer"] == {"ja": 25, "en": 0}
    assert [scores[f"always answer {place}"]["en"] for place in (1, 2, 3, 4)] == [50, 0, 50, 0]
    assert statistics.habits([]) == []


def test_what_luck_may_earn_shrinks_with_the_number_of_questions():
    # one right of four: 25 %, and a standard error of 43.3 for one question
    assert statistics.luck([TIED]) == pytest.approx(25 + 2 * 43.30, abs=0.01)
    assert statistics.luck([TIED] * 100) == pytest.approx(25 + 2 * 4.33, abs=0.01)


def test_a_place_that_a_question_does_not_have_earns_nothing():
    pair = _item(("yes", 0), ("no", 100))

    assert statistics.habits([pair, TIED])[-1].scores["ja"] == 0


def test_key_positions_are_counted_in_file_order():
    assert statistics.key_positions([LONG_FIRST, TIED, TIED]) == [1, 0, 2]
    assert statistics.key_positions([]) == []


def test_a_bank_tells_what_one_attempt_asks_on_average(package):
    course, _ = load(package)
    assert course is not None
    first = statistics.holding(course.modules[0])

    assert first.bank is not None
    assert (first.code, first.lessons, first.bank.draw, first.bank.size) == ("T101", 2, 4, 10)
    assert sum(first.bank.asked(count) for count in first.bank.kinds.values()) == 4
    assert sum(first.bank.asked(count) for count in first.bank.levels.values()) == 4
    assert first.bank.asked(5) == Fraction(2)
    assert statistics.length("買う 直前\nに\u3000止まる") == 8


def test_the_command_prints_the_table_and_what_guessing_earns(package):
    course, _ = load(package)

    printed = lines(course, [])

    assert any(line.startswith("module  lessons  characters ja") for line in printed)
    assert any(line.startswith("T101") and "single" in line for line in printed)
    assert any("answers are shown shuffled" in line for line in printed)
    assert any(line.startswith("always the longest answer") for line in printed)


def test_a_course_without_questions_has_no_answers_to_tell_of(package):
    for path in package.rglob("quiz.yaml"):
        path.unlink()
    course_file = package / "course.yaml"
    course_file.write_text(course_file.read_text().partition("gates:")[0] + "gates: []\n")
    course, problems = load(package)
    assert course is not None, problems

    printed = lines(course, [])

    assert not any("shuffled" in line for line in printed)
    assert any(line.startswith("T101") and line.rstrip().endswith("-") for line in printed)
