"""Connecting an LMS by hand: the tool's values in each LMS's words, and a form for the LMS's side."""

import json
import re
from html import unescape

import pytest
from flask import Flask
from support import operating, tokens
from support.launching import BASE, Launched
from support.markup import dangers
from support.stub import Stub
from support.stub import serving as stub_lms

from lti_tool.lti.http import Http
from lti_tool.storage.audit import AuditEntry
from lti_tool.storage.db import transaction
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.web.guides import GUIDES


@pytest.fixture
def operator(app, engine, now) -> Launched:
    """Somebody in the admin area."""
    operating.make_operator(engine, now)
    return operating.log_in(app)


@pytest.fixture
def lms(app: Flask):
    """An LMS that publishes a key set, and that the tool may call."""
    with stub_lms() as stub:
        stub.tell("/keys", tokens.jwks())
        parts = app.extensions["lti_tool"]
        allowed = Http(allow=(stub.url.removeprefix("http://"),))
        app.extensions["lti_tool"] = type(parts)(**{**vars(parts), "http": allowed})
        yield stub


def entry(lms: Stub, **other: str) -> dict[str, str]:
    """What the operator types."""
    values = {
        "name": "さくら高校",
        "issuer": lms.url,
        "client_id": "c9",
        "deployment_id": "1",
        "auth_url": f"{lms.url}/auth",
        "token_url": f"{lms.url}/token",
        "jwks_url": f"{lms.url}/keys",
        "token_audience": "",
    }
    return {**values, **other}


@pytest.mark.parametrize("lms_name", GUIDES)
def test_each_lms_finds_the_values_of_the_tool_in_its_own_words(app, operator, lms_name):
    public = app.test_client().get(f"/lti/by-hand/{lms_name}", base_url=BASE)
    inside = operator.get(f"by-hand/{lms_name}")
    for page in (public, inside):
        assert page.status_code == 200
        assert f"{BASE}/lti/launch" in page.text
        for line in GUIDES[lms_name].lines:
            assert line.label.ja in unescape(page.text)
        for words in GUIDES[lms_name].theirs.values():
            assert words.ja in unescape(page.text)
    if lms_name != "canvas":
        assert f"{BASE}/lti/login" in public.text
        assert f"{BASE}/lti/jwks.json" in public.text


def test_an_lms_nobody_knows_has_no_guide(app, operator):
    assert app.test_client().get("/lti/by-hand/x", base_url=BASE).status_code == 404
    assert operator.get("by-hand/x").status_code == 404
    assert operator.post("by-hand/x").status_code == 404


def test_canvas_reads_the_tool_from_an_address_or_from_text(app, operator):
    found = app.test_client().get("/lti/canvas.json", base_url=BASE).json
    assert (found["oidc_initiation_url"], found["target_link_uri"], found["public_jwk_url"]) == (
        f"{BASE}/lti/login",
        f"{BASE}/lti/launch",
        f"{BASE}/lti/jwks.json",
    )
    (extension,) = found["extensions"]
    assert extension["domain"] == "tool.example"
    placements = extension["settings"]["placements"]
    assert {each["message_type"] for each in placements} == {"LtiDeepLinkingRequest"}
    shown = re.search(r'<pre class="json"[^>]*>(.*?)</pre>', operator.get("by-hand/canvas").text, re.DOTALL)
    assert shown
    assert json.loads(unescape(shown[1])) == found


