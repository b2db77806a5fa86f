"""Requests that say more than they may: whose score, which link, which host; and messages between windows."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import pytest
from flask import Flask
from support import tokens
from support.launching import BASE, Launched, answer_login, begin_login
from support.pages import answer_all, begin

import lti_tool.web
from lti_tool.lti.claims import AGS_ENDPOINT
from lti_tool.lti.http import Http
from lti_tool.services import registration
from lti_tool.storage.db import transaction
from lti_tool.storage.people import ResourceLink
from lti_tool.storage.scores import LineItem, ScoreReport

STATIC = Path(lti_tool.web.__file__).parent / "static"
AGS = tokens.services()[AGS_ENDPOINT]
MORE = {
    "percent": "100",
    "score": "100",
    "scoreGiven": "100",
    "passed": "1",
    "userId": "6",
    "user_id": "6",
    "person_id": "6",
    "sub": "6",
    "role": "instructor",
    "roles": tokens.INSTRUCTOR,
    "context_id": "3",
    "resource_link_id": "another",
    "lineitem": "https://evil.example/lineitem",
}
"""What a browser may add to any form or address, and what nobody reads there."""


def test_no_request_chooses_whose_score_or_which(app: Flask, client_as):
    """AGS-40, ATK-12, ATK-13: computed on the server, for the person and the column of the signed launch."""
    client_as("learner", sub="6")
    student = client_as("learner", node="t101-quiz", ags=AGS)
    attempt = begin(student, "t101-quiz")
    student.post(f"attempts/{attempt}/1", {**MORE, "go": "next"}, query_string=MORE)
    student.post(f"attempts/{attempt}/submit", MORE, query_string=MORE)
    with transaction(app.extensions["lti_tool"].engine) as session:
        report = session.query(ScoreReport).one()
        assert (report.percent, report.person.sub) == (0, "5")
        assert report.line_item.url == AGS["lineitem"]
    assert student.get("class", query_string=MORE).status_code == 403


def test_finishing_in_two_tabs_is_one_grade(app: Flask, client_as):
    """AGS-41, STA-18: the second tab, the reload and the double click find it handed in."""
    student = client_as("learner", node="t101-quiz", ags=AGS)
    attempt = begin(student, "t101-quiz")
    answer_all(student, app.extensions["lti_tool"].course, "t101-quiz", attempt)
    pages = [student.post(f"attempts/{attempt}/submit") for _ in range(3)]
    assert [page.status_code for page in pages] == [200, 200, 200]
    with transaction(app.extensions["lti_tool"].engine) as session:
        assert [(row.percent, row.line_item.node) for row in session.query(ScoreReport)] == [
            (100, "t101-quiz")
        ]


def test_a_double_click_on_a_launch_costs_one_message(app: Flask, now):
    """STA-18, STA-07: the first is let in and stays so, the second is told; there is one person."""
    browser = app.test_client()
    asked = begin_login(browser)
    claims = tokens.claims(now, custom={})
    first, second = answer_login(browser, asked, claims), answer_login(browser, asked, claims)
    assert (first.status_code, second.status_code) == (303, 401)
    page = urlsplit(first.location).path
    assert browser.get(page, base_url=BASE).status_code == 200


def open_picker(app: Flask, now) -> Launched:
    """A teacher whom the LMS has sent to choose."""
    browser = app.test_client()
    asked = begin_login(browser)
    answer = answer_login(browser, asked, tokens.deep_linking_claims(now, nonce=asked["nonce"]))
    assert answer.status_code == 303, answer.text
    return Launched(browser, "/".join(urlsplit(answer.location).path.split("/")[:3]), "place")


def sent_back(page: str) -> dict[str, object]:
    """The claims of the response on the page that posts it."""
    found = re.findall(r'name="([^"]+)" value="([\w-]+\.[\w-]+\.[\w-]+)"', page)
    assert [name for name, _value in found if name != "csrf_token"] == ["JWT"]
    return jwt.decode(dict(found)["JWT"], options={"verify_signature": False})


def test_the_return_address_and_the_tenant_of_a_choice_are_those_of_the_launch(app: Flask, now):
    """DL-06, DL-25, DL-26, ATK-18: whatever else the form says."""
    picker = open_picker(app, now)
    extra = {
        "deep_link_return_url": "https://evil.example/",
        "return_url": "https://evil.example/",
        "deployment_id": "2",
        "iss": "https://evil.example",
        "data": "x",
    }
    page = picker.post("place", {"node": "t101-quiz", "step": "place", **extra}, query_string=extra).text
    assert "evil.example" not in page
    claims = sent_back(page)
    assert claims["aud"] == tokens.ISSUER
    assert "evil" not in str(claims)


def test_nobody_else_answers_for_the_teacher_and_nobody_twice(app: Flask, client_as, now):
    """DL-25, DL-05, ATK-18: not another browser, not another launch, not the same one again."""
    picker = open_picker(app, now)
    student, teacher = client_as("learner", sub="6"), client_as("instructor", sub="9")
    for other in (student, teacher):
        other.get("")
        assert other.post(f"{picker.root}/place", {"node": "course"}).status_code in {400, 403}
    assert student.post("place", {"node": "course", "step": "place"}).status_code == 403
    assert teacher.post("place", {"node": "course", "step": "place"}).status_code == 409, (
        "nobody asked this launch"
    )
    assert picker.post("place", {"node": "course", "step": "place"}).status_code == 200
    assert picker.post("place", {"node": "course", "step": "place"}).status_code == 409


def test_what_was_chosen_is_not_yet_there(app: Flask, now):
    """DL-28: links and columns are known from their first launch on."""
    page = open_picker(app, now).post("place", {"node": "t101-quiz", "step": "place"}).text
    assert sent_back(page)
    with transaction(app.extensions["lti_tool"].engine) as session:
        assert session.query(ResourceLink).count() == 0
        assert session.query(LineItem).count() == 0


def test_a_forged_host_gets_into_no_signed_address(app: Flask, now):
    """ATK-23: the launch address of a placed activity is the one of the settings."""
    picker = open_picker(app, now)
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Original-Host": "evil.example",
        "Forwarded": "host=evil.example",
    }
    page = picker.post("place", {"node": "t101-quiz", "step": "place"}, headers=forged).text
    assert "evil.example" not in str(sent_back(page))
    assert BASE in str(sent_back(page))


def test_a_login_is_kept_in_no_cache_and_leaks_no_hint(app: Flask):
    """LOG-22."""
    values = {"iss": tokens.ISSUER, "login_hint": "5", "target_link_uri": tokens.TARGET}
    answer = app.test_client().get("/lti/login", query_string=values, base_url=BASE)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_registering_needs_an_invitation_before_anything_is_asked(app: Flask, clock, monkeypatch):
    """DR-02, ATK-03: a stranger can neither connect an LMS nor have an address fetched."""
    monkeypatch.setattr(Http, "get", lambda *_args, **_options: pytest.fail("an address was fetched"))
    with transaction(app.extensions["lti_tool"].engine) as session:
        old, new = (
            registration.invite(session, clock() - registration.INVITE_LIFETIME),
            registration.invite(session, clock()),
        )
    for values in ({}, {"invite": ""}, {"invite": "guess"}, {"invite": old}):
        asked = {**values, "openid_configuration": "https://evil.example/configuration"}
        for method in ("GET", "POST"):
            answer = app.test_client().open("/lti/register", method=method, query_string=asked, base_url=BASE)
            assert answer.status_code == 404
            assert "evil.example" not in answer.text
    answer = app.test_client().get("/lti/register", query_string={"invite": new}, base_url=BASE)
    assert answer.status_code == 400, "a good one gets as far as asking where the LMS is"


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x", "/l/../.."]
)
def test_switching_the_language_leads_to_no_other_site(client_as, back: str):
    """ATK-02."""
    student = client_as("learner")
    answer = student.post("language", {"language": "en", "back": back}, follow=False)
    assert urlsplit(answer.location).path == f"{student.root}/"
    assert urlsplit(answer.location).netloc in {"", urlsplit(BASE).netloc}


def test_scripts_listen_to_no_window_and_tell_none_a_secret():
    """ATK-17, DR-15: anybody may hear of a height and of an end; what is secret goes to one origin.

    Only platform storage listens, to the origin it asked; without naming one it asks for nothing but capabilities.
    The two windows of a simulation talk on a channel, which only pages of our own origin can open.
    """
    sources = {path.name: path.read_text(encoding="utf-8") for path in STATIC.glob("*.js")}
    assert sources
    channel = sources.pop("simulation.js")
    assert set(re.findall(r"(\w+)\.postMessage", channel)) == {"channel"}
    assert "channel = new BroadcastChannel(" in channel
    sent = {
        name: re.findall(r"postMessage\((.*)\);", text)
        for name, text in sources.items()
        if "postMessage" in text
    }
    assert sent == {
        "height.js": ['JSON.stringify({ subject: "lti.frameResize", height }), "*"'],
        "registered.js": ['{ subject: "org.imsglobal.lti.close" }, "*"'],
        "storage.js": [
            "sent, toOrigin",
            "{ subject: `${prefix}put_data`, message_id: number(), key, value: null }, origin",
        ],
    }
    asked = re.findall(r"await ask\(\w+, (\S+), { subject: (\S+) ", sources["storage.js"])
    assert asked == [('"*"', "`${prefix}capabilities`"), ("origin", "`${prefix}${verb}_data`,")]
    assert 'toOrigin !== "*" && from !== toOrigin' in sources["storage.js"]
    listeners = re.compile(r"""addEventListener\(\s*["']message|\bonmessage\b|MessageChannel""")
    assert [name for name, text in sources.items() if listeners.search(text)] == ["storage.js"]
    sources["simulation.js"] = channel
    runs = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")
    assert [name for name, text in sources.items() if runs.search(text)] == []
