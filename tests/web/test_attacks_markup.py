"""What others wrote is text wherever it is shown: claims, names, titles, work, file names, comments, answers."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from markupsafe import escape
from support import tokens
from support.launching import BASE, Launched, answer_login, begin_login
from support.markup import crawl, dangers
from support.pages import pass_quiz

from lti_tool.errors import RegistrationFailed
from lti_tool.lti.registration import PlatformConfiguration
from lti_tool.services import registration
from lti_tool.storage.db import transaction
from lti_tool.storage.scores import ScoreDelivery, ScoreReport

EVIL = """'"><img src=x onerror=alert(7)><script>alert(7)</script><a href="javascript:alert(7)">"""
EVIL_NAME = "'><img src=x onerror=alert(7)>.pdf"
"""Without the double quote, which browsers send as %22."""
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
ALL_3 = {"level-C08": "3", "level-C10": "3", "level-C17": "3"}

EVERY_CLAIM: dict[str, Any] = {
    "name": EVIL,
    "given_name": EVIL,
    "family_name": EVIL,
    "email": EVIL,
    "locale": EVIL,
    "picture": EVIL,
    "context": {"id": EVIL, "title": EVIL, "label": EVIL, "type": [EVIL]},
    "resource_link": {"id": EVIL, "title": EVIL, "description": EVIL},
    "custom": {"node": "course", "x": EVIL, EVIL: EVIL},
    "launch_presentation": {"locale": EVIL, "document_target": "window", "return_url": "javascript:alert(7)"},
    "tool_platform": {"guid": EVIL, "name": EVIL, "product_family_code": EVIL},
    "ext": {EVIL: EVIL},
    "lis": {"person_sourcedid": EVIL},
}
"""Claims in which a platform, or somebody who may type into it, can put words of their own."""


@pytest.fixture
def student(client_as) -> Launched:
    """Somebody whose every claim is an attack."""
    return client_as("learner", **EVERY_CLAIM)


@pytest.fixture
def teacher(client_as) -> Launched:
    """The teacher of the same course, attacking as well."""
    return client_as("instructor", sub="9", **EVERY_CLAIM)


def work_and_review(app: Flask, student: Launched, teacher: Launched) -> None:
    """The student passes a quiz and hands in; the teacher comments; the LMS answers with words of its own."""
    pass_quiz(student, app.extensions["lti_tool"].course, "t101-quiz")
    page = "assignments/t101-assignment"
    form = {"text": EVIL, "file": (BytesIO(PDF), EVIL_NAME)}
    assert student.post(f"{page}/submit", form, content_type="multipart/form-data").status_code == 200
    review = re.search(r"/(reviews/\d+)\"", teacher.get("reviews").text)
    assert review
    judged = {**ALL_3, "comment": EVIL, "outcome": "graded", "number": "1"}
    assert teacher.post(review[1], judged).status_code == 200
    with transaction(app.extensions["lti_tool"].engine) as session:
        for row in session.query(ScoreReport).all():
            session.add(
                ScoreDelivery(
                    report_id=row.id,
                    at=row.timestamp,
                    percent=row.percent,
                    timestamp=row.timestamp,
                    outcome="held",
                    status=403,
                    answer=EVIL,
                )
            )


def test_the_reader_of_these_tests_sees_what_would_run():
    found = dangers(EVIL + '<iframe srcdoc="x"></iframe><button formaction="JAVA\nSCRIPT:x">')
    assert found == ["img onerror", "script", "a href", "iframe", "button formaction"]
    assert dangers(str(escape(EVIL)) + '<script type="module" src="/static/height.js"></script>') == []


def test_nothing_that_somebody_wrote_runs_on_any_page(app: Flask, student: Launched, teacher: Launched):
    """ATK-14, CLM-12: claims, text, file name, comment and the LMS's answer, on all pages of both."""
    work_and_review(app, student, teacher)
    shown = {}
    for somebody, least in ((student, 12), (teacher, 16)):
        pages = crawl(somebody)
        assert len(pages) >= least, sorted(pages)
        for path, html in pages.items():
            assert dangers(html) == [], path
        shown |= {path: html for path, html in pages.items() if str(escape(EVIL)) in html}
    for page in ("class", "class/", "reviews/", "gradebook", "n/t101-assignment"):
        assert [path for path in shown if path.rstrip("0123456789") == page], (page, sorted(shown))


