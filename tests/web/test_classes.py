"""The staff's pages about the class and its grades."""

import re

import pytest
from support.pages import begin, hand_in, pass_quiz, words


@pytest.fixture
def teacher(client_as):
    """The teacher of the course."""
    return client_as("instructor", sub="9", name="山本 先生")


def student_page(teacher) -> str:
    """Address of the first student of the class."""
    found = re.search(r"/(class/\d+)\"", teacher.get("class").text)
    assert found
    return found[1]


def test_an_empty_class_says_what_will_be_here(teacher):
    assert "まだ誰も利用していません" in teacher.get("class").text
    assert "まだ成績はありません" in teacher.get("gradebook").text


def test_the_class_shows_who_is_where(client_as, teacher, app):
    student = client_as()
    pass_quiz(student, app.extensions["lti_tool"].course, "t101-quiz")
    hand_in(student, "t101-assignment")
    seen = words(teacher.get("class").text)
    assert "山田 花子" in seen
    assert "1/6" in seen
    seen = words(teacher.get(student_page(teacher)).text)
    assert "100%" in seen
    assert "採点待ち" in seen
    assert "採点を開く" in seen


def test_a_teacher_opens_one_more_attempt_with_a_reason(client_as, teacher):
    student = client_as()
    student.post(f"attempts/{begin(student, 't101-quiz')}/submit")
    address = student_page(teacher)
    refused = teacher.post(f"{address}/grants", {"quiz": "t101-quiz", "reason": " "})
    assert refused.status_code == 409
    assert "理由を書いてください" in refused.text
    page = teacher.post(f"{address}/grants", {"quiz": "t101-quiz", "reason": "停電のため"})
    assert "追加の受験を許可しました" in page.text
    assert "もう一度受ける" in student.get("quizzes/t101-quiz").text


def test_an_assistant_looks_but_grants_nothing(client_as, teacher):
    student = client_as()
    student.post(f"attempts/{begin(student, 't101-quiz')}/submit")
    address = student_page(teacher)
    assistant = client_as("assistant", sub="10")
    assert "今すぐ許可する" not in assistant.get(address).text
    assert assistant.post(f"{address}/grants", {"quiz": "t101-quiz", "reason": "x"}).status_code == 403


def test_the_gradebook_tells_where_every_grade_is(client_as, teacher, app):
    student = client_as()
    pass_quiz(student, app.extensions["lti_tool"].course, "t101-quiz")
    seen = words(teacher.get("gradebook").text)
    assert "山田 花子" in seen
    assert "送信待ち" in seen
    mine = words(student.get("grades").text)
    assert "送信待ち" in mine
    assert "未開放" in mine


def test_students_see_no_page_of_the_staff(client_as, teacher):
    student = client_as()
    for path in ("class", student_page(teacher), "gradebook", "reviews", "place"):
        assert student.get(path).status_code == 403, path
        assert "山本" not in student.get(path).text
