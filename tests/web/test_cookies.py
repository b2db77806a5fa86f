"""The launch and its cookies in browsers that keep them, keep some, or keep none."""

import re
import secrets
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from support import launching, tokens
from support.launching import BASE, answer_login, begin_login

from lti_tool.app import create_app
from lti_tool.config import load
from lti_tool.storage.db import Engine, transaction
from lti_tool.storage.platforms import Platform
from lti_tool.web.current import Parts

TINY = Path(__file__).parent.parent / "courses" / "tiny"


def page_without_cookie(app: Flask, now: datetime, **login: str) -> tuple[str, dict[str, str]]:
    """What a browser sees that kept nothing of its login, and the login's authentication request."""
    asked = begin_login(app.test_client(), **login)
    answer = answer_login(app.test_client(), asked, tokens.claims(now))
    assert answer.status_code == 401
    return answer.text, asked


def way_on(page: str) -> str | None:
    """The address behind the page's first button; the second one leads to the doctor."""
    found = re.search(r'class="btn btn-primary" href="([^"]+)" target="_blank"', page)
    return found[1].replace("&amp;", "&") if found else None


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_login_begins_by_get_and_by_post_alike(app: Flask, method: str):
    """LOG-01, LOG-02."""
    values = {"iss": tokens.ISSUER, "login_hint": "5", "target_link_uri": tokens.TARGET}
    place = "query_string" if method == "GET" else "data"
    answer = app.test_client().open("/lti/login", method=method, base_url=BASE, **{place: values})
    assert answer.status_code == 302
    assert answer.location.startswith(f"{tokens.ISSUER}/mod/lti/auth.php?")


def test_a_browser_without_cookies_is_offered_a_window_of_its_own(app: Flask, now: datetime):
    """COO-03, COO-04, COO-06: login and launch then happen in one and the same cookie jar."""
    page, _asked = page_without_cookie(app, now)
    window = app.test_client()
    begun = window.get(way_on(page), base_url=BASE)
    asked = {name: found[0] for name, found in parse_qs(urlsplit(begun.location).query).items()}
    assert asked["login_hint"] == "5"
    assert answer_login(window, asked, tokens.claims(now, custom={})).status_code == 303


def test_moodle_opens_the_activity_anew_because_its_hint_is_spent(app: Flask, engine: Engine, now: datetime):
    """COO-04: a message hint of Moodle is good for one login only."""
    with transaction(engine) as session:
        session.scalars(select(Platform)).one().product_family = "moodle"
    page, _asked = page_without_cookie(app, now)
    assert way_on(page) == f"{tokens.ISSUER}/mod/lti/launch.php?id=1"


@pytest.mark.parametrize("hint", ["not json", "[]", '{"cmid": "1?evil"}', ""])
def test_an_odd_hint_of_moodle_is_not_put_into_an_address(
    app: Flask, engine: Engine, now: datetime, hint: str
):
    """COO-05."""
    with transaction(engine) as session:
        session.scalars(select(Platform)).one().product_family = "moodle"
    page, _asked = page_without_cookie(app, now, lti_message_hint=hint)
    assert way_on(page).startswith(f"{BASE}/lti/login?")


def test_the_way_on_is_only_what_we_signed(app: Flask, now: datetime):
    """COO-05, ATK-02: a made-up state leads nowhere."""
    for state in ("x.https://evil.example", "x." + "A" * 40, "no-dot", "."):
        answer = app.test_client().post("/lti/launch", data={"state": state, "id_token": "x"}, base_url=BASE)
        assert answer.status_code == 401
        assert "evil" not in answer.text
        assert way_on(answer.text) is None


def test_a_very_long_hint_leaves_the_state_short(app: Flask, now: datetime):
    page, asked = page_without_cookie(app, now, lti_message_hint=secrets.token_hex(1500))
    assert len(asked["state"]) < 100
    assert way_on(page) is None