def test_a_file_name_is_shown_as_text_and_sent_without_breaking_out(student: Launched):
    """ATK-14, ATK-15: on the page, and in the header of the download."""
    form = {"text": "x", "file": (BytesIO(PDF), EVIL_NAME)}
    page = student.post("assignments/t101-assignment/submit", form, content_type="multipart/form-data").text
    assert str(escape(EVIL_NAME)) in page
    number = re.search(r"/files/(\d+)\"", page)
    assert number
    answer = student.get(f"files/{number[1]}")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(7)</script></svg>'),
        ("page.html", b"<!doctype html><script>alert(7)</script>"),
        ("page.pdf", b"<!doctype html><script>alert(7)</script>"),
        ("page.html.pdf", b"<svg onload=alert(7)>"),
        ("../../page.pdf", b"<html>"),
        ("page.pdf\0.html", PDF),
        (".htaccess", PDF),
    ],
)
def test_what_a_browser_would_run_is_not_taken(student: Launched, name: str, content: bytes):
    """ATK-14, ATK-15: neither by its name nor under a false one."""
    form = {"text": "x", "file": (BytesIO(content), name)}
    page = student.post("assignments/t101-assignment/files", form, content_type="multipart/form-data")
    assert page.status_code == 409
    assert "/files/" not in page.text.replace("/t101-assignment/files", "")
    assert dangers(page.text) == []


@pytest.mark.parametrize("name", ["iss", "client_id", "login_hint", "target_link_uri", "lti_message_hint"])
def test_parameters_of_a_login_come_back_as_text(app: Flask, name: str):
    """ATK-11: whether it is refused or goes on."""
    values = {"iss": tokens.ISSUER, "login_hint": "5", "target_link_uri": tokens.TARGET, name: EVIL}
    answer = app.test_client().post("/lti/login", data=values, base_url=BASE)
    assert "<script>alert(7)" not in answer.text
    assert answer.status_code == 302 or dangers(answer.text) == []
    assert "<" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("name", ["state", "id_token", "error", "error_description", "error_uri"])
def test_parameters_of_an_answer_come_back_as_text(app: Flask, name: str):
    """ATK-11: with and without a state of ours."""
    browser = app.test_client()
    for state in (begin_login(browser)["state"], "foreign"):
        values = {
            "state": state,
            "id_token": "x.y.z",
            **({"error": "x"} if "error_" in name else {}),
            name: EVIL,
        }
        answer = browser.post("/lti/launch", data=values, base_url=BASE)
        assert 400 <= answer.status_code < 500
        assert dangers(answer.text) == []


@pytest.mark.parametrize("name", ["lti_msg", "lti_errormsg", "note", "back"])
def test_parameters_of_a_page_come_back_as_text(student: Launched, name: str):
    """ATK-11."""
    for page in ("", "grades", "assignments/t101-assignment", "nothing-here"):
        answer = student.get(page, query_string={name: EVIL})
        assert "alert(7)" not in answer.text.replace(str(escape(EVIL)), "")
        assert dangers(answer.text) == []


def test_a_node_that_is_markup_is_told_as_text(app: Flask, now):
    """ATK-11, DL-27: what a teacher typed into the link's custom parameters."""
    browser = app.test_client()
    answer = answer_login(browser, begin_login(browser), tokens.claims(now, custom={"node": EVIL}))
    assert answer.status_code == 404
    assert dangers(answer.text) == []


def test_what_an_lms_says_while_it_is_connected_is_text(app: Flask, now, monkeypatch):
    """DR-16, ATK-11: its name on the page of approval, its refusal on the page of the failure."""
    with transaction(app.extensions["lti_tool"].engine) as session:
        asked = {"invite": registration.invite(session, now), "openid_configuration": "https://lms.example/c"}
    told = PlatformConfiguration(EVIL, "", "", "", "", "", None, None, EVIL)
    monkeypatch.setattr(registration, "look", lambda *_args: told)
    page = app.test_client().get("/lti/register", query_string=asked, base_url=BASE)
    assert (page.status_code, dangers(page.text)) == (200, [])
    assert str(escape(EVIL)) in page.text

    def refuse(*_args: object) -> None:
        raise RegistrationFailed(EVIL)

    monkeypatch.setattr(registration, "look", refuse)
    page = app.test_client().post("/lti/register", query_string=asked, base_url=BASE)
    assert (page.status_code, dangers(page.text)) == (RegistrationFailed.status, [])
    assert str(escape(EVIL)) in page.text


def test_a_way_back_that_is_a_script_is_no_link(student: Launched):
    """CLM-25, ATK-14: return_url of the claims above, in a window of its own, where the link would be."""
    assert "alert(7)" not in student.get("").text.replace(str(escape(EVIL)), "")
