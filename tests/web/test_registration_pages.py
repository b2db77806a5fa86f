"""Connecting an LMS as its administrator does, and what comes after: a launch and a grade, all over HTTP."""

import io
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from support.live import free_ports, serving
from support.tables import empty

from lti_tool.app import create_app
from lti_tool.config import load
from lti_tool.demo.app import DemoConfig, connect, create_demo, lms_of
from lti_tool.demo.registration import invite as lms_address
from lti_tool.lti.claims import SCOPE_SCORE
from lti_tool.lti.registration import SCOPES, PlatformConfiguration
from lti_tool.services import keys, registration
from lti_tool.storage.db import Engine, transaction
from lti_tool.storage.platforms import Platform

TINY = Path(__file__).parent.parent / "courses" / "tiny"


class Pair:
    """A tool and a demo LMS, each on a port of its own."""

    def __init__(self, engine: Engine, folder: Path, ports: list[int]) -> None:
        self.engine = engine
        self.tool_url, self.lms_url = (f"http://127.0.0.1:{port}" for port in ports)
        allow = self.lms_url.removeprefix("http://")
        settings = load(
            {},
            base_url=self.tool_url,
            data=str(folder),
            content=str(TINY),
            secret_key="test",
            outbound_allow=allow,
        )
        self.tool: Flask = create_app(settings, engine=engine)
        self.lms: Flask = create_demo(DemoConfig(self.lms_url, folder))
        with transaction(engine) as session:
            keys.ensure(session, datetime.now(UTC))

    def invitation(self) -> str:
        """A registration address."""
        with transaction(self.engine) as session:
            return registration.invite_url(self.tool_url, registration.invite(session, datetime.now(UTC)))

    def path(self, invitation: str) -> str:
        """The address the LMS opens, with its configuration and one-time token, without the host."""
        return lms_address(lms_of(self.lms), invitation)[0].removeprefix(self.tool_url)


@pytest.fixture
def pair(engine: Engine, tmp_path: Path) -> Iterator[Pair]:
    """Both are served; they do not know each other yet."""
    empty(engine)
    ports = free_ports(2)
    with ExitStack() as stack:
        found = Pair(engine, tmp_path, ports)
        for app, port in zip((found.tool, found.lms), ports, strict=True):
            stack.enter_context(serving(app, port))
        yield found
    empty(engine)


def test_an_administrator_sees_who_asks_and_connects_with_one_button(pair: Pair):
    """DR-01, DR-12, DR-15, DR-17: the last page brings the script that closes the LMS's window."""
    browser, path = pair.tool.test_client(), pair.path(pair.invitation())
    page = browser.get(path)
    assert page.status_code == 200
    assert pair.lms_url in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors https:" in page.headers["Content-Security-Policy"]
    done = browser.post(path)
    assert done.status_code == 200
    assert "registered.js" in done.text
    assert lms_of(pair.lms).state.registration is not None
    with transaction(pair.engine) as session:
        platform = session.query(Platform).one()
        assert (platform.issuer, platform.product_family) == (pair.lms_url, "demo-lms")
        assert [found.deployment_id for found in platform.deployments] == ["1"]


def test_an_address_is_good_once_and_tells_why_not(pair: Pair):
    """DR-02."""
    browser, path = pair.tool.test_client(), pair.path(pair.invitation())
    browser.post(path)
    for answer in (browser.get(path), browser.post(path)):
        assert answer.status_code == 404
        assert "もう使われています" in answer.text or "used" in answer.text
    assert browser.get("/lti/register?invite=guess&openid_configuration=http://x.example").status_code == 404
    assert browser.get("/lti/register").status_code == 404


def test_an_address_opened_by_hand_says_where_it_belongs(pair: Pair):
    answer = pair.tool.test_client().get(pair.invitation().removeprefix(pair.tool_url))
    assert answer.status_code == 400


def test_the_lms_connects_by_its_own_way_and_may_renew_it(pair: Pair):
    """DR-14."""
    connect(pair.lms, pair.invitation())
    again = pair.tool.test_client().post(pair.path(pair.invitation()))
    assert again.status_code == 200
    with transaction(pair.engine) as session:
        assert session.query(Platform).count() == 1


def test_secrets_of_a_registration_are_in_no_log(pair: Pair, capfd, caplog):
    """DR-16, ATK-22."""
    browser, invitation = pair.tool.test_client(), pair.invitation()
    path = pair.path(invitation)
    for answer in (browser.get(path), browser.post(path), browser.post(path), browser.get(path + "x")):
        assert answer.status_code in {200, 400, 404}
    seen = io.StringIO()
    seen.write(caplog.text)
    seen.writelines(capfd.readouterr())
    secret = invitation.rpartition("=")[2]
    token = path.rpartition("registration_token=")[2]
    assert secret not in seen.getvalue()
    assert token[:40] not in seen.getvalue()


@pytest.mark.parametrize(
    ("scopes", "shown", "hidden"),
    [
        (None, ("名簿（参加者とその役割）", "成績を送る"), ("一部の機能",)),
        (frozenset(SCOPES), ("名簿（参加者とその役割）", "成績を送る"), ("一部の機能",)),
        (frozenset({SCOPE_SCORE}), ("成績を送る", "名簿がないため"), ("名簿（参加者とその役割）",)),
        (frozenset(), ("名簿がないため", "成績サービスがないため"), ("成績を送ることを許可",)),
    ],
)
def test_only_what_would_be_shared_is_told(app, engine, now, monkeypatch, scopes, shown, hidden):
    """DR-11, DR-13, DR-17: before anybody presses the button."""
    configuration = PlatformConfiguration(
        *("https://lms.example", "https://lms.example/a", "https://lms.example/t", "https://lms.example/k"),
        *("https://lms.example/r", "", scopes, None, ""),
    )
    monkeypatch.setattr(registration, "look", lambda *_about: configuration)
    with transaction(engine) as session:
        secret = registration.invite(session, now)
    asked = {"invite": secret, "openid_configuration": "https://lms.example/c"}
    page = app.test_client().get("/lti/register", query_string=asked, base_url="https://tool.example").text
    assert "https://lms.example" in page
    assert [words for words in shown if words not in page] == []
    assert [words for words in hidden if words in page] == []