def test_the_other_side_is_entered_and_a_launch_works(operator, lms, engine, app):
    done = operator.post("by-hand/moodle", entry(lms))
    assert "LMSを接続しました" in done.text
    assert "さくら高校" in done.text
    with transaction(engine) as session:
        row = session.query(Platform).filter_by(client_id="c9").one()
        assert (row.issuer, row.jwks_url, row.product_family) == (lms.url, f"{lms.url}/keys", "moodle")
        assert [each.deployment_id for each in session.query(Deployment).filter_by(platform_id=row.id)] == [
            "1"
        ]
        deed = session.query(AuditEntry).filter_by(action="platform-entered").one()
        assert (deed.who, deed.what) == ("operator anna", f"platform {row.id}")
    assert [asked.path for asked in lms.asked] == ["/keys"], "asked once"
    login = {"iss": lms.url, "client_id": "c9", "login_hint": "5", "target_link_uri": tokens.TARGET}
    answer = app.test_client().post("/lti/login", data=login, base_url=BASE)
    assert answer.location.startswith(f"{lms.url}/auth?")


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("jwks_url", "https://10.0.0.7/keys", "公開鍵"),
        ("jwks_url", "https://169.254.169.254/latest", "公開鍵"),
        ("jwks_url", "file:///etc/passwd", "公開鍵"),
        ("jwks_url", "http://lms.example/keys", "公開鍵"),
        ("token_url", "https://[::1]/token", "アクセストークン"),
        ("auth_url", "javascript:alert(1)", "認証リクエスト"),
        ("auth_url", "https://lms.example@10.0.0.7/auth", "認証リクエスト"),
        ("issuer", "", "発行者"),
        ("issuer", "https://lms.example/#x", "発行者"),
        ("issuer", "https://lms.example/" + "x" * 500, "発行者"),
        ("client_id", "", "クライアントID"),
        ("client_id", "x" * 256, "クライアントID"),
        ("client_id", "a\x00b", "クライアントID"),
        ("deployment_id", "x" * 256, "デプロイメントID"),
        ("token_audience", "x" * 1001, "Audience"),
    ],
)
def test_what_cannot_be_used_is_told_and_kept_in_the_form(operator, lms, engine, field, value, told):
    """ATK-03: nothing is asked of anybody then."""
    answer = operator.post("by-hand/moodle", entry(lms, **{field: value}))
    assert answer.status_code == 400
    (problem,) = re.findall(r'class="problem".*?</p>', answer.text, re.DOTALL)
    assert told in unescape(problem)
    assert 'value="さくら高校"' in answer.text, "what was typed is not lost"
    assert lms.asked == []
    with transaction(engine) as session:
        assert session.query(Platform).count() == 1


@pytest.mark.parametrize(
    ("body", "status"), [({"keys": []}, 200), (b"<html>", 200), ({}, 500), ({"keys": [{"kty": "EC"}]}, 200)]
)
def test_an_lms_without_usable_keys_is_not_connected(operator, lms, engine, body, status):
    lms.tell("/none", body, status)
    answer = operator.post("by-hand/sakai", entry(lms, jwks_url=f"{lms.url}/none"))
    assert answer.status_code == 400
    assert "公開鍵を取得できませんでした" in answer.text
    with transaction(engine) as session:
        assert session.query(Platform).count() == 1


def test_an_lms_is_entered_once(operator, lms):
    operator.post("by-hand/moodle", entry(lms))
    answer = operator.post("by-hand/moodle", entry(lms))
    assert answer.status_code == 400
    assert "すでに接続されています" in answer.text


def test_what_is_typed_stays_text(operator, lms):
    """ATK-11, ATK-14."""
    evil = '"><script>alert(7)</script>'
    typed = dict.fromkeys(entry(lms), evil)
    assert not dangers(operator.post("by-hand/moodle", typed).text)
    operator.post("by-hand/moodle", entry(lms, name=evil))
    assert not dangers(operator.get("platforms/").text)


def test_no_lock_is_held_while_the_lms_is_asked(operator, lms, engine):
    """Launches go on, however slowly an LMS answers an operator."""
    seen: list[bool] = []

    def keys(handler) -> None:
        launching_possible = False
        with transaction(engine) as session:
            session.query(Platform).one().name = "written meanwhile"
            launching_possible = True
        seen.append(launching_possible)
        body = json.dumps(tokens.jwks()).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    lms.tell("/slow", b"", write=keys)
    assert operator.post("by-hand/moodle", entry(lms, jwks_url=f"{lms.url}/slow")).status_code == 200
    assert seen == [True]
