"""The staff's reviews, as pages."""

import re

import pytest
from support.pages import hand_in, words

ALL_3 = {"level-C08": "3", "level-C10": "3", "level-C17": "3"}


@pytest.fixture
def student(client_as):
    """A student whose work waits."""
    student = client_as()
    hand_in(student, "t101-assignment", "三つ選びました。")
    return student


@pytest.fixture
def teacher(client_as):
    """Their teacher."""
    return client_as("instructor", sub="9", name="山本 先生")


def first_in_queue(teacher) -> str:
    """Address of the review that waits longest."""
    found = re.search(r"/(reviews/\d+)\"", teacher.get("reviews").text)
    assert found
    return found[1]


def test_what_is_handed_in_waits_and_can_be_graded(student, teacher):
    assert "山田 花子" in teacher.get("reviews").text
    address = first_in_queue(teacher)
    seen = words(teacher.get(address).text)
    assert "三つ選びました。" in seen
    assert "★ 必須" in seen
    page = teacher.post(address, {**ALL_3, "comment": "よく見ています。", "outcome": "graded", "number": "1"})
    assert "成績を保存し、LMSへ送っています" in page.text
    assert "採点を待つ提出物はありません" in page.text
    seen = words(student.get("assignments/t101-assignment").text)
    assert "75%" in seen
    assert "合格" in seen
    assert "よく見ています。" in seen
    assert "山本 先生" in seen
    assert "75%" in words(student.get("grades").text)


def test_returned_work_comes_back_with_its_comment_and_can_be_rewritten(student, teacher):
    address = first_in_queue(teacher)
    page = teacher.post(
        address,
        {"level-C10": "1", "comment": "PRの表示を入れてください。", "outcome": "returned", "number": "1"},
    )
    assert "差し戻しました" in page.text
    home = words(student.get().text)
    assert "差し戻し" in home
    assert "直す点を見る" in home
    page = student.get("assignments/t101-assignment").text
    assert "PRの表示を入れてください。" in page
    assert "三つ選びました。</textarea>" in page
    assert "あと2回、提出できます" in page


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"outcome": "returned", "comment": ""}, "コメントを書いてください"),
        ({"outcome": "graded", "level-C08": "4"}, "すべての規準のレベルを選んでください"),
        ({**ALL_3, "level-C10": "2", "outcome": "graded"}, "必須の規準がレベル2です"),
    ],
)
def test_a_refused_judgement_says_why_and_keeps_what_was_ticked_and_typed(student, teacher, fields, told):
    address = first_in_queue(teacher)
    page = teacher.post(address, {"comment": "", "number": "1", "level-C17": "4", **fields})
    assert page.status_code == 409
    assert told in page.text
    assert re.search(r'name="level-C17" value="\d" checked', page.text)


def test_a_judgement_of_a_version_that_was_replaced_is_refused(student, teacher):
    address = first_in_queue(teacher)
    page = teacher.post(address, {**ALL_3, "outcome": "graded", "number": "0"})
    assert page.status_code in {404, 409}


def test_an_impossible_level_is_refused(student, teacher):
    address = first_in_queue(teacher)
    assert (
        teacher.post(address, {**ALL_3, "level-C10": "5", "outcome": "graded", "number": "1"}).status_code
        == 400
    )


def test_the_queue_and_reviews_are_for_staff_of_this_course(student, teacher, client_as):
    """ATK-20."""
    address = first_in_queue(teacher)
    for path in ("reviews", address):
        assert student.get(path).status_code == 403
        assert client_as("observer", sub="8").get(path).status_code == 403
    assert student.post(address, {**ALL_3, "outcome": "graded", "number": "1"}).status_code == 403
    elsewhere = client_as("instructor", sub="9", context_id="3")
    assert elsewhere.get(address).status_code == 404
    assert "山田 花子" not in elsewhere.get("reviews").text
    assert client_as("assistant", sub="10").get(address).status_code == 200
