"""Every address: closed unless it says to whom it is open, proof against forged forms, and GET only reads."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import event
from support import launching, operating, pages, tokens
from support.launching import BASE, Launched
from werkzeug.routing import Rule

from lti_tool.storage.db import Engine
from lti_tool.web import access

PUBLIC = {
    "bootstrap.static",
    "by_hand.canvas_json",
    "by_hand.guide",
    "doctor_reference.failed",
    "doctor_reference.failed_report",
    "health.alive",
    "health.metrics",
    "health.ready",
    "lti.jwks",
    "lti.launch",
    "lti.launch_by_hand",
    "lti.login",
    "lti.register",
    "lti.registration_page",
    "operators.login",
    "operators.login_page",
    "static",
}
"""Addresses for everybody: the protocol, health, styles. Whoever opens another one writes it down here."""

PROTOCOL = {"lti.launch", "lti.login", "lti.register"}
"""Forms that come from an LMS and are proved otherwise: by a signature, a state cookie, an invitation."""

READ: dict[str, tuple[str, str, int]] = {
    "assignments.assignment": ("learner", "assignments/t101-assignment", 200),
    "assignments.download": ("learner", "files/{upload}", 200),
    "audit.export": ("operator", "/admin/audit/export.csv", 200),
    "audit.log": ("operator", "/admin/audit/", 200),
    "by_hand.canvas_json": ("learner", "/lti/canvas.json", 200),
    "by_hand.guide": ("learner", "/lti/by-hand/moodle", 200),
    "by_hand_admin.page": ("operator", "/admin/by-hand/moodle", 200),
    "certification.page": ("learner", "certification", 200),
    "classes.roster": ("instructor", "class", 200),
    "classes.student": ("instructor", "class/{person}", 200),
    "doctor.page": ("instructor", "doctor", 200),
    "doctor_reference.failed_report": ("learner", "/doctor/report.json?about=unknown", 404),
    "doctor_reference.failed": ("learner", "/doctor?about=unknown", 404),
    "columns.index": ("instructor", "columns", 200),
    "copies.activities": ("instructor", "activities", 200),
    "copies.recognise": ("learner", "recognise", 200),
    "glossary.glossary": ("learner", "glossary", 200),
    "gradebook.ask_keep": ("instructor", "gradebook/keep?state=drifted", 200),
    "gradebook.ask_resend": ("instructor", "gradebook/resend?state=held", 200),
    "gradebook.export": ("instructor", "gradebook/export.csv", 200),
    "gradebook.history": ("instructor", "gradebook/{report}", 200),
    "gradebook.ledger": ("instructor", "gradebook", 200),
    "gradebook.mine": ("learner", "grades", 200),
    "instructor.file": ("instructor", "instructor/t101/codes.csv", 200),
    "invitations.index": ("operator", "/admin/invitations/", 200),
    "home.course_home": ("learner", "", 200),
    "home.module": ("learner", "modules/t101", 200),
    "home.node": ("learner", "n/t101-quiz", 302),
    "keys.index": ("operator", "/admin/keys/", 200),
    "lessons.asset": ("learner", "assets/t101/steps.svg", 200),
    "lessons.lesson": ("learner", "lessons/t101-why", 200),
    "operators.home": ("operator", "/admin/", 302),
    "operators.login_page": ("operator", "/admin/login", 200),
    "passback_admin.index": ("operator", "/admin/passback/", 200),
    "place.picker": ("picker", "place", 200),
    "moving.form": ("operator", "/admin/platforms/1/move", 200),
    "platforms.index": ("operator", "/admin/platforms/", 200),
    "platforms.platform": ("operator", "/admin/platforms/1", 200),
    "quizzes.attempt": ("learner", "attempts/{running}", 200),
    "quizzes.question": ("learner", "attempts/{running}/1", 200),
    "quizzes.quiz": ("learner", "quizzes/t101-quiz", 200),
    "quizzes.result": ("learner", "attempts/{done}/result", 200),
    "reviews.queue": ("instructor", "reviews", 200),
    "reviews.review": ("instructor", "reviews/{submission}", 200),
    "simulations.index": ("instructor", "simulations/", 200),
    "simulations.notes": ("instructor", "simulations/rehearsal", 200),
    "simulations.screen": ("instructor", "simulations/rehearsal/screen", 200),
    "start_check.entrance": ("learner", "start-check/", 200),
    "start_check.of_class": ("instructor", "start-check/class", 200),
    "start_check.part": ("learner", "start-check/1", 302),
    "start_check.result": ("learner", "start-check/result", 302),
    "bootstrap.static": ("learner", "/bootstrap/static/css/bootstrap.min.css", 200),
    "health.alive": ("learner", "/healthz", 200),
    "health.metrics": ("learner", "/metrics", 200),
    "health.ready": ("learner", "/readyz", 200),
    "lti.jwks": ("learner", "/lti/jwks.json", 200),
    "lti.launch_by_hand": ("learner", "/lti/launch", 400),
    "lti.login": (
        "learner",
        f"/lti/login?iss={tokens.ISSUER}&login_hint=5&target_link_uri={tokens.TARGET}",
        302,
    ),
    "lti.registration_page": ("learner", "/lti/register?invite=unknown", 404),
    "static": ("learner", "/static/logo.svg", 200),
}
"""How each address that can be read is opened, by whom, and with what answer."""


def rules(app: Flask, method: str = "") -> list[Rule]:
    """All addresses, or those that answer to a method."""
    return [rule for rule in app.url_map.iter_rules() if not method or method in (rule.methods or ())]


def test_every_address_says_to_whom_it_is_open(app: Flask):
    decisions = {rule.endpoint: access.decision(app.view_functions[rule.endpoint]) for rule in rules(app)}
    assert {endpoint for endpoint, roles in decisions.items() if roles is None} == PUBLIC
    assert [endpoint for endpoint, roles in decisions.items() if roles is not None and not roles] == []
    for endpoint, roles in decisions.items():
        assert roles is None or roles == access.OPERATORS or roles <= set(access.ANYONE_LAUNCHED), endpoint


def test_what_is_not_public_lives_under_a_launch_or_in_the_admin_area(app: Flask):
    """Only there does the cookie of the launch, or of the operator, arrive. No page is open to both."""
    closed = [rule for rule in rules(app) if rule.endpoint not in PUBLIC]
    assert closed
    for rule in closed:
        operators = access.decision(app.view_functions[rule.endpoint]) == access.OPERATORS
        assert rule.rule.startswith("/admin/" if operators else "/l/<launch_id>/"), rule.rule


def test_addresses_answer_to_get_and_post_only(app: Flask):
    """Everything else would go past the two rules below."""
    methods = set().union(*(rule.methods or () for rule in rules(app)))
    assert methods == {"GET", "HEAD", "OPTIONS", "POST"}


def test_an_address_without_a_mark_is_closed_to_everybody(app: Flask, moments: list[datetime]):
    def forgotten() -> str:
        return "served"

    app.add_url_rule("/l/<launch_id>/forgotten", "forgotten", forgotten)
    app.add_url_rule("/forgotten", "forgotten_outside", forgotten)
    app.add_url_rule("/admin/forgotten", "forgotten_by_operators", forgotten)
    for role in launching.ROLES:
        somebody = launching.launch(app, moments[-1], role, sub=role)
        assert somebody.get("forgotten").status_code == 403
        assert somebody.get("/forgotten").status_code == 404
    assert _operator(app, moments[-1]).get("forgotten").status_code == 404
    stranger = app.test_client()
    assert stranger.get("/l/x/forgotten", base_url=BASE).status_code == 403
    assert stranger.get("/forgotten", base_url=BASE).status_code == 404


@pytest.mark.parametrize("token", [None, "", "forged"])
def test_a_form_without_its_token_is_refused(app: Flask, moments: list[datetime], token: str | None):
    """COO-10, ATK-19: except what an LMS posts; that is refused for reasons of its own."""
    people = {role: launching.launch(app, moments[-1], role, sub=role) for role in ("learner", "instructor")}
    people["operator"] = _operator(app, moments[-1])
    posted = rules(app, "POST")
    assert len(posted) > len(PROTOCOL)
    for rule in posted:
        roles = access.decision(app.view_functions[rule.endpoint]) or {"learner"}
        somebody = people[next(role for role in ("learner", "instructor", "operator") if role in roles)]
        answer = somebody.client.post(
            _address(rule, somebody),
            data={} if token is None else {"csrf_token": token},
            headers={"Referer": f"{BASE}{somebody.root}/"},
            base_url=BASE,
        )
        refused_as_forged = answer.status_code == 400 and re.search(r">\s*400 csrf\s*<", answer.text)
        assert bool(refused_as_forged) == (rule.endpoint not in PROTOCOL), (rule.endpoint, answer.status_code)
        assert answer.status_code >= 400, rule.endpoint


def test_a_form_from_another_site_is_refused_even_with_its_token(app: Flask, moments: list[datetime]):
    """COO-10, ATK-19."""
    student = launching.launch(app, moments[-1])
    foreign = {"headers": {"Referer": "https://elsewhere.example/"}}
    assert student.post("language", {"language": "en"}, **foreign).status_code == 400
    assert student.post("language", {"language": "en"}).status_code == 200


def test_reading_is_known_for_every_address(app: Flask):
    assert {rule.endpoint for rule in rules(app, "GET")} == set(READ)


def test_reading_writes_nothing(app: Flask, moments: list[datetime]):
    """Whoever opens whatever: by its own reader with the right answer, by the others at least harmlessly."""
    people, ids = _lived_in(app, moments[-1])
    engine = app.extensions["lti_tool"].engine
    for endpoint, (reader, path, status) in READ.items():
        for role, somebody in people.items():
            with writes(engine) as seen:
                answer = somebody.get(path.format(**ids), follow=False)
                answer.close()
            assert seen == [], (endpoint, role)
            assert role != reader or answer.status_code == status, (endpoint, answer.status_code)
            assert answer.status_code < 500, (endpoint, role)


def test_reading_writes_nothing_when_time_is_over(app: Flask, moments: list[datetime]):
    """An attempt past its time is closed by the worker, not by whoever looks at it first."""
    people, ids = _lived_in(app, moments[-1])
    moments.append(moments[-1] + timedelta(hours=1))
    for path in (
        "quizzes/t102-quiz",
        "attempts/{running}",
        "attempts/{running}/1",
        "attempts/{running}/result",
    ):
        with writes(app.extensions["lti_tool"].engine) as seen:
            people["learner"].get(path.format(**ids))
        assert seen == [], path


def test_the_guard_sees_writes(app: Flask, moments: list[datetime]):
    """What the two tests above look for does show where something is written."""
    student = launching.launch(app, moments[-1])
    student.get("")
    with writes(app.extensions["lti_tool"].engine) as seen:
        student.post("lessons/t101-why/finish")
    assert any(statement.startswith("INSERT INTO lesson_read") for statement in seen)


@contextmanager
def writes(engine: Engine) -> Iterator[list[str]]:
    """The statements other than queries that are sent meanwhile, from whatever thread."""
    seen: list[str] = []

    def note(*about: object) -> None:
        statement = str(about[2]).lstrip()
        reads = statement.split()[0].upper() in {"SELECT", "PRAGMA"} or statement.upper() == "BEGIN"
        if not reads:  # BEGIN IMMEDIATE, which waits for SQLite's one writer, is no reading either
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _lived_in(app: Flask, now: datetime) -> tuple[dict[str, Launched], dict[str, int]]:
    """A course in use: a quiz passed, a file handed in, a timed attempt running; and three who may look at it."""
    course = app.extensions["lti_tool"].course
    student = launching.launch(app, now)
    done = pages.begin(student, "t101-quiz")
    pages.answer_all(student, course, "t101-quiz", done)
    student.post(f"attempts/{done}/submit")
    with_file = student.post("assignments/t101-assignment/files", {"file": (BytesIO(b"%PDF-1.7\n"), "a.pdf")})
    pages.hand_in(student, "t101-assignment")
    running = pages.begin(student, "t102-quiz")
    teacher = launching.launch(app, now, "instructor", sub="7")
    ids = {
        "done": done,
        "running": running,
        "upload": _number(r"/files/(\d+)\"", with_file.text),
        "submission": _number(r"/reviews/(\d+)\"", teacher.get("reviews").text),
        "person": _number(r"/class/(\d+)\"", teacher.get("class").text),
        "report": _number(r"/gradebook/(\d+)\"", teacher.get("gradebook").text),
    }
    observer = launching.launch(app, now, "observer", sub="8")
    people = {"learner": student, "instructor": teacher, "picker": _picker(app, now), "observer": observer}
    return {**people, "operator": _operator(app, now)}, ids


def _operator(app: Flask, now: datetime) -> Launched:
    """Somebody in the admin area."""
    operating.make_operator(app.extensions["lti_tool"].engine, now)
    return operating.log_in(app)


def _number(pattern: str, page: str) -> int:
    found = re.search(pattern, page)
    assert found, page
    return int(found[1])


def _picker(app: Flask, now: datetime) -> Launched:
    """A teacher whom the LMS has sent to choose activities."""
    browser = app.test_client()
    asked = launching.begin_login(browser)
    claims = tokens.deep_linking_claims(
        now, sub="9", nonce=asked["nonce"], deep_linking_settings=tokens.settings()
    )
    answer = launching.answer_login(browser, asked, claims)
    assert answer.status_code == 303, answer.text
    return Launched(browser, "/".join(answer.location.removeprefix(BASE).split("/")[:3]), "place")


def _address(rule: Rule, somebody: Launched) -> str:
    """An address of this rule in somebody's launch; what it names need not exist."""
    path = rule.rule.replace("/l/<launch_id>", somebody.root)
    return re.sub(r"<int:\w+>", "1", re.sub(r"<\w+>", "t101", path))
