"""Values that no page sends: numbers beyond every column, zero bytes, broken JSON. Refused or kept, never a fault."""

import re
from typing import Any

import pytest
from flask import Flask
from support.launching import BASE, Launched
from support.pages import begin, hand_in

HUGE = 10**30
ALL_3 = {"level-C08": "3", "level-C10": "3", "level-C17": "3"}


@pytest.mark.parametrize("number", [0, 2**31, 2**63, HUGE])
@pytest.mark.parametrize("role", ["learner", "instructor"])
def test_numbers_beyond_every_column_are_not_found(client_as, role: str, number: int):
    """ATK-20, ATK-26: in every address that holds one."""
    somebody: Launched = client_as(role)
    paths = ["attempts/{}", "attempts/{}/1", "attempts/{}/result", "files/{}", "reviews/{}", "class/{}"]
    for path in paths:
        assert somebody.get(path.format(number)).status_code in {403, 404}, path
    posts = ["gradebook/{}/resend", "attempts/{}/1", "attempts/{}/submit", "reviews/{}", "class/{}/grants"]
    for path in [*posts, "assignments/t101-assignment/files/{}/remove"]:
        answer = somebody.post(path.format(number), {"quiz": "t101-quiz", "reason": "x", "outcome": "graded"})
        assert 400 <= answer.status_code < 500, path


def test_a_number_of_a_question_may_be_anything(client_as):
    """ATK-26."""
    student = client_as()
    attempt = begin(student, "t101-quiz")
    for number in (0, 99, 2**63, HUGE):
        assert student.get(f"attempts/{attempt}/{number}").status_code == 404
        assert student.post(f"attempts/{attempt}/{number}", {"pick": "0"}).status_code in {404, 405}


@pytest.mark.parametrize(
    "value",
    [
        {"pick": [HUGE]},
        {"pick": [-1]},
        {"pick": [0.5]},
        {"pick": ["0"]},
        {"pick": {"0": 0}},
        {"pick": [0] * 10_000},
        {"pick": None},
        {"number": "\0"},
        {"number": "1" * 100_000},
        {"number": "1e999999999"},
        {"number": "NaN"},
        {"number": ["1"]},
        {"number": "\ud800"},
        {"other": 1},
        [],
        None,
        "x",
        HUGE,
    ],
    ids=lambda value: repr(value)[:40],
)
def test_an_answer_may_be_any_json(client_as, value: Any):
    """ATK-26: it is kept, or refused as malformed."""
    student = client_as()
    attempt = begin(student, "t101-quiz")
    for number in range(1, 4):
        assert student.post_json(f"attempts/{attempt}/{number}", value).status_code in {200, 400, 404}
    assert student.get(f"attempts/{attempt}").status_code == 200
    assert student.post(f"attempts/{attempt}/submit").status_code == 200


def test_texts_may_hold_what_no_database_takes(app: Flask, client_as):
    """ATK-26: zero bytes and halves of characters in work, comment and reason."""
    odd = "a\0b\x01\ufffe"
    student, teacher = client_as(), client_as("instructor", sub="9")
    assert student.post("assignments/t101-assignment/draft", {"text": odd}).status_code in {200, 400, 409}
    hand_in(student, "t101-assignment")
    found = re.search(r"/(reviews/\d+)\"", teacher.get("reviews").text)
    assert found
    for fields in (
        {"comment": odd, "outcome": "returned"},
        {"comment": "x", "outcome": odd},
        {"level-C08": odd},
    ):
        answer = teacher.post(found[1], {**ALL_3, "outcome": "graded", "number": "1", **fields})
        assert answer.status_code < 500
    person = re.search(r"/(class/\d+)\"", teacher.get("class").text)
    assert person
    for fields in ({"quiz": "t101-quiz", "reason": odd}, {"quiz": odd, "reason": "x"}):
        assert teacher.post(f"{person[1]}/grants", fields).status_code < 500


@pytest.mark.parametrize(
    "path", ["n/%00", "lessons/%00", "quizzes/a%00b", "assets/t101/%00.svg", "assets/%2e%2e/x"]
)
def test_names_in_addresses_may_be_anything(client_as, path: str):
    """ATK-26, ATK-15: no such page, no such file."""
    assert client_as().get(path).status_code == 404


def test_forms_of_the_protocol_may_hold_anything(app: Flask):
    """ATK-26."""
    odd = "a\0b"
    values = {
        "iss": odd,
        "login_hint": odd,
        "target_link_uri": odd,
        "client_id": odd,
        "lti_deployment_id": odd,
    }
    browser = app.test_client()
    assert browser.post("/lti/login", data=values, base_url=BASE).status_code in {400, 403}
    assert browser.post("/lti/launch", data={"state": odd, "id_token": odd}, base_url=BASE).status_code in {
        400,
        401,
    }
    asked = {"invite": odd, "openid_configuration": odd}
    assert browser.get("/lti/register", query_string=asked, base_url=BASE).status_code in {400, 404}
