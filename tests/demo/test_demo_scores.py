"""What a score does to the gradebook: each row of the table of observed Moodle answers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.demo.app import Lms

QUIZ = "/services/2/lineitems/3/lineitem"
TYPE = "application/vnd.ims.lis.v1.score+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
T0 = datetime(2026, 11, 22, 14, 3, 0, tzinfo=UTC)

Post = Callable[..., TestResponse]
Results = Callable[..., list[dict[str, Any]]]


def body(at: float = 0, **changes: Any) -> dict[str, Any]:
    """A full score for student 5, `at` seconds after T0; a change to None leaves the field out."""
    score = {
        "userId": "5",
        "scoreGiven": 7,
        "scoreMaximum": 10,
        "timestamp": (T0 + timedelta(seconds=at)).isoformat(),
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    } | changes
    return {name: value for name, value in score.items() if value is not None}


@pytest.fixture
def post(client: FlaskClient, bearer: Callable[..., dict[str, str]]) -> Post:
    headers = bearer()
    return lambda score, kind=TYPE: client.post(
        QUIZ + "/scores?type_id=1", json=score, headers=headers, content_type=kind
    )


@pytest.fixture
def results(client: FlaskClient, bearer: Callable[..., dict[str, str]]) -> Results:
    headers = bearer() | {"Accept": RESULTS}

    def ask(query: str = "") -> list[dict[str, Any]]:
        answer = client.get(QUIZ + "/results?type_id=1" + query, headers=headers)
        assert answer.status_code == 200
        assert answer.mimetype == RESULTS
        return list(answer.get_json(force=True))

    return ask


def test_a_score_is_rescaled_to_the_column_and_answered_with_nothing(post: Post, results: Results) -> None:
    answer = post(body(comment="よくできました"))
    assert (answer.status_code, answer.data) == (200, b"")
    (result,) = results()
    assert (result["userId"], result["resultScore"], result["resultMaximum"]) == ("5", 70, 100)
    assert result["comment"] == "よくできました"
    assert datetime.fromisoformat(result["timestamp"]) == T0
    assert result["scoreOf"].endswith("/services/2/lineitems/3/lineitem?type_id=1")


def test_the_timestamp_must_be_later_by_a_whole_second(post: Post, results: Results) -> None:
    assert post(body(0.2)).status_code == 200
    for at in (-3600, 0, 0.2, 0.9):
        refused = post(body(at, scoreGiven=1))
        assert (refused.status_code, refused.data) == (409, b"[]")
    assert results()[0]["resultScore"] == 70
    assert post(body(1, scoreGiven=9)).status_code == 200
    assert results()[0]["resultScore"] == 90


def test_a_timestamp_of_tomorrow_is_taken_and_blocks_until_then(post: Post) -> None:
    assert post(body(86400)).status_code == 200
    assert post(body(86399)).status_code == 409


@pytest.mark.parametrize(
    "stamp", ["2026-11-22T23:03:01+09:00", "2026-11-22T14:03:01.123Z", "2026-11-22T14:03:01.123456+00:00"]
)
def test_offsets_and_fractions_are_fine(post: Post, stamp: str) -> None:
    assert post(body()).status_code == 200
    assert post(body(timestamp=stamp)).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"scoreGiven": None},
        {"scoreGiven": None, "gradingProgress": "FullyGraded"},
        {"gradingProgress": "Pending"},
        {"gradingProgress": "PendingManual"},
        {"gradingProgress": "NotReady"},
        {"gradingProgress": "Something"},
    ],
)
def test_less_than_a_full_grade_erases_the_grade_and_its_time(
    post: Post, results: Results, changes: dict[str, Any]
) -> None:
    assert post(body()).status_code == 200
    assert post(body(1, **changes)).status_code == 200
    assert results() == []
    assert post(body(-18000)).status_code == 200, "five hours older, and taken"


def test_an_unknown_activity_progress_does_not_matter(post: Post, results: Results) -> None:
    assert post(body(activityProgress="Something")).status_code == 200
    assert len(results()) == 1


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"scoreGiven": 15}, 100),
        ({"scoreGiven": -3}, 0),
        ({"scoreGiven": 7, "scoreMaximum": 0}, 7),
        ({"scoreGiven": "7"}, 70),
        ({"scoreGiven": 0}, 0),
        ({"scoreGiven": 1, "scoreMaximum": 3}, 33.33333),
    ],
)
def test_odd_numbers(post: Post, results: Results, changes: dict[str, Any], kept: float) -> None:
    assert post(body(**changes)).status_code == 200
    assert results()[0]["resultScore"] == kept


@pytest.mark.parametrize(
    "changes",
    [
        {"scoreMaximum": None},
        {"scoreGiven": "seven"},
        {"scoreGiven": True},
        {"scoreGiven": "1e999"},
        {"userId": None},
        {"timestamp": None},
        {"timestamp": "yesterday"},
        {"timestamp": "2026-11-22T14:03:00"},
        {"timestamp": 1795369773},
        {"gradingProgress": None},
        {"activityProgress": None},
    ],
)
def test_half_a_score_is_refused(post: Post, results: Results, changes: dict[str, Any]) -> None:
    assert post(body(**changes)).status_code == 400
    assert results() == []


@pytest.mark.parametrize("person", ["3", "4", "2", "99", ""])
def test_people_who_cannot_be_graded(post: Post, person: str) -> None:
    answer = post(body(userId=person))
    assert (answer.status_code, answer.data) == (400, b"[]")
    assert "Incorrect score received" in answer.status


def test_a_score_without_comment_erases_the_comment(post: Post, results: Results) -> None:
    post(body(comment="well done"))
    post(body(1))
    assert "comment" not in results()[0]


@pytest.mark.parametrize("kind", ["application/json", "application/vnd.ims.lis.v2.score+json", ""])
def test_the_media_type_is_exact(post: Post, kind: str) -> None:
    answer = post(body(), kind)
    assert answer.status_code == 400
    assert "No handler found" in answer.status


def test_a_charset_behind_the_media_type_is_fine(post: Post) -> None:
    assert post(body(), TYPE + "; charset=utf-8").status_code == 200


@pytest.mark.parametrize("score", [[], "text", 7, None])
def test_a_body_that_is_no_object(post: Post, score: object) -> None:
    assert post(score).status_code == 400


def test_results_of_one_person_and_of_all(post: Post, results: Results) -> None:
    post(body())
    post(body(userId="6", scoreGiven=10))
    assert {result["userId"] for result in results()} == {"5", "6"}
    assert [result["userId"] for result in results("&user_id=6")] == ["6"]
    assert results("&user_id=7") == []


def test_results_asked_with_a_limit_break_as_moodles_do(
    client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    answer = client.get(QUIZ + "/results?type_id=1&limit=10", headers=bearer())
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_results_take_their_own_type_or_anything(
    client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    headers = bearer()
    assert client.get(QUIZ + "/results?type_id=1", headers=headers | {"Accept": "*/*"}).status_code == 200
    assert client.get(QUIZ + "/results?type_id=1", headers=headers).status_code == 200
    answer = client.get(QUIZ + "/results?type_id=1", headers=headers | {"Accept": "application/json"})
    assert answer.status_code == 400


def test_a_column_that_is_gone_is_404_and_the_activity_stays(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], post: Post, here: Lms
) -> None:
    post(body())
    assert client.delete(QUIZ + "?type_id=1", headers=bearer()).status_code == 204
    assert post(body(1)).status_code == 404
    with here.state.read() as data:
        assert data.activities["2"].column is None
        assert data.grades == {}


def test_a_score_needs_the_score_scope_and_the_type_id(
    client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    def send(headers: dict[str, str], query: str) -> int:
        return client.post(
            QUIZ + "/scores" + query, json=body(), headers=headers, content_type=TYPE
        ).status_code

    assert send(bearer("lineitem", "result.readonly"), "?type_id=1") == 401
    assert send(bearer("score"), "?type_id=2") == 401
    assert send(bearer("score"), "") == 401
    assert send({}, "?type_id=1") == 401
    assert send({"Authorization": "Bearer nonsense"}, "?type_id=1") == 401
    assert send(bearer("score"), "?type_id=1") == 200
