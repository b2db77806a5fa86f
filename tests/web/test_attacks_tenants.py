"""The same numbers and names elsewhere open nothing: other LMSs, deployments, courses, classmates."""

import re
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from flask import Flask
from support import tokens
from support.launching import BASE, ROLES, Launched, answer_login, begin_login
from support.pages import begin, pass_quiz

from lti_tool.services import registration
from lti_tool.storage.db import transaction
from lti_tool.storage.platforms import Deployment, Platform

OTHER_ISSUER = "https://moodle.other.example"
TENANTS = {
    "another deployment": (tokens.ISSUER, tokens.CLIENT_ID, "2"),
    "another client": (tokens.ISSUER, "other-client", tokens.DEPLOYMENT_ID),
    "another issuer": (OTHER_ISSUER, tokens.CLIENT_ID, tokens.DEPLOYMENT_ID),
}
"""All with the same people, courses and links as the first."""


def arrive(app: Flask, now, tenant: str, role: str = "learner", **claims) -> Launched:
    """Launch as in `client_as`, but from another tenant."""
    issuer, client_id, deployment_id = TENANTS[tenant]
    browser = app.test_client()
    asked = begin_login(browser, iss=issuer, client_id=client_id, lti_deployment_id=deployment_id)
    message = {
        "iss": issuer,
        "aud": client_id,
        "azp": tokens.ABSENT,
        "deployment_id": deployment_id,
        "sub": "5",
        "name": "別人",
        "roles": ROLES[role],
        "custom": {},
        "context": {"id": "2", "title": "ライブコマース"},
        "resource_link": {"id": "link-2-course"},
        **claims,
    }
    answer = answer_login(browser, asked, tokens.claims(now, **message))
    assert answer.status_code == 303, answer.text
    page = urlsplit(answer.location).path
    return Launched(browser, "/".join(page.split("/")[:3]), page)


@pytest.fixture
def tenants(app: Flask, now) -> None:
    """Besides the platform of `client_as`: the other three."""
    with transaction(app.extensions["lti_tool"].engine) as session:
        for issuer, client_id in ((tokens.ISSUER, "other-client"), (OTHER_ISSUER, tokens.CLIENT_ID)):
            wanted = tokens.registration(issuer=issuer, client_id=client_id)
            registration.enter(session, wanted, "", tokens.DEPLOYMENT_ID, now)
        first = session.query(Platform).filter_by(issuer=tokens.ISSUER, client_id=tokens.CLIENT_ID).one()
        session.add(Deployment(platform=first, deployment_id="2", created_at=now, approved_at=now))


@pytest.fixture
def known(app: Flask, client_as) -> dict[str, str]:
    """A student of the first tenant has done all that can be done; the addresses of it."""
    student = client_as("learner")
    pass_quiz(student, app.extensions["lti_tool"].course, "t101-quiz")
    form = {"text": "秘密の下書き", "file": (BytesIO(b"%PDF-1.7\n"), "私の記録.pdf")}
    page = student.post("assignments/t101-assignment/submit", form, content_type="multipart/form-data").text
    running = begin(student, "t102-quiz")
    teacher = client_as("instructor", sub="9")
    return {
        "file": f"files/{_number('files', page)}",
        "done": f"attempts/{_number('attempts', student.get('quizzes/t101-quiz').text)}/result",
        "running": f"attempts/{running}",
        "question": f"attempts/{running}/1",
        "review": f"reviews/{_number('reviews', teacher.get('reviews').text)}",
        "person": f"class/{_number('class', teacher.get('class').text)}",
    }


def _number(kind: str, page: str) -> str:
    found = re.search(rf"/{kind}/(\d+)[/\"]", page)
    assert found, page
    return found[1]


@pytest.mark.parametrize("tenant", TENANTS)
def test_the_same_ids_of_another_tenant_see_nothing(app: Flask, now, tenants, known, tenant: str):
    """ATK-04, CLM-06, CLM-13, CLM-27, ATK-20: person, course and link have the ids of the first tenant."""
    student = arrive(app, now, tenant)
    for kind in ("file", "done", "running", "question"):
        assert student.get(known[kind]).status_code == 404, kind
    assert "100%" not in student.get("grades").text
    assert "秘密の下書き" not in student.get("assignments/t101-assignment").text
    teacher = arrive(app, now, tenant, "instructor", sub="9")
    for kind in ("file", "review", "person"):
        assert teacher.get(known[kind]).status_code == 404, kind
    for page in ("class", "reviews", "gradebook"):
        assert "山田 花子" not in teacher.get(page).text, page
    assert "別人" in teacher.get("class").text


def test_numbers_in_addresses_open_no_classmates_work(client_as, known):
    """ATK-20, ATK-12: read or written."""
    classmate = client_as("learner", sub="6", name="他の学生")
    for kind in ("file", "done", "running", "question"):
        assert classmate.get(known[kind]).status_code == 404, kind
    for kind in ("review", "person"):
        assert classmate.get(known[kind]).status_code == 403, kind
    assert classmate.post(known["question"], {"pick": "0"}).status_code == 404
    assert classmate.post(f"{known['running']}/submit").status_code == 404
    number = known["file"].partition("/")[2]
    assert classmate.post(f"assignments/t101-assignment/files/{number}/remove").status_code == 404
    student = client_as("learner")
    assert student.get(known["running"]).status_code == 200, "not handed in by somebody else"
    assert student.get(known["file"]).status_code == 200


def test_a_teacher_of_another_course_sees_nothing_of_this_one(client_as, known):
    """ATK-20, ROL-11: rights in one course are none in another."""
    neighbour = client_as("instructor", sub="9", context_id="3")
    for kind in ("file", "review", "person"):
        assert neighbour.get(known[kind]).status_code == 404, kind
    judged = {"outcome": "returned", "comment": "x", "number": "1"}
    assert neighbour.post(known["review"], judged).status_code == 404
    granted = neighbour.post(f"{known['person']}/grants", {"quiz": "t101-quiz", "reason": "x"})
    assert granted.status_code == 404


def test_a_copied_link_has_the_content_and_not_the_people(client_as, known):
    """CPY-02: another course, another link, the same custom parameters - even for the same person."""
    student = client_as("learner", node="t101-quiz", context_id="copy")
    assert student.first_page.endswith("t101-quiz")
    page = student.get("n/t101-quiz").text
    assert "100%" not in page
    assert student.get(known["done"]).status_code == 404
    assert begin(student, "t101-quiz") > 0, "a fresh attempt, though the other course's has just been passed"
    teacher = client_as("instructor", sub="9", context_id="copy")
    assert "100%" not in teacher.get("gradebook").text
    assert "採点を待つ提出物はありません" in teacher.get("reviews").text


def test_an_lms_that_is_switched_off_lets_nobody_in(app: Flask, now, client_as):
    """LOG-23, ATK-09: not by a new login, not by one begun before, not by an open page."""
    student = client_as("learner")
    browser = app.test_client()
    asked = begin_login(browser)
    with transaction(app.extensions["lti_tool"].engine) as session:
        registration.disable(session, session.query(Platform).one().id, now)
    login = {"iss": tokens.ISSUER, "login_hint": "5", "target_link_uri": tokens.TARGET}
    refused = app.test_client().get("/lti/login", query_string=login, base_url=BASE)
    assert (refused.status_code, refused.headers.get("Location")) == (403, None)
    assert answer_login(browser, asked, tokens.claims(now, custom={})).status_code == 403
    assert student.get("").status_code == 403
