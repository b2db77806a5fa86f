"""Faults, seen from a tool's server: over real sockets, because a dropped line has no status."""

import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from support.live import serving
from support.pretend_tool import SCOPES as ASKED
from support.pretend_tool import PretendTool, ask_token

from lti_tool.demo import faults
from lti_tool.demo.app import Lms

SCORES = "/services/2/lineitems/3/lineitem/scores?type_id=1"
SCORE = {
    "userId": "5",
    "scoreGiven": 80,
    "scoreMaximum": 100,
    "timestamp": "2026-11-22T14:03:00Z",
    "activityProgress": "Completed",
    "gradingProgress": "FullyGraded",
}

Send = Callable[[], int]


@pytest.fixture
def send(demo: Flask, bearer: Callable[..., dict[str, str]]) -> Iterator[Send]:
    """Post the score as a tool's server does; its status."""
    headers = bearer() | {"Content-Type": "application/vnd.ims.lis.v1.score+json"}
    with serving(demo) as address:
        yield lambda: requests.post(address + SCORES, json=SCORE, headers=headers, timeout=5).status_code


def grades(here: Lms) -> int:
    with here.state.read() as data:
        return len(data.grades)


def test_out_of_service_then_well_again(send: Send, here: Lms) -> None:
    here.faults.set("unavailable")
    assert [send(), send()] == [503, 503]
    assert grades(here) == 0
    here.faults.set("none")
    assert send() == 200
    assert grades(here) == 1
    assert [call.status for call in here.faults.calls()][:3] == [200, 503, 503]


def test_a_dropped_connection_has_no_answer_and_leaves_no_grade(send: Send, here: Lms) -> None:
    here.faults.set("drop")
    with pytest.raises(requests.ConnectionError):
        send()
    assert grades(here) == 0
    assert here.faults.calls()[0].status is None
    here.faults.set("none")
    assert send() == 200


def test_without_a_socket_the_server_still_sees_a_lost_connection(client: FlaskClient, here: Lms) -> None:
    here.faults.set("drop")
    with pytest.raises(ConnectionAbortedError):
        client.post("/token")


def test_a_conflict_strikes_scores_only(
    send: Send, here: Lms, client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    here.faults.set("conflict", scope="scores")
    assert send() == 409
    assert grades(here) == 0
    assert client.get("/services/2/lineitems?type_id=1", headers=bearer()).status_code == 200


STATUSES = {
    "unavailable": 503,
    "busy": 429,
    "invalid": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "missing": 404,
    "conflict": 409,
    "locked": 500,
    "page": 200,
}


@pytest.mark.parametrize("fault", STATUSES)
def test_an_answer_in_place_of_the_service(send: Send, here: Lms, fault: str) -> None:
    here.faults.set(fault)
    assert send() == STATUSES[fault]
    assert grades(here) == 0


def test_busy_says_when_to_come_again(client: FlaskClient, here: Lms) -> None:
    here.faults.set("busy", 30)
    assert client.post("/token").headers["Retry-After"] == "30"


def test_a_login_page_is_no_json(client: FlaskClient, here: Lms) -> None:
    here.faults.set("page")
    answer = client.post("/token")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "Please log in" in answer.text


def test_a_reset_has_no_answer_and_leaves_no_grade(send: Send, here: Lms) -> None:
    here.faults.set("reset")
    with pytest.raises(requests.ConnectionError):
        send()
    assert grades(here) == 0


@pytest.mark.parametrize("fault", ["lost", "half"])
def test_an_answer_that_does_not_arrive_leaves_a_grade_all_the_same(
    send: Send, here: Lms, fault: str
) -> None:
    here.faults.set(fault)
    with pytest.raises(requests.RequestException):
        send()
    assert grades(here) == 1
    assert here.faults.calls()[0].status is None


def test_half_an_answer_breaks_off_in_the_middle(client: FlaskClient, here: Lms) -> None:
    here.faults.set("half")
    parts: list[bytes] = []
    answer = client.post("/token", buffered=False)
    with pytest.raises(ConnectionAbortedError):
        parts.extend(answer.iter_encoded())
    assert b"".join(parts) == b'{"error": "invalid_request"}'
    assert int(answer.headers["Content-Length"]) == 2 * len(b"".join(parts)) + 1


def test_hanging_waits_and_hangs_up(send: Send, here: Lms, waited: list[float]) -> None:
    here.faults.set("hang", 11)
    with pytest.raises(requests.ConnectionError):
        send()
    assert waited == [11]
    assert grades(here) == 0


def test_a_burst_ends_by_itself(send: Send, here: Lms) -> None:
    here.faults.set("unavailable", burst=2)
    assert [send(), send(), send()] == [503, 503, 200]
    assert here.faults.fault == "none"
    assert here.faults.struck == {"unavailable": 2}


def test_a_fault_strikes_its_scope_only_and_a_burst_counts_nothing_else(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], here: Lms
) -> None:
    headers, columns = bearer(), "/services/2/lineitems?type_id=1"
    found = []
    for scope in ("scores", "results", "tokens", "columns", "all"):
        here.faults.set("unavailable", scope=scope, burst=4)
        client.post(SCORES, json=SCORE, headers=headers)
        client.get(SCORES.replace("scores", "results"), headers=headers)
        client.post("/token")
        client.get(columns, headers=headers)
        found.append([call.status == 503 for call in reversed(here.faults.calls()[:4])])
    assert found == [
        [True, False, False, False],
        [False, True, False, False],
        [False, False, True, False],
        [False, False, False, True],
        [True, True, True, True],
    ]


