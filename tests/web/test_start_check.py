"""The start check, from the course home to the path and the teacher's page."""

import re

import pytest
from support.pages import words


def answer(student, number, go="next", **chosen):
    picks = {f"q-start-{name}": str(option) for name, option in chosen.items()}
    return student.post(f"start-check/{number}", {**picks, "go": go})


def take(student):
    student.post("start-check/", {"route": "creator"})
    answer(student, 1, greet=0, doubt=1, limits=1)
    return answer(student, 2, "result", label=0, claim=0)


def test_who_has_not_begun_is_led_to_it_with_one_click(client_as):
    student = client_as()
    home = student.get().text
    assert home.count(f'href="{student.root}/start-check/"') == 2
    assert home.count("btn-primary") == 1, "it does not stand in the way of what to do next"
    assert "お店や配信、ほかの仕事の経験がありますか。" in words(home)

    student.post("lessons/t101-why/finish")
    home = student.get().text
    assert home.count(f'href="{student.root}/start-check/"') == 1, "then it waits below the course"
    assert "経験がありますか" not in home


def test_the_parts_are_answered_one_after_the_other(client_as):
    student = client_as()
    page = student.post("start-check/", {"route": "creator"})
    assert page.request.path.endswith("/start-check/1")
    assert "まだ分からない" in page.text
    assert "見る理由になります" not in page.text, "no reason before the end"

    page = answer(student, 1, greet=0)
    assert page.request.path.endswith("/start-check/2")
    page = answer(student, 2, "previous", label=0)
    assert re.findall(r'name="(q-[a-z-]+)" value="(\d)" checked', page.text) == [("q-start-greet", "0")]
    assert "続きから答える" in student.get("start-check/").text


def test_the_result_recommends_a_path_and_promises_nothing(client_as):
    student = client_as()
    page = take(student)
    assert page.request.path.endswith("/start-check/result")
    seen = words(page.text)
    for expected in (
        "ていねいに",
        "決まりから始めましょう。",
        "66%",
        "話す力は十分です。",
        "カメラに慣れています。",
        "認めるかどうかは学校が決めます。",
        "配信の録画",
        "見る理由になります。",
    ):
        assert expected in seen
    assert f'href="{student.root}/modules/t101"' in page.text
    assert f'href="{student.root}/modules/t201"' not in page.text, "it is not open yet"
    assert "あとで開きます" in seen

    retail = words(student.get("start-check/result?route=retail").text)
    assert "相手を見る力があります。" in retail
    assert "勤め先の証明" in retail


def test_it_is_in_english_too(client_as):
    seen = words(take(client_as(language="en")).text)
    for expected in (
        "Your path",
        "Take with care",
        "You talk well.",
        "The school decides what is recognised.",
    ):
        assert expected in seen


def test_a_page_that_is_not_reached_leads_to_the_beginning(client_as):
    student = client_as()
    for page in ("start-check/1", "start-check/result"):
        assert student.get(page).request.path.endswith("/start-check/")
    assert answer(student, 1).request.path.endswith("/start-check/")
    assert student.get("start-check/9").status_code == 404


def test_what_no_page_sends_is_refused(client_as):
    student = client_as()
    student.post("start-check/", {"route": "creator"})
    assert answer(student, 1, greet=7).status_code == 400
    assert answer(student, 1, greet="x").status_code == 200, "it counts as not known"


def test_the_teacher_sees_the_class(client_as):
    take(client_as())
    teacher = client_as("instructor", sub="9", name="山本 先生")
    assert f'href="{teacher.root}/start-check/class"' in teacher.get("class").text
    seen = words(teacher.get("start-check/class").text)
    for expected in ("配信から", "66%", "100%"):
        assert expected in seen


@pytest.mark.parametrize(("role", "page"), [("learner", "start-check/class"), ("observer", "start-check/")])
def test_it_is_closed_to_others(client_as, role, page):
    visitor = client_as(role)
    assert visitor.get(page).status_code == 403
    if role == "observer":
        assert "start-check" not in visitor.get().text
