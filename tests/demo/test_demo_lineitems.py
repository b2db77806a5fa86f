"""Line items: lists, filters, pages, and what a PUT wipes."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from support.pretend_tool import BASE
from werkzeug.test import TestResponse

from lti_tool.demo.app import Lms
from lti_tool.demo.state import Grade

LIST = "/services/2/lineitems?type_id=1"
QUIZ = "/services/2/lineitems/3/lineitem?type_id=1"
ITEM = "application/vnd.ims.lis.v2.lineitem+json"
CONTAINER = "application/vnd.ims.lis.v2.lineitemcontainer+json"

Ask = Callable[..., TestResponse]


@pytest.fixture
def ask(client: FlaskClient, bearer: Callable[..., dict[str, str]]) -> Ask:
    headers = bearer()

    def send(method: str, path: str, accept: str = CONTAINER, **more: Any) -> TestResponse:
        return client.open(path, method=method, headers=headers | {"Accept": accept}, **more)

    return send


def put(ask: Ask, **body: Any) -> TestResponse:
    return ask("PUT", QUIZ, json=body, content_type=ITEM)


def create(ask: Ask, **body: Any) -> TestResponse:
    return ask("POST", LIST, json=body, content_type=ITEM)


def test_the_list_of_a_course(ask: Ask) -> None:
    answer = ask("GET", LIST)
    assert answer.mimetype == CONTAINER
    quiz, assignment = answer.get_json(force=True)
    assert quiz == {
        "id": BASE + QUIZ,
        "label": "M101 小テスト",
        "scoreMaximum": 100,
        "resourceId": "m101-quiz",
        "resourceLinkId": "2",
    }
    assert assignment["resourceId"] == "m101-assignment"


def test_filters(ask: Ask) -> None:
    create(ask, label="Stage 1", scoreMaximum=100, resourceId="stage1", tag="stage")

    def labels(query: str) -> list[str]:
        return [item["label"] for item in ask("GET", LIST + query).get_json(force=True)]

    assert labels("&resource_id=stage1") == ["Stage 1"]
    assert labels("&tag=stage") == ["Stage 1"]
    assert labels("&resource_link_id=2") == ["M101 小テスト"]
    assert labels("&resource_id=m101-quiz&tag=stage") == []


def test_pages_are_linked_with_moodles_curly_quotes(ask: Ask) -> None:
    create(ask, label="Stage 1", scoreMaximum=100)
    path, seen, links = LIST + "&limit=2", [], []
    while path:
        answer = ask("GET", path)
        seen += [item["label"] for item in answer.get_json(force=True)]
        link = answer.headers.get("Link", "").encode("latin-1").decode()
        links.append(link)
        found = re.match(r"<http://127.0.0.1:8001([^>]*)>; rel=“next”$", link)
        path = found[1].replace("&amp;", "&") if found else ""
    assert seen == ["M101 小テスト", "M101 課題", "Stage 1"]
    assert "&amp;" in links[0]
    assert links[1] == ""


@pytest.mark.parametrize("accept", ["application/json", f"{CONTAINER}, application/json", "*/*"])
def test_the_list_wants_exactly_its_own_type(ask: Ask, accept: str) -> None:
    answer = ask("GET", LIST, accept)
    assert answer.status_code == 400
    assert "No handler found" in answer.status


def test_no_accept_header_at_all_is_fine(client: FlaskClient, bearer: Callable[..., dict[str, str]]) -> None:
    assert client.get(LIST, headers=bearer()).status_code == 200


def test_another_course_is_empty_and_an_unknown_one_is_404(ask: Ask) -> None:
    assert ask("GET", "/services/3/lineitems?type_id=1").get_json(force=True) == []
    assert ask("GET", "/services/99/lineitems?type_id=1").status_code == 404
    assert ask("GET", "/services/3/lineitems/3/lineitem?type_id=1", ITEM).status_code == 404
    assert ask("GET", "/services/2/lineitems?type_id=9").status_code == 401


def test_making_a_column(ask: Ask) -> None:
    answer = create(ask, label="Stage 1", scoreMaximum=20, resourceId="stage1", extra={"kept": [1]})
    assert (answer.status_code, answer.mimetype) == (201, ITEM)
    made = answer.get_json(force=True)
    assert made["extra"] == {"kept": [1]}, "unknown fields are echoed"
    read = ask("GET", made["id"].removeprefix(BASE), ITEM).get_json(force=True)
    assert read == {"id": made["id"], "label": "Stage 1", "scoreMaximum": 20, "resourceId": "stage1"}
    again = create(ask, label="Stage 1", scoreMaximum=20, resourceId="stage1").get_json(force=True)
    assert again["id"] != made["id"], "the same label makes a second column"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"scoreMaximum": 10}, 400),
        ({"label": " ", "scoreMaximum": 10}, 400),
        ({"label": "x"}, 400),
        ({"label": "x", "scoreMaximum": "many"}, 400),
        ({"label": "x", "scoreMaximum": -1}, 400),
        ({"label": "x", "scoreMaximum": 10, "resourceLinkId": "99"}, 403),
        ({"label": "x", "scoreMaximum": 0}, 201),
        ({"label": "x", "scoreMaximum": 33.5}, 201),
        ({"label": "x", "scoreMaximum": 10, "resourceLinkId": "1"}, 201),
    ],
)
def test_what_a_new_column_needs(ask: Ask, body: dict[str, Any], status: int) -> None:
    assert create(ask, **body).status_code == status
    assert len(ask("GET", LIST).get_json(force=True)) == (3 if status == 201 else 2)


def test_a_put_wipes_what_it_leaves_out(ask: Ask) -> None:
    assert put(ask, label="Renamed", scoreMaximum=100).status_code == 200
    assert ask("GET", QUIZ, ITEM).get_json(force=True) == {
        "id": BASE + QUIZ,
        "label": "Renamed",
        "scoreMaximum": 100,
    }


def test_a_new_maximum_rescales_the_grades(ask: Ask, here: Lms) -> None:
    with here.state.change() as data:
        data.keep_grade(Grade("3", "5", 70, "", 0, 0))
        data.keep_grade(Grade("5", "5", 60, "", 0, 0))
    put(ask, label="Quiz", scoreMaximum=500)
    with here.state.read() as data:
        assert {name: grade.score for name, grade in data.grades.items()} == {"3/5": 350, "5/5": 60}


@pytest.mark.parametrize("body", [{"label": "x"}, {"scoreMaximum": 10}, {}])
def test_a_put_needs_label_and_maximum(ask: Ask, body: dict[str, Any]) -> None:
    assert put(ask, **body).status_code == 400
    assert ask("GET", QUIZ, ITEM).get_json(force=True)["label"] == "M101 小テスト"


def test_reading_is_enough_for_lists_and_not_for_changes(
    client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    reader = bearer("lineitem.readonly")
    assert client.get(LIST, headers=reader).status_code == 200
    assert client.delete(QUIZ, headers=reader).status_code == 401
    new = {"label": "x", "scoreMaximum": 1}
    assert client.post(LIST, json=new, headers=reader, content_type=ITEM).status_code == 401
    assert client.put(QUIZ, json=new, headers=reader, content_type=ITEM).status_code == 401


def test_an_id_is_never_given_twice(ask: Ask) -> None:
    first = create(ask, label="x", scoreMaximum=1).get_json(force=True)["id"]
    assert ask("DELETE", first.removeprefix(BASE)).status_code == 204
    assert create(ask, label="x", scoreMaximum=1).get_json(force=True)["id"] != first
