"""The admin area's lists and pages of platforms, deployments and invitations."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from support import launching, operating, tokens
from support.launching import BASE, Launched
from support.markup import dangers

from lti_tool.errors import NotFound
from lti_tool.services import platforms, registration
from lti_tool.storage.db import Engine, open_session, transaction
from lti_tool.storage.platforms import Deployment, Invite, Platform

EVIL = """'"><img src=x onerror=alert(7)><script>alert(7)</script>"""


@pytest.fixture
def operator(app, engine, now) -> Launched:
    """Somebody in the admin area."""
    operating.make_operator(engine, now)
    return operating.log_in(app)


def number(engine: Engine) -> int:
    """Our number of the one platform."""
    with transaction(engine) as session:
        return session.query(Platform).one().id


def launch_from(app, clock, deployment_id: str):
    """A launch from a deployment; its answer, whatever it is."""
    browser = app.test_client()
    asked = launching.begin_login(browser, lti_deployment_id=deployment_id)
    claims = tokens.claims(clock(), deployment_id=deployment_id, custom={})
    return launching.answer_login(browser, asked, claims)


def test_the_list_shows_what_goes_on_where(operator, client_as, app):
    page = operator.get("platforms/").text
    assert tokens.ISSUER in page
    assert tokens.CLIENT_ID in page
    assert "利用中" in page
    assert "<time" not in page, "nobody has come yet"
    client_as("learner")
    assert "<time" in operator.get("platforms/").text


def test_the_area_begins_with_the_list_and_says_what_to_do_when_it_is_empty(operator, engine):
    with transaction(engine) as session:
        session.query(Deployment).delete()
        session.query(Platform).delete()
    page = operator.get("").text
    assert "まだありません" in page
    assert 'href="/admin/invitations/"' in page


def test_a_platform_is_switched_off_and_on_again(operator, engine, app, clock, client_as):
    """DR-17, LOG-23."""
    student = client_as("learner")
    page = f"platforms/{number(engine)}"
    assert "停止する…" in operator.get(page).text
    assert "LMSを停止しました" in operator.post(f"{page}/disable").text
    assert student.get("").status_code == 403
    assert "LMSを再開しました" in operator.post(f"{page}/enable").text
    assert student.get("").status_code == 200
    log = operator.get("audit/").text
    assert f"platform {number(engine)}" in log
    assert "operator anna" in log


def test_an_unknown_deployment_waits_and_its_person_is_told(operator, engine, app, clock):
    """CLM-05, DR-17."""
    answer = launch_from(app, clock, "school-b")
    assert answer.status_code == 403
    assert "deployment school-b" in answer.text
    assert "運用担当者" in answer.text
    listed = operator.get("platforms/").text
    assert "待ち1件" in listed
    page = operator.get(f"platforms/{number(engine)}").text
    (approve,) = re.findall(r'action="(/admin/platforms/\d+/deployments/\d+/approve)"', page)
    assert "school-b" in operator.post(approve).text
    assert launch_from(app, clock, "school-b").status_code == 303


def test_a_refused_deployment_stays_out(operator, engine, app, clock):
    """CLM-05."""
    launch_from(app, clock, "school-b")
    page = operator.get(f"platforms/{number(engine)}").text
    refuse = re.findall(r'action="(/admin/platforms/\d+/deployments/\d+/refuse)"', page)[-1]
    operator.post(refuse)
    answer = launch_from(app, clock, "school-b")
    assert answer.status_code == 403
    assert "拒否されています" in answer.text
    with transaction(engine) as session:
        assert session.query(Deployment).filter_by(deployment_id="school-b").one().approved_at is None


def test_a_refused_launch_leaves_nothing_but_the_wish(app, engine, clock):
    """STA-11, CLM-05: no person, no session, and its token is not used up for the time after the approval."""
    launch_from(app, clock, "school-b")
    with transaction(engine) as session:
        for table in ("person", "context", "launch_session", "nonce"):
            assert session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0
        assert session.query(Deployment).count() == 2


