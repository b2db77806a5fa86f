"""Attacks on the admin area: nobody gets in, and nobody uses an operator's browser against them."""

import re

import pytest
from support import operating
from support.launching import BASE, Launched
from support.operating import PASSWORD, cookie, log_in, try_login, visitor

from lti_tool.storage.db import transaction
from lti_tool.storage.operators import OperatorSession
from lti_tool.web import access


@pytest.fixture(autouse=True)
def anna(engine, app, now) -> None:
    """An operator."""
    operating.make_operator(engine, now)


def admin_addresses(app, method: str) -> list[str]:
    """Every address of the admin area that answers to a method; what they name need not exist."""
    found = [
        re.sub(r"<[^>]+>", "1", rule.rule)
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and rule.rule.startswith("/admin")
        if access.decision(app.view_functions[rule.endpoint]) is not None
    ]
    assert found
    return found


def assert_closed(app, browser: Launched) -> None:
    """No page of the admin area is served, no form is taken."""
    for path in admin_addresses(app, "GET"):
        answer = browser.get(path, follow=False)
        assert answer.status_code == 302, path
        assert answer.location.startswith("/admin/login?next="), path
    for path in admin_addresses(app, "POST"):
        assert browser.post(path, follow=False).status_code in {400, 403}, path


def test_nobody_without_a_session_sees_or_does_anything(app):
    assert_closed(app, visitor(app))


@pytest.mark.parametrize("role", ["instructor", "admin", "learner"])
def test_a_launch_gives_nobody_the_admin_area(app, client_as, role):
    """ATK-10, ATK-13: not even the LMS's own administrator, called like an operator."""
    launched = client_as(role, sub="anna", name="anna", email="anna@tool.example")
    assert_closed(app, launched)
    assert_closed(app, Launched(launched.client, "/admin", ""))


def test_the_cookie_of_a_launch_is_no_cookie_of_an_operator(app, client_as):
    launched = client_as("admin")
    kept = launched.client.get_cookie("lti_launch", domain="tool.example", path=launched.root)
    assert kept
    launched.client.set_cookie("lti_operator", kept.value, domain="tool.example", path="/admin")
    assert_closed(app, Launched(launched.client, "/admin", ""))


def test_the_cookie_of_an_operator_opens_no_launch(app, client_as):
    launched = client_as("learner")
    operator = log_in(app)
    operator.client.set_cookie("lti_launch", cookie(operator), domain="tool.example", path=launched.root)
    assert operator.get(launched.root + "/", follow=False).status_code == 403


@pytest.mark.parametrize("forged", ["", "x", "e30.x.y", "eyJzZWNyZXQiOiIxIn0.aaaa.bbbb"])
def test_a_forged_cookie_opens_nothing(app, forged):
    browser = visitor(app)
    browser.client.set_cookie("lti_operator", forged, domain="tool.example", path="/admin")
    assert_closed(app, browser)


def test_a_planted_session_is_not_the_one_that_is_logged_in(app):
    """Fixation: the attacker's cookie in the operator's browser is worth nothing after the login."""
    attacker = visitor(app)
    attacker.get("login")
    planted = cookie(attacker)
    assert planted
    victim = visitor(app)
    victim.client.set_cookie("lti_operator", planted, domain="tool.example", path="/admin")
    assert try_login(victim).status_code == 303
    assert cookie(victim) != planted
    assert_closed(app, attacker)
    assert attacker.token
    victim.token = attacker.token
    victim_form = victim.client.post(
        "/admin/logout",
        data={"csrf_token": attacker.token},
        headers={"Referer": f"{BASE}/admin/"},
        base_url=BASE,
    )
    assert victim_form.status_code == 400, "the form token of before the login is worth nothing either"


def test_a_login_is_not_forged_from_another_site(app, engine):
    """Login CSRF: nobody is logged in to an attacker's account without knowing."""
    browser = visitor(app)
    data = {"name": "anna", "password": PASSWORD}
    assert browser.client.post("/admin/login", data=data, base_url=BASE).status_code == 400
    browser.get("login")
    data["csrf_token"] = browser.token
    foreign = {"Referer": "https://evil.example/"}
    assert browser.client.post("/admin/login", data=data, base_url=BASE, headers=foreign).status_code == 400
    with transaction(engine) as session:
        assert session.query(OperatorSession).count() == 0


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/admin//evil.example/../..",
        "/admin/../../evil",
        "/admin/\r\nLocation: https://evil.example",
        "/admin@evil.example",
        "/adminevil",
        "javascript:alert(1)",
        "/l/x/",
        "/admin/audit/#x",
        "/admin/%2F%2Fevil.example",
    ],
)
def test_a_login_leads_nowhere_else(app, wanted):
    """Open redirect."""
    answer = try_login(visitor(app), wanted=wanted)
    assert answer.status_code == 303
    assert answer.location == "/admin/" or re.fullmatch(r"/admin/[a-z/.]*", answer.location)
    assert ".." not in answer.location
    assert answer.headers.getlist("Location") == [answer.location]


def test_no_page_of_the_admin_area_can_be_framed_or_kept(app):
    """ATK-16: not even by an LMS."""
    browser = log_in(app)
    pages = [browser.get(path, follow=False) for path in admin_addresses(app, "GET")]
    pages.append(visitor(app).get("login"))
    pages.append(browser.client.post("/admin/logout", base_url=BASE))
    for page in pages:
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Cache-Control"] == "private, no-store" or page.status_code >= 400
        assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_guessing_is_slowed_down_by_address(app):
    """From one address a few tries a minute, whatever the name."""
    browser = visitor(app)
    codes = [try_login(browser, f"name{number}", "guess").status_code for number in range(11)]
    assert codes == [401] * 10 + [429]
    assert try_login(browser).status_code == 429


@pytest.mark.parametrize("text", ["\x00", "a" * 100_000, "\ud83d\ude00" * 100, "' OR 1=1 --"])
def test_odd_names_and_passwords_are_wrong_ones(app, text):
    text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    assert try_login(visitor(app), text, PASSWORD).status_code == 401
    assert try_login(visitor(app), "anna", text).status_code == 401


def test_guessing_is_slowed_down_by_name(app):
    """From many addresses a few tries an hour on one name, however it is written."""
    codes = []
    for number in range(21):
        browser = visitor(app)
        browser.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        codes.append(try_login(browser, ("anna", " ANNA ")[number % 2], "guess").status_code)
    assert codes == [401] * 20 + [429]
    assert "試行が多すぎ" in try_login(browser).text


def test_what_is_typed_comes_back_as_text(app):
    """ATK-11."""
    evil = '"><script>alert(7)</script>'
    browser = visitor(app)
    assert "<script>alert" not in try_login(browser, evil, "x", wanted=evil).text
    assert "<script>alert" not in browser.get(f"login?next={evil}").text
    page = log_in(app).get(f"audit/?who={evil}&since={evil}&action={evil}").text
    assert "<script>alert" not in page
