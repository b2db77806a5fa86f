"""A login kept by the LMS's page: what the server puts there, what it takes back, and from whom."""

import hashlib
import re
from datetime import datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support import tokens
from support.launching import BASE
from support.pages import words
from werkzeug.test import TestResponse

LMS = tokens.ISSUER
OURS = {"Origin": BASE}


def begin(client: FlaskClient, frame: str = "_parent", **about: str) -> TestResponse:
    """A login that is offered storage."""
    wanted = tokens.registration()
    values = {
        "iss": wanted.issuer,
        "client_id": wanted.client_id,
        "login_hint": "5",
        "target_link_uri": tokens.TARGET,
        "lti_deployment_id": tokens.DEPLOYMENT_ID,
        "lti_storage_target": frame,
        **about,
    }
    return client.post("/lti/login", data=values, base_url=BASE)


def told(page: str) -> dict[str, str]:
    """What a page tells its script."""
    (tag,) = re.findall(r"<div (data-storage=[^>]+)>", page)
    return {name: unescape(value) for name, value in re.findall(r'data-(\w+)="([^"]*)"', tag)}


def asked(page: str) -> dict[str, str]:
    """The authentication request that a page goes on to."""
    query = parse_qs(urlsplit(told(page)["address"]).query)
    return {name: query[name][0] for name in ("state", "nonce")}


def answer(client: FlaskClient, page: str, now: datetime, headers: dict[str, str] | None = None, **more: str):
    """The LMS's answer to a login, in a browser that kept no cookie."""
    found = asked(page)
    token = tokens.sign({**tokens.claims(now, custom={}), "nonce": found["nonce"]})
    data = {"id_token": token, "state": found["state"], **more}
    return client.post("/lti/launch", data=data, base_url=BASE, headers=headers or {"Origin": LMS})


def test_without_the_offer_a_login_is_a_plain_redirect(app: Flask):
    values = {"iss": tokens.ISSUER, "login_hint": "5", "target_link_uri": tokens.TARGET}
    for offer in ({}, {"lti_storage_target": ""}):
        login = app.test_client().post("/lti/login", data={**values, **offer}, base_url=BASE)
        assert login.status_code == 302


def test_with_the_offer_the_login_is_kept_at_the_origin_that_signs_people_in(app: Flask):
    """PMS-01, PMS-04, PMS-09, PMS-12: under a name of its own, and in a cookie as well."""
    login = begin(app.test_client())
    assert login.status_code == 200
    found = told(login.text)
    assert (found["storage"], found["frame"], found["origin"]) == ("put", "_parent", LMS)
    assert re.fullmatch(r"lti_login_[0-9a-f]{32}", found["key"])
    assert len(found["value"]) < 4096
    assert found["address"].startswith(f"{LMS}/mod/lti/auth.php?")
    assert found["value"] in login.headers["Set-Cookie"]
    assert "storage.js" in login.text
    assert "unsafe" not in login.headers["Content-Security-Policy"]
    assert told(begin(app.test_client()).text)["key"] != found["key"]


def test_a_browser_that_keeps_cookies_is_launched_at_once(app: Flask, now: datetime):
    client = app.test_client()
    assert answer(client, begin(client).text, now).status_code == 303


def test_without_the_cookie_the_lms_is_asked_before_anybody_is_let_in(app: Flask, now: datetime):
    """PMS-11, STA-02: the first answer opens nothing."""
    login = begin(app.test_client()).text
    client = app.test_client()
    page = answer(client, login, now)
    assert page.status_code == 200
    assert "/l/" not in str(page.headers)
    found = told(page.text)
    assert (found["storage"], found["origin"], found["key"]) == ("get", LMS, told(login)["key"])
    assert told(login)["value"] not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    launched = answer(client, login, now, OURS, lti_storage=told(login)["value"])
    assert launched.status_code == 303
    assert "/l/" in launched.location
    assert "Secure" in launched.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": LMS},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"{BASE}.evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"X-Nothing": "1"},
    ],
)
def test_what_another_page_sends_proves_nothing(app: Flask, now: datetime, headers: dict[str, str]):
    """STA-02, ATK-01: somebody who has a state of their own makes a victim's browser post it."""
    login = begin(app.test_client()).text
    refused = answer(app.test_client(), login, now, headers, lti_storage=told(login)["value"])
    assert refused.status_code == 401
    assert "/l/" not in str(refused.headers)


def test_a_browser_that_sends_no_origin_may_say_that_the_page_is_ours(app: Flask, now: datetime):
    login = begin(app.test_client()).text
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert answer(app.test_client(), login, now, headers, lti_storage=told(login)["value"]).status_code == 303


def test_another_logins_value_is_refused(app: Flask, now: datetime):
    """PMS-06: a value that differs."""
    mine, other = begin(app.test_client()).text, begin(app.test_client()).text
    for value in (told(other)["value"], told(mine)["value"] + "x", "x", told(mine)["value"][:-5]):
        refused = answer(app.test_client(), mine, now, OURS, lti_storage=value)
        assert refused.status_code == 401, value


def test_a_kept_login_is_good_once(app: Flask, now: datetime):
    """STA-07, STA-08."""
    login = begin(app.test_client()).text
    value = told(login)["value"]
    assert answer(app.test_client(), login, now, OURS, lti_storage=value).status_code == 303
    assert answer(app.test_client(), login, now, OURS, lti_storage=value).status_code == 401


@pytest.mark.parametrize("frame", ["</script><script>alert(1)</script>", '"><b>', "__proto__", "' onload='x"])
def test_the_name_of_the_frame_is_only_a_name(app: Flask, now: datetime, frame: str):
    """PMS-13: it comes from an unsigned login."""
    login = begin(app.test_client(), frame)
    page = answer(app.test_client(), login.text, now)
    for one in (login, page):
        assert told(one.text)["frame"] == frame
        assert "<script>alert" not in one.text
        assert "<b>" not in one.text


def test_only_what_we_signed_says_where_to_ask(app: Flask, now: datetime):
    state = "x.WyIiLCAiX3BhcmVudCIsICJodHRwczovL2V2aWwuZXhhbXBsZSJd.aaaa.bbbb"
    page = app.test_client().post("/lti/launch", data={"state": state, "id_token": "a.b.c"}, base_url=BASE)
    assert page.status_code == 401
    assert "evil" not in page.text


def test_a_login_too_long_to_carry_its_way_back_is_kept_all_the_same(app: Flask, now: datetime):
    """A long login hint leaves no room for the address to begin again."""
    hint = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(50))
    login = begin(app.test_client(), login_hint=hint).text
    page = answer(app.test_client(), login, now).text
    assert told(page)["storage"] == "get"
    assert "ブラウザーが起動の情報を保持できませんでした" in words(page)
    assert 'target="_blank" rel="noopener"' not in page
