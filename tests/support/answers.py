"""Answering quizzes in tests, well or badly, whatever was drawn; and a quiz with other rules."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.domain.course import Choice, Course, Matching, Numeric, Question, Quiz
from lti_tool.domain.quiz import Drawn, items
from lti_tool.services import quizzes
from lti_tool.services.who import Who
from lti_tool.storage.work import Attempt


def right(question: Question, drawn: Drawn) -> dict[str, Any]:
    """A response that earns 100, in shown positions."""
    if isinstance(question, Numeric):
        return {"number": str(question.answer)}
    if isinstance(question, Choice):
        chosen = [index for index, option in enumerate(question.options) if option.credit == 100]
    elif isinstance(question, Matching):
        chosen = [items(question).index(pair.right) for pair in question.pairs]
    else:
        chosen = list(range(len(question.steps)))
    return {"pick": [drawn.order.index(index) for index in chosen]}


def wrong(question: Question, drawn: Drawn) -> dict[str, Any]:
    """A complete response that earns 0."""
    if isinstance(question, Numeric):
        return {"number": "-1"}
    if isinstance(question, Choice):
        bad = [index for index, option in enumerate(question.options) if option.credit == 0]
        good = [index for index, option in enumerate(question.options) if option.credit == 100]
        # As many ticks as are asked for, though there may be fewer wrong options than that.
        return {"pick": [drawn.order.index(index) for index in [*bad, *good][: len(good)]]}
    picks = right(question, drawn)["pick"]
    return {"pick": picks[1:] + picks[:1]}


def paper(session: Session, course: Course, attempt_id: int) -> list[tuple[Question, Drawn]]:
    """The questions of an attempt as drawn, by the course as it is now."""
    attempt = session.get_one(Attempt, attempt_id)
    quiz = course.nodes[attempt.quiz]
    assert isinstance(quiz, Quiz)
    bank = {question.id: question for question in quiz.questions}
    return [(bank[drawn.question], drawn) for drawn in map(Drawn.from_dict, attempt.paper)]


def answer(
    session: Session, course: Course, who: Who, attempt_id: int, now: datetime, *, mistakes: int = 0
) -> None:
    """Save a response to every question, the first `mistakes` of them wrong."""
    for number, (question, drawn) in enumerate(paper(session, course, attempt_id), start=1):
        response = (wrong if number <= mistakes else right)(question, drawn)
        quizzes.save(session, course, who, attempt_id, number, response, now)


def take(
    session: Session, course: Course, who: Who, quiz_id: str, now: datetime, *, mistakes: int = 0
) -> int:
    """Start a quiz, answer it and hand it in; the id of the attempt."""
    attempt_id = quizzes.start(session, course, who, quiz_id, now)
    answer(session, course, who, attempt_id, now, mistakes=mistakes)
    quizzes.submit(session, course, who, attempt_id, now)
    return attempt_id


def with_quiz(course: Course, **rules: Any) -> Course:
    """The course with other rules in its first quiz, and so another digest."""
    stage, *stages = course.stages
    module, *modules = stage.modules
    assert module.quiz
    changed = replace(module, quiz=replace(module.quiz, **{"digest": "a101-quiz@2", **rules}))
    return replace(course, stages=(replace(stage, modules=(changed, *modules)), *stages))
