"""Moodle XML: out and back without loss, and what of foreign files is taken over."""

from xml.etree import ElementTree as Xml

import pytest

from lti_tool.curriculum.exchange.faults import ImportFault
from lti_tool.curriculum.exchange.moodle_xml import read, write


def test_every_question_of_the_course_comes_back_as_it_was(banks):
    questions, left_out = read(write(banks))
    assert left_out == []
    assert questions == [question for quiz in banks for question in quiz.questions]
    assert {question.kind for question in questions} == {
        "single",
        "multiple",
        "situational",
        "matching",
        "ordering",
        "numeric",
    }


def test_fractions_are_those_that_moodle_knows(banks):
    """Moodle refuses a file with others; of several right answers all together make the whole."""
    root = Xml.fromstring(write(banks))
    for node in root.iterfind("question[@type='multichoice']"):
        fractions = [float(answer.get("fraction", "")) for answer in node.iterfind("answer")]
        whole = sum(value for value in fractions if value > 0)
        many = node.findtext("single") == "false"
        assert (whole if many else max(fractions)) == pytest.approx(100, abs=0.001)


def test_an_ordering_says_what_moodle_would_else_make_a_broken_hint_of(banks):
    """Without `shownumcorrect` Moodle 5.1 stops the whole import at the first ordering."""
    orderings = Xml.fromstring(write(banks)).findall("question[@type='ordering']")
    assert orderings
    assert all(node.findtext("shownumcorrect") == "0" for node in orderings)


FOREIGN = """<?xml version="1.0"?><quiz>
<question type="category"><category><text>$course$/Bank</text></category></question>
<question type="multichoice"><name><text>Shirt</text></name>
<questiontext format="html"><text>Which?</text></questiontext>
<generalfeedback><text>Because.</text></generalfeedback><single>true</single>
<answer fraction="100"><text>This</text><feedback><text>yes</text></feedback></answer>
<answer fraction="0"><text>That</text><feedback><text></text></feedback></answer></question>
<question type="essay"><questiontext><text>Write!</text></questiontext></question>
<question type="multichoice"><questiontext><text>?</text></questiontext><single>true</single>
<answer fraction="0"><text>a</text></answer></question>
<question type="numerical"><questiontext><text>How many?</text></questiontext>
<answer fraction="100"><text>twelve</text></answer></question></quiz>"""


def test_a_bank_from_elsewhere_is_taken_over_as_far_as_it_goes():
    questions, left_out = read(FOREIGN.encode())
    (question,) = questions
    assert (question.id, question.kind, question.ask.ja, question.ask.en) == (
        "question-2",
        "single",
        "Which?",
        "Which?",
    )
    assert [option.credit for option in question.options] == [100, 0]
    assert [line.split(":")[0] for line in left_out] == ["question 3", "question 4", "question 5"]
    assert "essay" in left_out[0]


@pytest.mark.parametrize(
    "content",
    [b"not xml", b"<quizzes/>", b'<!DOCTYPE q [<!ENTITY a "aaaa">]><quiz>&a;</quiz>'],
)
def test_what_is_no_bank_is_refused_with_the_reason(content):
    with pytest.raises(ImportFault) as caught:
        read(content)
    assert str(caught.value)
