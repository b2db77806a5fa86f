"""An operator moves an LMS: the address, a plan, the password - and no way around it."""

import re
import socket
from html import unescape
from typing import Any

import pytest
from flask import Flask
from support import operating, tokens
from support.launching import Launched
from support.operating import PASSWORD
from support.stub import serving

from lti_tool.lti.http import Http
from lti_tool.services import operators
from lti_tool.storage.db import transaction
from lti_tool.storage.platforms import Platform


@pytest.fixture
def operator(app, engine, now) -> Launched:
    """Somebody in the admin area."""
    operating.make_operator(engine, now)
    return operating.log_in(app)


def nowhere(host: str, *about: Any, **more: Any) -> Any:
    """Finds this machine and nothing else: the old site is gone."""
    if host != "127.0.0.1":
        raise OSError("no such host")
    return socket.getaddrinfo(host, *about, **more)


@pytest.fixture
def site(app: Flask):
    """The new site, which the tool may call. The keys lie where they lay below the old one."""
    with serving() as stub:
        path = tokens.JWKS_URL.removeprefix(tokens.ISSUER)
        stub.tell(path, tokens.jwks())
        parts = app.extensions["lti_tool"]
        allowed = Http(allow=(stub.url.removeprefix("http://"),), resolver=nowhere)
        app.extensions["lti_tool"] = type(parts)(**{**vars(parts), "http": allowed})
        yield stub


@pytest.fixture
def page(engine) -> str:
    """The page of the platform."""
    with transaction(engine) as session:
        return f"platforms/{session.query(Platform).one().id}/move"


def issuer(engine) -> str:
    """Where the platform is."""
    with transaction(engine) as session:
        return session.query(Platform).one().issuer


def plan_on(html: str) -> str:
    """The signed plan in the form."""
    (found,) = re.findall(r'name="plan" value="([^"]+)"', html)
    return unescape(found)


def test_an_lms_is_moved_after_a_look_and_with_the_password(operator, site, page, engine):
    assert tokens.ISSUER in operator.get(page).text
    shown = operator.post(page, {"address": site.url})
    assert shown.status_code == 200
    assert f"{site.url}/" in shown.text
    assert "応答がない" in shown.text, "the old site is gone"
    assert issuer(engine) == tokens.ISSUER, "looking changes nothing"
    done = operator.post(f"{page}/confirm", {"plan": plan_on(shown.text), "password": PASSWORD})
    assert "LMSのアドレスを変更しました" in done.text
    assert issuer(engine) == site.url


def test_without_the_password_nothing_moves(operator, site, page, engine):
    shown = operator.post(page, {"address": site.url})
    for password in ("", "wrong password"):
        answer = operator.post(f"{page}/confirm", {"plan": plan_on(shown.text), "password": password})
        assert answer.status_code == 401
        assert "何も変更されていません" in answer.text
    assert issuer(engine) == tokens.ISSUER
    assert "ログイン失敗" in operator.get("audit/").text


def test_guessing_the_password_is_slowed_down(operator, site, page):
    shown = plan_on(operator.post(page, {"address": site.url}).text)
    codes = {
        operator.post(f"{page}/confirm", {"plan": shown, "password": "x"}).status_code for _ in range(21)
    }
    assert codes == {401, 429}


@pytest.mark.parametrize("forged", ["", "x", "eyJwbGF0Zm9ybSI6MX0.aaaa.bbbb"])
def test_a_plan_that_nobody_was_shown_is_refused(operator, page, engine, forged):
    answer = operator.post(f"{page}/confirm", {"plan": forged, "password": PASSWORD})
    assert answer.status_code == 409
    assert issuer(engine) == tokens.ISSUER


def test_a_plan_of_somebody_else_or_for_another_platform_is_refused(operator, app, site, page, engine, now):
    shown = plan_on(operator.post(page, {"address": site.url}).text)
    other = re.sub(r"\d+", "99", page)
    assert operator.post(f"{other}/confirm", {"plan": shown, "password": PASSWORD}).status_code == 409
    operating.make_operator(engine, now, name="ben")
    ben = operating.log_in(app, name="ben")
    assert ben.post(f"{page}/confirm", {"plan": shown, "password": PASSWORD}).status_code == 409
    assert issuer(engine) == tokens.ISSUER


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (tokens.ISSUER, "すでにこのアドレスです"),
        ("https://10.0.0.7", "接続できるアドレスではありません"),
        ('"><script>alert(7)</script>', "接続できるアドレスではありません"),
        ("", "接続できるアドレスではありません"),
    ],
)
def test_an_address_that_cannot_be_is_told(operator, page, address, told):
    """ATK-03, ATK-11."""
    answer = operator.post(page, {"address": address})
    assert answer.status_code == 400
    assert told in answer.text
    assert "<script>alert" not in answer.text


def test_an_address_without_keys_is_told(operator, site, page):
    answer = operator.post(page, {"address": f"{site.url}/none"})
    assert answer.status_code == 400
    assert "公開鍵を取得できませんでした" in answer.text


def test_whoever_was_switched_off_meanwhile_moves_nothing(operator, site, page, engine, now):
    shown = plan_on(operator.post(page, {"address": site.url}).text)
    with transaction(engine) as session:
        operators.disable(session, "anna", now)
    assert operator.post(f"{page}/confirm", {"plan": shown, "password": PASSWORD}).status_code == 403
    assert issuer(engine) == tokens.ISSUER