def test_no_launch_opens_without_a_cookie_whatever_the_address_holds(app: Flask, client_as):
    """COO-07: nothing in an address stands for the session, so that no Referer can leak one."""
    launched = client_as("learner")
    assert app.test_client().get(launched.first_page, base_url=BASE).status_code == 403
    assert launched.get().headers["Referrer-Policy"] == "same-origin"


def test_after_one_launch_the_answer_is_no_good_without_its_cookie(app: Flask, now: datetime):
    """STA-08: not even in the browser that used it."""
    client = app.test_client()
    asked = begin_login(client)
    claims = tokens.claims(now, custom={})
    assert answer_login(client, asked, claims).status_code == 303
    assert answer_login(client, asked, claims).status_code == 401


def test_reloading_the_page_after_a_launch_is_no_second_launch(client_as):
    """STA-17: the launch ends in a redirect to a page that is only read."""
    launched = client_as("learner", node="t101-quiz")
    assert launched.get(launched.first_page).status_code == 200
    assert launched.get(launched.first_page).status_code == 200


def test_a_login_begun_in_one_process_ends_in_another(
    app: Flask, engine: Engine, tmp_path: Path, now: datetime
):
    """STA-10: what processes share is the database and the secret, nothing else."""
    settings = load({}, base_url=BASE, data=str(tmp_path), content=str(TINY), secret_key="test")
    other = create_app(settings, engine=engine, clock=lambda: now)
    other.testing = True
    parts: Parts = other.extensions["lti_tool"]
    parts.key_sets.preload(tokens.JWKS_URL, tokens.jwks())
    here = app.test_client()
    asked = begin_login(here)
    there = other.test_client()
    name = next(cookie.key for cookie in here._cookies.values() if cookie.key.startswith("lti_"))
    cookie = here.get_cookie(name, domain="tool.example", path="/lti/launch")
    there.set_cookie(name, cookie.value, domain="tool.example", path="/lti/launch")
    assert answer_login(there, asked, tokens.claims(now, custom={})).status_code == 303


def test_two_logins_in_two_tabs_both_end_well(app: Flask, now: datetime):
    """LOG-18."""
    client = app.test_client()
    first, second = begin_login(client), begin_login(client)
    for asked in (first, second):
        assert answer_login(client, asked, tokens.claims(now, custom={})).status_code == 303


def test_two_links_of_a_course_are_two_activities(client_as):
    """CLM-13."""
    home = client_as("learner", node=None)
    quiz = client_as("learner", node="t101-quiz")
    assert (home.first_page, quiz.first_page) != (home.root, quiz.root)
    assert home.first_page.removeprefix(home.root) != quiz.first_page.removeprefix(quiz.root)


def test_every_form_needs_its_token(client_as):
    """COO-10, ATK-19: cookies are SameSite=None, so a foreign page could send our forms."""
    launched = client_as("learner")
    launched.get()
    launched.token = "of-another-page"
    assert launched.post("quizzes/t101-quiz/attempts").status_code == 400
    assert launched.post("language", {"language": "en"}).status_code == 400


def test_only_pages_of_a_launch_may_be_framed(app: Flask):
    """COO-09."""
    for path in ("/healthz", "/metrics", "/nothing-here"):
        policy = app.test_client().get(path, base_url=BASE).headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy


def test_a_spoofed_host_changes_no_address_of_ours(app: Flask):
    """ATK-23: addresses come from the settings."""
    values = {"iss": tokens.ISSUER, "login_hint": "5", "target_link_uri": tokens.TARGET}
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    answer = app.test_client().get(
        "/lti/login", query_string=values, base_url="https://evil.example", headers=headers
    )
    asked = parse_qs(urlsplit(answer.location).query)
    assert asked["redirect_uri"] == [f"{launching.BASE}/lti/launch"]
    assert "Secure" in answer.headers["Set-Cookie"]
