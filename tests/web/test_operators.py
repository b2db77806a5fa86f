"""The admin area's door: name and password, a cookie of its own, sessions that end."""

import re

import pytest
from support import operating
from support.launching import BASE
from support.operating import PASSWORD, cookie, log_in, try_login, visitor

from lti_tool.services import operators
from lti_tool.storage.audit import AuditEntry
from lti_tool.storage.db import transaction


@pytest.fixture(autouse=True)
def anna(engine, app, now) -> None:
    """An operator."""
    operating.make_operator(engine, now)


def test_an_operator_logs_in_and_out(app):
    browser = log_in(app)
    page = browser.get("")
    assert page.status_code == 200
    assert "監査ログ" in page.text
    assert browser.post("logout", follow=False).location == "/admin/login"
    assert browser.get("", follow=False).location.startswith("/admin/login?next=")


def test_the_page_is_in_the_language_of_the_browser(app):
    page = visitor(app).client.get("/admin/login", base_url=BASE, headers={"Accept-Language": "en"})
    assert "For those who run this tool." in page.text


def test_a_wrong_password_is_told_without_saying_what_was_wrong(app, engine):
    browser = visitor(app)
    answers = [try_login(browser, "anna", "wrong"), try_login(browser, "nobody", PASSWORD)]
    assert [answer.status_code for answer in answers] == [401, 401]
    texts = [re.sub(r'value="[^"]*"', "", answer.text) for answer in answers]
    assert texts[0] == texts[1]
    assert "正しくありません" in texts[0]
    with transaction(engine) as session:
        assert session.query(AuditEntry).filter_by(action="login-failed").count() == 1


def test_a_login_leads_to_the_page_that_was_asked_for(app):
    browser = visitor(app)
    asked = browser.get("audit/?action=login", follow=False)
    assert asked.status_code == 302
    assert asked.location == "/admin/login?next=%2Fadmin%2Faudit%2F%3Faction%3Dlogin"
    form = browser.get(asked.location).text
    assert 'name="next" value="/admin/audit/?action=login"' in form
    assert try_login(browser, wanted="/admin/audit/?action=login").location == "/admin/audit/?action=login"


def test_the_cookie_is_for_the_admin_area_only(app):
    answer = try_login(visitor(app))
    (header,) = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("lti_operator=")]
    parts = {part.strip() for part in header.split(";")[1:]}
    assert {"Secure", "HttpOnly", "Path=/admin", "SameSite=Strict"} <= parts
    assert not {part for part in parts if part.startswith(("Domain", "Max-Age", "Expires"))}


def test_a_session_ends_when_nothing_is_done_in_it(app, clock):
    """ATK-24."""
    browser = log_in(app)
    for _ in range(3):
        clock.forward(minutes=29)
        assert browser.get("audit/", follow=False).status_code == 200
    clock.forward(minutes=30)
    assert browser.get("audit/", follow=False).status_code == 302


def test_a_session_ends_after_twelve_hours_whatever_is_done(app, clock):
    """ATK-24."""
    browser = log_in(app)
    for _ in range(25):
        clock.forward(minutes=28)
        browser.get("audit/")
    assert browser.get("audit/", follow=False).status_code == 200
    clock.forward(minutes=20)
    assert browser.get("audit/", follow=False).status_code == 302


def test_another_password_ends_the_session(app, engine, now):
    """ATK-24."""
    browser = log_in(app)
    browser.get("audit/")
    with transaction(engine) as session:
        operators.set_password(session, "anna", PASSWORD + "!", now)
    assert browser.get("audit/", follow=False).status_code == 302
    answer = browser.post("logout", follow=False)
    assert answer.status_code == 403
    assert "ログインの有効期限" in answer.text
    assert try_login(visitor(app)).status_code == 401


def test_an_old_cookie_is_worth_nothing_after_logging_out(app):
    """ATK-24: the server forgets it too."""
    browser = log_in(app)
    kept = cookie(browser)
    browser.post("logout")
    thief = visitor(app)
    thief.client.set_cookie("lti_operator", kept, domain="tool.example", path="/admin")
    assert thief.get("audit/", follow=False).status_code == 302


def test_the_log_is_shown_searched_and_saved(app):
    """ATK-25."""
    browser = log_in(app)
    page = browser.get("audit/").text
    assert "command line" in page
    assert "運用担当者を作成" in page
    assert "運用担当者を作成</td>" not in browser.get("audit/?action=login").text
    assert "該当する記録はありません" in browser.get("audit/?who=nobody").text
    assert "該当する記録はありません" in browser.get("audit/?since=2999-01-01").text
    file = browser.get("audit/export.csv?action=operator-created")
    assert file.mimetype == "text/csv"
    assert file.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert file.text.splitlines() == [
        "number,time,who,action,what",
        file.text.splitlines()[1],
    ]
    assert file.text.endswith(",command line,operator-created,operator anna\r\n")


@pytest.mark.parametrize(
    "query",
    ["action=x", "since=x", "since=2026-13-40", "before=x", "before=-1", "before=99999999999", "who=%00"],
)
def test_a_filter_that_makes_no_sense_is_no_fault(app, query):
    assert log_in(app).get(f"audit/?{query}").status_code == 200


def test_the_log_is_turned_page_by_page(app, engine, now):
    with transaction(engine) as session:
        for number in range(60):
            session.add(
                AuditEntry(at=now, who="command line", action="key-rotated", what=f"key k{number:02}-")
            )
    browser = log_in(app)
    first = browser.get("audit/?action=key-rotated").text
    assert "key k59-" in first
    assert "key k09-" not in first
    older = first.partition("before=")[2].partition('"')[0]
    second = browser.get(f"audit/?action=key-rotated&before={older}").text
    assert "key k09-" in second
    assert "before=" not in second
