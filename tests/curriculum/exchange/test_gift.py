"""GIFT: out and back without loss for what the format knows."""

import pytest

from lti_tool.curriculum.exchange.gift import read, write
from lti_tool.domain.course import Choice, Numeric


def test_every_question_but_orderings_comes_back_as_it_was(banks):
    text, left_out = write(banks)
    questions, problems = read(text)
    everything = [question for quiz in banks for question in quiz.questions]
    assert problems == []
    assert questions == [question for question in everything if question.kind != "ordering"]
    assert left_out == [question.id for question in everything if question.kind == "ordering"]


FOREIGN = """// a bank from elsewhere
$CATEGORY: $course$/Bank

::Shirt:: Which one\\: this or that? {
=This#yes
~That \\= no
}

How many?{#12:0.5}

Tell us.{}

Match.{
=host -> speaks
=moderator -> answers
}

True?{T}
"""


def test_a_bank_from_elsewhere_is_taken_over_as_far_as_it_goes():
    (shirt, number, match), left_out = read(FOREIGN.replace("\\\\", "\\"))
    assert isinstance(shirt, Choice)
    assert (shirt.id, shirt.kind, shirt.ask.en) == ("Shirt", "single", "Which one: this or that?")
    assert [(option.text.en, option.credit) for option in shirt.options] == [("This", 100), ("That = no", 0)]
    assert isinstance(number, Numeric)
    assert (str(number.answer), str(number.tolerance)) == ("12", "0.5")
    assert match.kind == "matching"
    assert len(left_out) == 2


@pytest.mark.parametrize(
    "text", ["", "no answers here", "{", "::a::{=x ~", "q{=only}", "q{#twelve}", "q{~a ~b}"]
)
def test_no_text_is_too_odd_to_be_told_of(text):
    questions, left_out = read(text)
    assert questions == []
    assert len(left_out) == (1 if text else 0)
