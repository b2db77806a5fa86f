"""Using the pages as a person does: reading questions off the HTML, answering them, handing in."""

import re
from html import unescape
from itertools import count

from support.launching import Launched
from werkzeug.test import TestResponse

from lti_tool.curriculum.markdown import render_inline
from lti_tool.domain.course import Choice, Course, Matching, Ordering, Question, Quiz


def words(html: str) -> str:
    """What a person reads in a piece of HTML."""
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


def quiz_of(course: Course, quiz_id: str) -> Quiz:
    """The quiz with this id."""
    quiz = course.nodes[quiz_id]
    assert isinstance(quiz, Quiz)
    return quiz


def begin(launched: Launched, quiz_id: str) -> int:
    """Press the button in front of the quiz; answers the id of the attempt."""
    page = launched.post(f"quizzes/{quiz_id}/attempts", follow=False)
    found = re.search(r"/attempts/(\d+)/1$", page.location)
    assert found, page.location
    return int(found[1])


def question_on(page: str, quiz: Quiz) -> Question:
    """Which question of the bank a page shows."""
    (found,) = [one for one in quiz.questions if words(render_inline(one.ask.ja)) in words(page)]
    return found


def right_fields(page: str, question: Question) -> dict[str, list[str] | str]:
    """The form fields of the right answer, found by the texts on the page."""
    if isinstance(question, Choice):
        best = max(option.credit for option in question.options)
        right = {words(render_inline(one.text.ja)) for one in question.options if one.credit == best}
        shown = re.findall(r'name="pick" value="(\d+)"[^>]*><span>(.*?)</span></label>', page, re.DOTALL)
        return {"pick": [value for value, text in shown if words(text) in right]}
    if isinstance(question, Matching):
        pairs = {words(render_inline(pair.left.ja)): pair.right.ja for pair in question.pairs}
        fields: dict[str, list[str] | str] = {}
        for row, left, options in re.findall(
            r'<label for="pick-(\d+)">(.*?)</label>(.*?)</select>', page, re.DOTALL
        ):
            values = {
                words(text): value
                for value, text in re.findall(r'value="(\d+)"[^>]*>(.*?)</option>', options)
            }
            fields[f"pick-{row}"] = values[words(render_inline(pairs[words(left)]))]
        return fields
    if isinstance(question, Ordering):
        order = [words(render_inline(step.ja)) for step in question.steps]
        shown = re.findall(r'<label for="rank-(\d+)">(.*?)</label>', page, re.DOTALL)
        return {f"rank-{row}": str(order.index(words(text))) for row, text in shown}
    return {"number": str(question.answer)}


def answer_all(launched: Launched, course: Course, quiz_id: str, attempt: int) -> None:
    """Answer every question of an attempt rightly, one page after the other."""
    quiz = quiz_of(course, quiz_id)
    for number in count(1):
        if number > quiz.draw:
            return
        page = launched.get(f"attempts/{attempt}/{number}").text
        fields = right_fields(page, question_on(page, quiz))
        saved = launched.post(f"attempts/{attempt}/{number}", {**fields, "go": "next"}, follow=False)
        assert saved.status_code == 303, saved.text


def pass_quiz(launched: Launched, course: Course, quiz_id: str) -> TestResponse:
    """Take a quiz from its button to its result, with everything right."""
    attempt = begin(launched, quiz_id)
    answer_all(launched, course, quiz_id, attempt)
    return launched.post(f"attempts/{attempt}/submit")


def hand_in(
    launched: Launched, assignment_id: str, text: str = "三つのコメントを読みました。"
) -> TestResponse:
    """Write and hand in a text."""
    return launched.post(f"assignments/{assignment_id}/submit", {"text": text})
