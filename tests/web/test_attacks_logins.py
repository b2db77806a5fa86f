"""Attacks on the way in: floods, forged answers beside a true one, fixed sessions, and what logs keep of it."""

import logging
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from sqlalchemy import func, select
from structlog.testing import capture_logs
from support import tokens
from support.launching import BASE, Launched, answer_login, begin_login

from lti_tool.storage.db import Base, Engine, transaction

PER_MINUTE = 600
LOGIN = {"iss": tokens.ISSUER, "login_hint": "5", "target_link_uri": tokens.TARGET}


def rows(engine: Engine) -> int:
    """How many rows there are in all tables together."""
    with transaction(engine) as session:
        counts = (
            session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables
        )
        return sum(count or 0 for count in counts)


def test_a_flood_of_logins_leaves_nothing_and_is_stopped(app: Flask, clock):
    """LOG-21, LOG-03, LOG-06, ATK-08: of known and unknown LMSs; a login lives in the cookie of its browser."""
    engine = app.extensions["lti_tool"].engine
    before = rows(engine)
    browser = app.test_client(use_cookies=False)
    asked = [LOGIN, {**LOGIN, "iss": "https://unknown.example"}, {}]
    statuses = [
        browser.get("/lti/login", query_string=asked[number % 3], base_url=BASE).status_code
        for number in range(PER_MINUTE + 3)
    ]
    assert statuses[:3] == [302, 403, 400]
    assert set(statuses[:PER_MINUTE]) == {302, 403, 400}
    assert statuses[PER_MINUTE:] == [429] * 3
    assert rows(engine) == before


def test_forged_answers_use_up_nothing_and_leave_nothing(app: Flask, now):
    """STA-11, ATK-06, ATK-08: whoever knows state and nonce still needs the key of the LMS."""
    engine, browser = app.extensions["lti_tool"].engine, app.test_client()
    before = rows(engine)
    asked = begin_login(browser)
    claims = tokens.claims(now, custom={})
    forger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for token in (
        tokens.sign({**claims, "nonce": asked["nonce"]}, key=forger),
        tokens.sign({**claims, "nonce": asked["nonce"]}, alg="none", key=""),
        tokens.sign({**claims, "nonce": "of another login"}),
    ):
        answer = browser.post("/lti/launch", data={"id_token": token, "state": asked["state"]}, base_url=BASE)
        assert answer.status_code in {400, 401}
    assert rows(engine) == before
    assert answer_login(browser, asked, claims).status_code == 303


def test_an_error_with_a_foreign_state_disturbs_no_login_under_way(app: Flask, now):
    """STA-13: nor does one without any."""
    browser = app.test_client()
    asked = begin_login(browser)
    foreign = begin_login(app.test_client())["state"]
    for state in ({"state": foreign}, {"state": "x"}, {}):
        answer = browser.post("/lti/launch", data={"error": "access_denied", **state}, base_url=BASE)
        assert answer.status_code == 401
    assert answer_login(browser, asked, tokens.claims(now, custom={})).status_code == 303


def test_a_session_planted_in_the_browser_is_not_taken_up(app: Flask, client_as, now):
    """STA-16: every launch opens a session of its own, whatever cookie the browser came with."""
    attacker = client_as("learner", sub="6")
    planted = attacker.client.get_cookie("lti_launch", domain="tool.example", path=attacker.root)
    assert planted is not None
    browser = app.test_client()
    browser.set_cookie("lti_launch", planted.value, domain="tool.example", path="/")
    answer = answer_login(browser, begin_login(browser), tokens.claims(now, custom={}))
    root = "/".join(urlsplit(answer.location).path.split("/")[:3])
    assert root != attacker.root
    assert planted.value not in str(answer.headers)
    assert Launched(attacker.client, root, "").get("").status_code == 403


def test_the_cookie_of_a_launch_is_fit_for_frames_and_for_its_own_pages_only(app: Flask, now):
    """COO-01, COO-02, STA-16."""
    browser = app.test_client()
    answer = answer_login(browser, begin_login(browser), tokens.claims(now, custom={}))
    root = "/".join(urlsplit(answer.location).path.split("/")[:3])
    (cookie,) = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("lti_launch=")]
    for part in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", f"Path={root}"):
        assert part in cookie


@pytest.fixture
def logged(capfd, caplog):
    """All that was logged and printed so far, as one text."""
    caplog.set_level(logging.DEBUG)
    with capture_logs() as events:
        yield lambda: "".join(capfd.readouterr()) + caplog.text + repr(events)


def test_logs_addresses_and_error_pages_hold_no_secret_and_no_person(app: Flask, now, logged):
    """ATK-22, OAU-11: of a launch that works, one that is repeated, one that is spoilt, and one that is refused."""
    browser = app.test_client()
    asked = begin_login(browser)
    person = {"name": "鈴木 秘密", "email": "secret@school.example", "sub": "subject-4711"}
    token = tokens.sign({**tokens.claims(now, custom={}, **person), "nonce": asked["nonce"]})
    secrets = [token, token.rpartition(".")[2], asked["state"], asked["nonce"], *person.values()]
    pages = [
        browser.post("/lti/launch", data={"id_token": sent, "state": asked["state"]}, base_url=BASE)
        for sent in (token[:-9] + "AAAAAAAAA", token, token)
    ]
    assert [page.status_code for page in pages] == [401, 303, 401]
    pages.append(browser.get("/lti/login", query_string={**LOGIN, "iss": "https://x.example"}, base_url=BASE))
    first_page = browser.get(pages[1].location, base_url=BASE)
    assert first_page.status_code == 200
    seen = logged() + "".join(page.text for page in pages) + str(pages[1].location)
    assert "'event': 'fault'" in seen
    launched = "/".join(urlsplit(pages[1].location).path.split("/")[:3])
    cookie = browser.get_cookie("lti_launch", domain="tool.example", path=launched)
    assert cookie is not None
    for secret in (*secrets, cookie.value, app.config["SECRET_KEY"] + "|"):
        assert secret not in seen
