"""An examination in use: no answers given away, a part that decides, another form at the next sitting."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.answers import take
from support.courses import tiny_course

from lti_tool.domain.course import Course, Part, Text
from lti_tool.services import quizzes

EXAM = "b201-quiz"


@pytest.fixture
def course() -> Course:
    """The tiny course, whose quiz without gate before it is an examination of two forms."""
    tiny = tiny_course()
    stage = tiny.stages[1]
    (module,) = stage.modules
    ids = [question.id for question in module.quiz.questions]
    exam = replace(
        module.quiz,
        draw=3,
        digest="exam",
        forms=(tuple(ids[:3]), tuple(ids[3:])),
        parts=(Part("law", Text("法令", "Law"), 75, frozenset((ids[0], ids[3]))),),
        feedback=False,
    )
    open_stage = replace(stage, needs=(), modules=(replace(module, quiz=exam),))
    return replace(tiny, stages=(tiny.stages[0], open_stage))


def asked(session, course, who, attempt_id, now):
    """The questions of an attempt."""
    return {quizzes.question(session, course, who, attempt_id, number, now).ask.en for number in range(1, 4)}


def test_the_next_sitting_has_other_questions(session, course, student, now):
    first = quizzes.start(session, course, student, EXAM, now)
    before = asked(session, course, student, first, now)
    quizzes.submit(session, course, student, first, now)
    second = quizzes.start(session, course, student, EXAM, now + timedelta(days=7))
    assert not before & asked(session, course, student, second, now + timedelta(days=7))


def test_a_student_learns_the_result_of_every_part_and_no_answer(session, course, student, now):
    attempt_id = take(session, course, student, EXAM, now)
    result = quizzes.result(session, course, student, attempt_id, now)
    assert (result.attempt.percent, result.attempt.passed) == (100, True)
    assert [(part.id, reached) for part, reached in result.parts] == [("law", 100)]
    assert result.marked == ()


def test_staff_see_what_is_right_to_look_after_the_questions(session, course, teacher, now):
    attempt_id = take(session, course, teacher, EXAM, now)
    assert len(quizzes.result(session, course, teacher, attempt_id, now).marked) == 3
