"""Quiz pages: in front, a question, before handing in, the result."""

import re

import pytest
from support.pages import answer_all, begin, pass_quiz, question_on, quiz_of, right_fields, words

from lti_tool.domain.course import Ordering

JSON = {"Accept": "application/json"}


@pytest.fixture
def course(app):
    """The course that is served."""
    return app.extensions["lti_tool"].course


def test_a_quiz_is_passed_from_its_button_to_its_result(client_as, course):
    student = client_as()
    assert "小テストを始める" in student.get("quizzes/t101-quiz").text
    page = pass_quiz(student, course, "t101-quiz")
    seen = words(page.text)
    assert page.request.path.endswith("/result")
    assert "合格" in seen
    assert "100%" in seen
    assert "送信待ち" in seen


def test_every_kind_of_question_can_be_answered_right(client_as, course, clock):
    """The bank holds more questions than are drawn: attempts go on until each kind has been seen."""
    student, seen = client_as("instructor"), set()
    for _ in range(40):
        attempt = begin(student, "t101-quiz")
        for number in range(1, 5):
            page = student.get(f"attempts/{attempt}/{number}").text
            seen.add(question_on(page, quiz_of(course, "t101-quiz")).kind)
        answer_all(student, course, "t101-quiz", attempt)
        result = student.post(f"attempts/{attempt}/submit")
        assert "100%" in words(result.text)
        if seen == {question.kind for question in quiz_of(course, "t101-quiz").questions}:
            return
    pytest.fail(f"only {seen} were drawn")


def test_no_answer_is_told_before_handing_in(client_as, course):
    student = client_as()
    attempt = begin(student, "t101-quiz")
    pages = [student.get(f"attempts/{attempt}/{number}").text for number in range(1, 5)]
    pages.append(student.get(f"attempts/{attempt}").text)
    reasons = [
        option.why.ja
        for question in quiz_of(course, "t101-quiz").questions
        if hasattr(question, "options")
        for option in question.options
    ]
    assert reasons
    for page in pages:
        assert not [reason for reason in reasons if reason in page]
        assert "正答" not in page
    assert student.get(f"attempts/{attempt}/result").request.path.endswith(f"/attempts/{attempt}")


def test_an_answer_is_kept_and_shown_again(client_as, course):
    student = client_as()
    attempt = begin(student, "t101-quiz")
    page = student.get(f"attempts/{attempt}/1").text
    fields = right_fields(page, question_on(page, quiz_of(course, "t101-quiz")))
    saved = student.post(f"attempts/{attempt}/1", fields, headers=JSON)
    assert saved.get_json() == {"saved_at": "14:03"}
    again = client_as().get(f"attempts/{attempt}/1").text  # the browser died; a new launch of the same person
    assert "保存しました" in again
    assert re.search(r" checked| selected|name=\"number\"[^>]*value=\"\d", again)
    assert "小テストを続ける" in client_as().get("quizzes/t101-quiz").text


def test_the_overview_tells_what_is_missing(client_as):
    student = client_as()
    attempt = begin(student, "t101-quiz")
    seen = words(student.get(f"attempts/{attempt}").text)
    assert "まだ答えていない問題が4問あります" in seen


def test_buttons_lead_where_they_say(client_as):
    student = client_as()
    attempt = begin(student, "t101-quiz")
    root = f"{student.root}/attempts/{attempt}"
    for go, target in {
        "next": f"{root}/3",
        "previous": f"{root}/1",
        "4": f"{root}/4",
        "save": f"{root}/2",
        "overview": root,
        "99": root,
    }.items():
        assert student.post(f"attempts/{attempt}/2", {"go": go}, follow=False).location == target, go


def test_two_steps_in_one_place_are_refused_and_kept_on_the_page(client_as, course):
    teacher = client_as("instructor")
    for _ in range(40):
        attempt = begin(teacher, "t101-quiz")
        for number in range(1, 5):
            page = teacher.get(f"attempts/{attempt}/{number}").text
            if isinstance(question_on(page, quiz_of(course, "t101-quiz")), Ordering):
                refused = teacher.post(f"attempts/{attempt}/{number}", {"rank-0": "1", "rank-1": "1"})
                assert refused.status_code == 400
                assert "同じ順番が二つあります" in refused.text
                assert refused.text.count('value="1" selected') == 2
                told = teacher.post(
                    f"attempts/{attempt}/{number}", {"rank-0": "1", "rank-1": "1"}, headers=JSON
                )
                assert told.status_code == 400
                assert "同じ順番" in told.get_json()["problem"]
                return
        teacher.post(f"attempts/{attempt}/submit")
    pytest.fail("no ordering question was drawn")


