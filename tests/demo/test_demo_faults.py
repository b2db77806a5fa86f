"""The panel of faults, seen from a tool's server: over real sockets, because a dropped line has no status."""

import time
from collections.abc import Callable, Iterator

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from support.live import serving
from support.pretend_tool import csrf_of, form_of

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
    here.faults.set("conflict")
    assert send() == 409
    assert grades(here) == 0
    assert client.get("/services/2/lineitems?type_id=1", headers=bearer()).status_code == 200


def test_slow_waits_before_it_answers(send: Send, here: Lms, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(faults, "time", type("Clock", (), {"sleep": waited.append, "time": time.time}))
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


def test_the_panel_switches(client: FlaskClient, here: Lms) -> None:
    page = client.get("/faults")
    form = {"csrf_token": csrf_of(page), "fault": "slow", "seconds": "3"}
    answer = client.post("/faults", data=form, follow_redirects=True)
    assert "Saved." in answer.text
    assert (here.faults.fault, here.faults.seconds) == ("slow", 3)
    assert 'value="slow" checked' in answer.text


@pytest.mark.parametrize("change", [{"fault": "fire"}, {"seconds": "0"}, {"seconds": "61"}, {"seconds": "x"}])
def test_the_panel_refuses_nonsense(client: FlaskClient, here: Lms, change: dict[str, str]) -> None:
    form = {"csrf_token": csrf_of(client.get("/faults")), "fault": "drop", "seconds": "3"} | change
    assert client.post("/faults", data=form).status_code == 400
    assert here.faults.fault == "none"


def test_the_panel_rotates_the_key(client: FlaskClient, here: Lms) -> None:
    before = here.state.signing_key().kid
    client.post("/faults/rotate", data={"csrf_token": csrf_of(client.get("/faults"))})
    assert here.state.signing_key().kid != before


def test_the_panel_offers_platform_storage_and_takes_it_back(
    client: FlaskClient, client_id: str, here: Lms
) -> None:
    for offered in ("1", "0"):
        data = {"csrf_token": csrf_of(client.get("/faults")), "storage": offered}
        assert client.post("/faults/storage", data=data).status_code == 303
        _action, fields = form_of(client.get("/as/5/activity/2/launch"))
        assert fields.get("lti_storage_target") == ("_parent" if offered == "1" else None)
        assert ("storage.js" in client.get("/as/5/activity/2").text) == (offered == "1")


def test_a_foreign_page_cannot_switch_anything(client: FlaskClient, here: Lms) -> None:
    for path in ("/faults", "/faults/rotate", "/faults/storage", "/connect", "/language"):
        answer = client.post(path, data={"fault": "drop", "seconds": "3"})
        assert answer.status_code == 400
        assert "too old" in answer.text
    assert here.faults.fault == "none"


def test_the_panel_lists_the_last_calls(client: FlaskClient, here: Lms) -> None:
    assert "has not called" in client.get("/faults").text
    client.post("/token")
    page = client.get("/faults").text
    assert "POST /token" in page
    assert ">400<" in page
