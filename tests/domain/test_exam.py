"""An examination: fixed forms in turn, parts with marks of their own, questions on trial."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from support.courses import bank, quiz, text

from lti_tool.domain.course import Part
from lti_tool.domain.marking import outcome, percent
from lti_tool.domain.quiz import draw

QUESTIONS = bank("e1", 6)
IDS = [question.id for question in QUESTIONS]
ANCHOR = IDS[5]
LAW = Part("law", text("Law"), 75, frozenset(IDS[:2]))
EXAM = replace(
    quiz("e1-quiz", QUESTIONS, draw=3), forms=((*IDS[:2], ANCHOR), (*IDS[2:4], ANCHOR)), parts=(LAW,)
)
credits = st.dictionaries(st.sampled_from(IDS), st.sampled_from([0, 50, 100]), min_size=1)


@given(st.integers(0, 1000), st.integers())
def test_a_sitting_asks_one_form_whole_and_the_next_sitting_another(sitting, seed):
    papers = [{drawn.question for drawn in draw(EXAM, Random(seed), sitting + step)} for step in range(3)]
    assert papers[0] == set(EXAM.forms[sitting % 2])
    assert papers[1] == set(EXAM.forms[(sitting + 1) % 2])
    assert papers[2] == papers[0]
    assert all(ANCHOR in paper for paper in papers)


def test_questions_of_a_form_come_in_any_order():
    orders = {tuple(drawn.question for drawn in draw(EXAM, Random(seed), 0)) for seed in range(60)}
    assert len(orders) == 6


@given(credits)
def test_a_part_must_be_passed_whatever_the_rest_brought(found):
    result = outcome(EXAM, found)
    law = [credit for name, credit in found.items() if name in LAW.questions]
    assert result.percent == percent(list(found.values()))
    assert result.parts == (((LAW, percent(law)),) if law else ())
    assert result.passed == (result.percent >= 80 and (not law or percent(law) >= 75))


def test_good_elsewhere_is_not_enough():
    result = outcome(EXAM, {IDS[0]: 100, IDS[1]: 0, **dict.fromkeys(IDS[2:], 100)})
    assert (result.percent, result.parts, result.passed) == (83, ((LAW, 50),), False)


@given(credits)
def test_a_question_on_trial_counts_for_nothing(found):
    trial = replace(EXAM, unscored=frozenset({IDS[0]}))
    without = {name: credit for name, credit in found.items() if name != IDS[0]}
    assert outcome(trial, found) == outcome(EXAM, without)