def test_what_is_not_a_number_is_refused_and_kept_on_the_page(client_as):
    teacher = client_as("instructor")
    for _ in range(40):
        attempt = begin(teacher, "t101-quiz")
        for number in range(1, 5):
            if 'id="number"' in teacher.get(f"attempts/{attempt}/{number}").text:
                refused = teacher.post(f"attempts/{attempt}/{number}", {"number": "たくさん"})
                assert refused.status_code == 400
                assert 'value="たくさん"' in refused.text
                assert 'aria-invalid="true"' in refused.text
                return
        teacher.post(f"attempts/{attempt}/submit")
    pytest.fail("no numeric question was drawn")


def test_an_impossible_answer_is_refused(client_as):
    student = client_as()
    attempt = begin(student, "t101-quiz")
    page = student.get(f"attempts/{attempt}/1").text
    name = re.search(r'name="(pick(?:-0)?|rank-0|number)"', page)[1]
    value = "x" * 10_000 if name == "number" else "77"
    answer = student.post(f"attempts/{attempt}/1", {name: value})
    assert answer.status_code in {400, 303} or name == "rank-0", (
        "never a 5xx, never another question's option"
    )
    assert answer.status_code < 500


def test_after_handing_in_nothing_changes(client_as, course):
    student = client_as()
    attempt = begin(student, "t101-quiz")
    student.post(f"attempts/{attempt}/submit")
    late = student.post(f"attempts/{attempt}/1", {"pick": "0"}, headers=JSON)
    assert late.status_code == 409
    assert late.get_json() == {"next": f"{student.root}/attempts/{attempt}"}
    assert student.post(f"attempts/{attempt}/1", {"pick": "0"}).request.path.endswith("/result")
    assert student.get(f"attempts/{attempt}/1").request.path.endswith("/result")
    assert "1回目の結果" in student.post(f"attempts/{attempt}/submit").text, "twice is once"


def test_the_next_attempt_waits_and_says_until_when(client_as, clock):
    student = client_as()
    student.post(f"attempts/{begin(student, 't101-quiz')}/submit")
    page = student.post("quizzes/t101-quiz/attempts")
    assert page.request.path.endswith("/quizzes/t101-quiz")
    assert "次の受験は 11/25 02:03 から" in words(page.text)
    assert "小テストを始める" not in page.text
    clock.forward(hours=12)
    assert "もう一度受ける" in client_as().get("quizzes/t101-quiz").text


def test_nobody_sees_the_attempt_of_somebody_else(client_as):
    attempt = begin(client_as(), "t101-quiz")
    stranger = client_as(sub="77", name="Somebody")
    for path in (f"attempts/{attempt}", f"attempts/{attempt}/1", f"attempts/{attempt}/result"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"attempts/{attempt}/1", {"pick": "0"}).status_code == 404
    assert stranger.post(f"attempts/{attempt}/submit").status_code == 404


def test_an_observer_takes_no_quiz(client_as):
    observer = client_as("observer")
    assert "小テストを始める" not in observer.get("quizzes/t101-quiz").text
    assert observer.post("quizzes/t101-quiz/attempts").status_code == 403


def test_a_locked_quiz_cannot_be_started_by_address(client_as):
    student = client_as()
    assert student.get("quizzes/t201-quiz").status_code == 403
    assert student.post("quizzes/t201-quiz/attempts").status_code == 403


def test_a_form_without_its_token_changes_nothing(client_as):
    student = client_as()
    student.get()
    student.token = "forged"
    assert student.post("quizzes/t101-quiz/attempts").status_code == 400


def test_going_on_leads_to_the_first_question_without_an_answer(client_as, course):
    student = client_as("learner")
    attempt = begin(student, "t101-quiz")
    page = student.get(f"attempts/{attempt}/1").text
    student.post(f"attempts/{attempt}/1", right_fields(page, question_on(page, quiz_of(course, "t101-quiz"))))
    again = student.post("quizzes/t101-quiz/attempts", follow=False)
    assert again.location.endswith(f"/attempts/{attempt}/2")