def test_what_comes_from_an_lms_is_text_in_the_admin_area(operator, engine, app, clock):
    """ATK-14: names and deployments that are attacks."""
    with transaction(engine) as session:
        platform = session.query(Platform).one()
        platform.name = EVIL
        session.add(Deployment(platform=platform, deployment_id=EVIL, created_at=clock()))
    assert launch_from(app, clock, "<script>alert(7)</script>").status_code in {400, 403}
    operator.post("invitations/", {"note": EVIL})
    for path in ("platforms/", f"platforms/{number(engine)}", "invitations/", "audit/"):
        page = operator.get(path)
        assert page.status_code == 200
        assert "<img src=x" not in page.text
        assert "<script>alert" not in page.text
        assert not dangers(page.text), path


def test_an_invitation_is_shown_once_and_can_be_taken_back(operator, engine, app, now):
    """DR-02."""
    page = operator.post("invitations/", {"note": "さくら高校"}).text
    (secret,) = set(re.findall(r"https://tool\.example/lti/register\?invite=([\w-]{43})", page))
    assert "copy.js" in page
    listed = operator.get("invitations/").text
    assert "さくら高校" in listed
    assert secret not in listed
    (revoke,) = re.findall(r'action="(/admin/invitations/\d+/revoke)"', listed)
    assert "取り消しました" in operator.post(revoke).text
    assert "さくら高校" not in operator.get("invitations/").text
    with transaction(engine) as session, pytest.raises(NotFound) as caught:
        registration.check_invite(session, secret, now)
    assert caught.value.code == "revoked-invite"
    answer = app.test_client().get(f"/lti/register?invite={secret}", base_url=BASE)
    assert "取り消されました" in answer.text


def test_a_used_invitation_cannot_be_taken_back(operator, engine, now):
    operator.post("invitations/", {"note": "x"})
    with transaction(engine) as session:
        row = session.query(Invite).one()
        row.used_at, row.platform_id = now, session.query(Platform).one().id
        used = row.id
    assert operator.post(f"invitations/{used}/revoke").status_code == 409
    assert f"招待{used}" in operator.get(f"platforms/{number(engine)}").text


@pytest.mark.parametrize(
    "path", ["platforms/99", "platforms/99/disable", "platforms/99/deployments/99/approve"]
)
def test_what_is_not_there_is_told(operator, path):
    answer = operator.get(path) if path.endswith("99") else operator.post(path)
    assert answer.status_code == 404
    assert "/admin/" in answer.text
    assert "管理画面の一覧" in answer.text
    assert "教員" not in answer.text, "an operator has none to tell"


def test_the_list_is_turned_page_by_page(operator, engine, now):
    fill(engine, now, platforms.PAGE + 5)
    first = operator.get("platforms/").text
    after = re.findall(r"\?after=(\d+)", first)
    assert len(set(after)) == 1
    second = operator.get(f"platforms/?after={after[0]}").text
    seen = [*re.findall(r"/admin/platforms/(\d+)\"", first), *re.findall(r"/admin/platforms/(\d+)\"", second)]
    assert len(seen) == len(set(seen)) == platforms.PAGE + 6
    assert "after=" not in second


def test_a_full_list_costs_as_many_questions_as_a_short_one(engine, app, now):
    """However many platforms a page shows."""
    with asked(engine) as few, open_session(engine, writes=False) as session:
        assert len(platforms.page(session, 0).lines) == 1
    fill(engine, now, 20)
    with asked(engine) as many, open_session(engine, writes=False) as session:
        assert len(platforms.page(session, 0).lines) == 21
    assert len(many) == len(few) == 4


def fill(engine: Engine, now, count: int) -> None:
    """More platforms, each with a deployment."""
    with transaction(engine) as session:
        for each in range(count):
            wanted = tokens.registration(client_id=f"more-{each}")
            registration.enter(session, wanted, f"School {each}", "1", now)


@contextmanager
def asked(engine: Engine) -> Iterator[list[str]]:
    """The queries that are sent meanwhile."""
    seen: list[str] = []

    def note(*about: object) -> None:
        if str(about[2]).lstrip().upper().startswith("SELECT"):
            seen.append(str(about[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
