"""What those who run the tool ask it: alive, ready, measured."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError
from support import tokens
from support.launching import BASE, answer_login, begin_login
from support.pages import pass_quiz

from lti_tool.services import beats
from lti_tool.storage.db import Engine, Session, transaction
from lti_tool.storage.platforms import Platform


def figures(client: FlaskClient) -> dict[str, float]:
    """Everything that `/metrics` says, by name and labels."""
    answer = client.get("/metrics", base_url=BASE)
    assert answer.status_code == 200
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def figure(client: FlaskClient, name: str, **labels: str) -> float:
    """One of them."""
    return figures(client)[f"{name}{sorted(labels.items())}"]


def test_ready_as_long_as_the_database_answers(app: Flask, monkeypatch):
    client = app.test_client()
    assert client.get("/readyz", base_url=BASE).json == {"status": "ok", "worker": "ok"}

    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(Session, "execute", away)
    answer = client.get("/readyz", base_url=BASE)
    assert (answer.status_code, answer.json) == (503, {"status": "no database"})
    assert figure(client, "lti_tool_database_up") == 0


def test_a_stuck_worker_is_told_but_the_pages_stay(app: Flask, client_as, clock, engine: Engine):
    """Without its pages nobody could learn; without its worker grades come later."""
    client = app.test_client()
    pass_quiz(client_as(), app.extensions["lti_tool"].course, "t101-quiz")
    clock.forward(minutes=2)
    assert client.get("/readyz?worker=1", base_url=BASE).status_code == 200
    clock.forward(minutes=2)
    answer = client.get("/readyz", base_url=BASE)
    assert answer.status_code == 200
    assert answer.json == {"status": "degraded", "worker": "stuck", "overdue_seconds": 240}
    assert client.get("/readyz?worker=1", base_url=BASE).status_code == 503
    assert figure(client, "lti_tool_worker_stuck") == 1
    with transaction(engine) as session:
        beats.beat(session, clock())
    assert client.get("/readyz?worker=1", base_url=BASE).status_code == 200
    assert figure(client, "lti_tool_workers") == 1


def test_what_waits_is_told_by_platform_and_without_names(app: Flask, client_as, clock, engine: Engine):
    client = app.test_client()
    with transaction(engine) as session:
        (platform,) = session.query(Platform)
        labels = {"platform": str(platform.id), "host": urlsplit(tokens.ISSUER).hostname}
    assert figure(client, "lti_tool_scores_waiting", **labels) == 0
    student = client_as(name="秘密 花子")
    pass_quiz(student, app.extensions["lti_tool"].course, "t101-quiz")
    clock.forward(seconds=40)
    found = figures(client)
    assert found[f"lti_tool_scores_waiting{sorted(labels.items())}"] >= 1
    assert found[f"lti_tool_oldest_waiting_seconds{sorted(labels.items())}"] == 40
    assert found[f"lti_tool_platform_paused{sorted(labels.items())}"] == 0
    text = client.get("/metrics", base_url=BASE).text
    assert [word for word in ("秘密", student.root.rpartition("/")[2], "eyJ") if word in text] == []
    with transaction(engine) as session:
        session.query(Platform).update({"quiet_until": clock() + timedelta(minutes=5)})
    assert figure(client, "lti_tool_platform_paused", **labels) == 1


def counted(name: str, **labels: str) -> float:
    """A counter of this process."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_launches_are_counted_by_how_they_ended(app: Flask, now):
    outcomes = ("ok", "claims", "no-state", "not-a-launch")
    before = {outcome: counted("lti_tool_launches_total", outcome=outcome) for outcome in outcomes}
    faults = counted("lti_tool_faults_total", code="claims")
    timed = counted("lti_tool_request_seconds_count", endpoint="lti.launch")
    client = app.test_client()
    claims = tokens.claims(now, custom={})
    assert answer_login(client, begin_login(client), claims).status_code == 303
    assert answer_login(client, begin_login(client), tokens.claims(now, version="1.0")).status_code == 400
    assert client.post("/lti/launch", data={"id_token": "x"}, base_url=BASE).status_code == 401
    assert client.get("/lti/launch", base_url=BASE).status_code == 400, (
        "no launch, only somebody at its address"
    )
    after = {outcome: counted("lti_tool_launches_total", outcome=outcome) for outcome in outcomes}
    assert {outcome: after[outcome] - before[outcome] for outcome in outcomes} == {
        "ok": 1,
        "claims": 1,
        "no-state": 1,
        "not-a-launch": 0,
    }
    assert counted("lti_tool_faults_total", code="claims") == faults + 1
    assert counted("lti_tool_request_seconds_count", endpoint="lti.launch") == timed + 3


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_these_addresses_need_no_cookie_and_set_none(app: Flask, path: str):
    answer = app.test_client().get(path, base_url=BASE)
    assert answer.status_code == 200
    assert not re.search("set-cookie", str(answer.headers), re.IGNORECASE)
