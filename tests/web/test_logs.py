"""What is logged tells what happened, and nothing about whom: no token, state, cookie, name or address."""

import io
import json
import logging
import re
from datetime import datetime

import pytest
import structlog
from flask import Flask
from support import tokens
from support.launching import BASE, answer_login, begin_login
from support.pages import hand_in, pass_quiz

from lti_tool import tracing
from lti_tool.logs import log_json
from lti_tool.services import arrivals, passback
from lti_tool.storage.db import transaction
from lti_tool.storage.scores import ScoreReport

NAME, EMAIL = "秘密 花子", "hush@school.example"
COMMON = {"event", "level", "timestamp"}


@pytest.fixture
def logged():
    """What the process logs of itself and of its libraries."""
    stream, before = io.StringIO(), (logging.root.handlers[:], logging.root.level)
    log_json(stream)
    yield stream.getvalue
    structlog.reset_defaults()
    logging.root.handlers[:] = before[0]
    logging.root.setLevel(before[1])


def claims(now: datetime, **values: object) -> dict:
    """A launch of somebody whose name must not be logged."""
    return tokens.claims(now, **{"name": NAME, "email": EMAIL, "custom": {}, **values})


def secrets_of(client, asked: dict[str, str]) -> set[str]:
    """What identifies this launch or this person."""
    cookies = {cookie.value for cookie in client._cookies.values()}
    return {NAME, "秘密", EMAIL, asked["state"], asked["nonce"], "eyJ", *cookies} - {""}


def test_a_launch_and_its_page_log_nothing_about_the_person(app: Flask, now: datetime, logged):
    client = app.test_client()
    asked = begin_login(client)
    answer = answer_login(client, asked, claims(now))
    assert client.get(answer.location, base_url=BASE).status_code == 200
    seen = logged()
    assert [secret for secret in secrets_of(client, asked) if secret in seen] == []


def test_refused_launches_are_logged_by_code_and_reference_only(app: Flask, now: datetime, logged):
    client = app.test_client()
    asked = begin_login(client)
    found = secrets_of(client, asked)
    spoilt = (
        claims(now, aud="another-tool"),
        claims(now, deployment_id="unknown"),
        claims(now, exp=1),
        claims(now, custom={"node": NAME}),
    )
    pages = [answer_login(client, asked, message) for message in spoilt]
    pages.append(
        client.post("/lti/launch", data={"state": asked["state"], "id_token": "eyJ.x.y"}, base_url=BASE)
    )
    pages.append(client.post("/lti/launch", data={"state": "guess" * 9, "id_token": "x"}, base_url=BASE))
    pages.append(client.get(f"/l/guess/lessons/{NAME}", base_url=BASE))
    assert {page.status_code for page in pages} <= {400, 401, 403, 404}
    seen = logged()
    assert [secret for secret in {*found, "guess"} if secret in seen] == []
    lines = lines_of(seen)
    assert len(lines) == len(pages)
    for line, page in zip(lines, pages, strict=True):
        assert line["reference"] in page.text
        of_launch = {"trace"} if "<launch_id>" in line["path"] else set()
        assert set(line) == {*COMMON, "reference", "status", "code", "fault", "path"} | of_launch


def lines_of(text: str) -> list[dict]:
    """The log, line by line."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_one_trace_leads_from_the_launch_to_the_grade(client_as, app: Flask, engine, logged):
    student = client_as(node="t101-quiz", name=NAME, email=EMAIL)
    pass_quiz(student, app.extensions["lti_tool"].course, "t101-quiz")
    launched, *wanted = [line for line in lines_of(logged()) if line["event"] in {"launched", "score wanted"}]
    launch_id = student.root.rpartition("/")[2]
    assert launched["event"] == "launched"
    assert launched["trace"] == tracing.of_launch(launch_id)
    assert {line["trace"] for line in wanted} == {launched["trace"]}
    hand_in(student, "t101-assignment", NAME)
    assert [secret for secret in (launch_id, NAME, EMAIL, "eyJ", "csrf") if secret in logged()] == []
    with transaction(engine) as session:
        assert {row.id: row.origin for row in session.query(ScoreReport)} == {
            line["report"]: launched["trace"] for line in wanted
        }


def test_the_id_that_the_proxy_gave_a_request_is_logged_if_it_is_one(client_as, logged):
    student, given = client_as(), "6f1c2b0e-7d3a-4f55-9a64-0d1f0c7f1a22"
    for header in (given, NAME, "a b", "eyJhbGciOi.J.x", given + "\n{}", "f" * 65, ""):
        raw = {"HTTP_X_REQUEST_ID": header}
        assert student.client.get("/nothing-here", base_url=BASE, environ_overrides=raw).status_code == 404
    lines = lines_of(logged())
    assert [line.get("request") for line in lines if line["event"] == "fault"] == [given, *[None] * 6]


def test_a_bug_is_logged_with_its_place_but_without_the_values_of_the_database(
    app: Flask, now: datetime, logged, monkeypatch
):
    """The statement that fails holds name and address of the person."""
    app.testing = False
    real = arrivals._person

    def twice(session, deployment, *of_the_launch):
        person = real(session, deployment, *of_the_launch)
        session.flush()
        session.add(type(person)(deployment_id=None, sub=NAME, name=NAME, email=EMAIL, created_at=now))
        session.flush()

    monkeypatch.setattr(arrivals, "_person", twice)
    client = app.test_client()
    page = answer_login(client, begin_login(client), claims(now))
    assert page.status_code == 500
    assert "IntegrityError" not in page.text
    seen = logged()
    assert "unexpected fault" in seen
    assert "IntegrityError" in seen
    assert [secret for secret in (NAME, EMAIL, "eyJ") if secret in seen] == []


def test_a_fault_on_a_page_does_not_log_the_address_it_was_on(client_as, app: Flask, logged, monkeypatch):
    student = client_as()
    app.testing = False
    monkeypatch.setattr(passback, "grades", lambda *_: 1 // 0)
    assert student.get("grades").status_code == 500
    seen = logged()
    assert "ZeroDivisionError" in seen
    assert student.root.rpartition("/")[2] not in seen
    assert re.search(r'"path": "/l/<launch_id>/grades"', seen)