def test_a_share_of_the_calls_is_struck(client: FlaskClient, here: Lms) -> None:
    here.faults.dice.seed(4)
    here.faults.set("unavailable", share=30)
    struck = [client.post("/token").status_code == 503 for _ in range(200)]
    assert 30 < sum(struck) < 90


def test_a_clock_that_is_wrong_dates_and_judges_everything(
    client: FlaskClient, client_id: str, tool: PretendTool, bearer: Callable[..., dict[str, str]], here: Lms
) -> None:
    media = {"Content-Type": "application/vnd.ims.lis.v1.score+json"}
    headers = bearer() | media
    for shift, refused in ((-300, "not yet valid"), (300, "expired")):
        here.shift = shift
        answer = client.post("/token")
        at = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        assert abs(at - time.time() - shift) < 5
        assert refused in ask_token(client, tool.assertion(client_id), ASKED[0]).text
    assert client.post(SCORES, json=SCORE, headers=headers).status_code == 200
    assert abs(here.accepted[-1].received - time.time() - 300) < 5


def test_the_server_adds_no_time_of_its_own(demo: Flask, here: Lms) -> None:
    here.shift = 300
    with serving(demo) as address:
        (told,) = requests.post(f"{address}/token", timeout=5).raw.headers.getlist("Date")
    assert abs(parsedate_to_datetime(told).timestamp() - time.time() - 300) < 5


def test_every_score_that_was_taken_is_remembered(send: Send, here: Lms) -> None:
    assert [send(), send()] == [200, 409]
    assert [(grade.person, grade.score) for grade in here.accepted] == [("5", 80)]


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited, in no time."""
    seconds: list[float] = []
    monkeypatch.setattr(faults, "time", type("Clock", (), {"sleep": seconds.append, "time": time.time}))
    return seconds


def test_slow_waits_before_it_answers(send: Send, here: Lms, waited: list[float]) -> None:
    here.faults.set("slow", 7)
    assert send() == 200
    assert waited == [7]
    here.faults.set("slow", 9999)
    assert here.faults.seconds == 60


def test_tokens_fail_too_and_launches_go_on(client: FlaskClient, client_id: str, here: Lms) -> None:
    here.faults.set("unavailable")
    assert client.post("/token").status_code == 503
    assert client.get("/services/CourseSection/2/bindings/1/memberships").status_code == 503
    assert client.get("/certs").status_code == 200
    assert client.get("/as/5/activity/2/launch").status_code == 200
    assert client.get("/gradebook/2").status_code == 200
