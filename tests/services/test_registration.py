"""Invitations are used once, and what an LMS registered belongs to it."""

import threading
from datetime import timedelta

import pytest
from support import tokens
from support.stub import Stub
from support.stub import serving as stub_lms
from support.tables import empty

from lti_tool.errors import NotFound, RegistrationFailed
from lti_tool.lti.claims import TOOL_CONFIGURATION
from lti_tool.lti.http import Http
from lti_tool.services import launches, registration
from lti_tool.services.registration import Request
from lti_tool.storage.db import Engine, transaction
from lti_tool.storage.platforms import Deployment, Invite, Platform

TOOL = "https://tool.example"


@pytest.fixture
def lms():
    """An LMS that takes every registration, under the same client."""
    with stub_lms() as stub:
        stub.tell(
            "/configuration",
            {
                "issuer": stub.url,
                "authorization_endpoint": f"{stub.url}/auth",
                "token_endpoint": f"{stub.url}/token",
                "jwks_uri": f"{stub.url}/jwks",
                "registration_endpoint": f"{stub.url}/register",
            },
        )
        stub.tell("/register", {"client_id": "c1", "deployment": "none"})
        yield stub


@pytest.fixture
def database(engine: Engine):
    """An empty database for what is committed."""
    empty(engine)
    yield engine
    empty(engine)


def invite(engine: Engine, now) -> str:
    """A new invitation's secret."""
    with transaction(engine) as session:
        return registration.invite(session, now)


def connect(engine: Engine, stub: Stub, secret: str, now) -> None:
    """Register with the LMS."""
    http = Http(allow=(stub.url.removeprefix("http://"),))
    request = Request(f"{stub.url}/configuration", "one-time")
    registration.connect(engine, http, TOOL, secret, request, now)


def tell_anew(stub: Stub, path: str, body: dict[str, object]) -> None:
    """Answer with this from now on."""
    stub.tell(path, body)
    stub.next(path)


def refused(session, secret: str, now) -> str:
    """The code with which an invitation is refused."""
    with pytest.raises(NotFound) as caught:
        registration.check_invite(session, secret, now)
    return caught.value.code


def test_an_invitation_is_good_for_a_week_and_kept_as_a_hash_only(session, now):
    """DR-02."""
    secret = registration.invite(session, now)
    assert registration.check_invite(session, secret, now + timedelta(days=7) - timedelta(seconds=1))
    assert refused(session, secret, now + timedelta(days=7)) == "expired-invite"
    assert refused(session, secret + "x", now) == "unknown-invite"
    assert refused(session, "", now) == "unknown-invite"
    row = session.query(Invite).one()
    assert secret not in row.secret_hash
    assert registration.invite_url(TOOL, secret) == f"{TOOL}/lti/register?invite={secret}"


def test_an_lms_is_connected_and_its_invitation_used_up(database, lms, now):
    """DR-02, DR-12."""
    secret = invite(database, now)
    connect(database, lms, secret, now)
    with transaction(database) as session:
        platform = session.query(Platform).one()
        assert (platform.issuer, platform.client_id) == (lms.url, "c1")
        assert session.query(Invite).one().platform_id == platform.id
        assert session.query(Deployment).count() == 0, "the LMS named none: its first launch will"
        assert refused(session, secret, now) == "used-invite"
    asked = len(lms.asked)
    with pytest.raises(NotFound):
        connect(database, lms, secret, now)
    assert len(lms.asked) == asked, "the LMS is not asked again"


def test_the_lms_itself_may_renew_its_registration(database, lms, now):
    """DR-14, DR-18: Moodle updates a tool that is added once more, and tells a deployment now, for example."""
    connect(database, lms, invite(database, now), now)
    with transaction(database) as session:
        session.query(Platform).one().disabled_at = now
    second = invite(database, now)
    tell_anew(lms, "/register", {"client_id": "c1", TOOL_CONFIGURATION: {"deployment_id": "7"}})
    connect(database, lms, second, now)
    with transaction(database) as session:
        platform = session.query(Platform).one()
        assert [found.deployment_id for found in platform.deployments] == ["7"]
        assert platform.disabled_at is not None, "what an operator switched off stays off"
        assert refused(session, second, now) == "used-invite"


@pytest.mark.parametrize("member", ["jwks_uri", "token_endpoint", "authorization_endpoint"])
def test_a_file_on_the_host_of_an_lms_does_not_replace_its_addresses(database, lms, now, member):
    """DR-14: users of the LMS put files there, and one of them may have an invitation for an LMS of their own."""
    connect(database, lms, invite(database, now), now)
    with transaction(database) as session:
        before = launches.registration_of(session.query(Platform).one())
    configuration = {
        "issuer": lms.url,
        "authorization_endpoint": f"{lms.url}/auth",
        "token_endpoint": f"{lms.url}/token",
        "jwks_uri": f"{lms.url}/jwks",
        "registration_endpoint": f"{lms.url}/register",
        member: f"{lms.url}/uploads/of-a-user",
    }
    tell_anew(lms, "/configuration", configuration)
    second = invite(database, now)
    with pytest.raises(RegistrationFailed) as caught:
        connect(database, lms, second, now)
    assert caught.value.code == "registered-already"
    with transaction(database) as session:
        assert launches.registration_of(session.query(Platform).one()) == before
        assert registration.check_invite(session, second, now), "nothing came of it, so it stays good"


def test_nobody_registers_under_the_name_of_another_lms(database, lms, now):
    """DR-05, DR-14: the configuration of another host is no proof."""
    connect(database, lms, invite(database, now), now)
    with stub_lms() as stub:
        stub.tell("/configuration", {"issuer": lms.url})
        with pytest.raises(RegistrationFailed):
            connect(database, stub, invite(database, now), now)
    with transaction(database) as session:
        assert session.query(Platform).one().token_url.startswith(lms.url)


def test_an_invitation_stays_good_when_the_lms_refuses(database, now):
    secret = invite(database, now)
    with stub_lms() as stub:
        stub.tell("/configuration", {"issuer": "https://other.example"})
        with pytest.raises(RegistrationFailed):
            connect(database, stub, secret, now)
    with pytest.raises(RegistrationFailed, match="configuration"):
        connect(database, stub, secret, now)  # nobody listens there any more
    with transaction(database) as session:
        assert registration.check_invite(session, secret, now)


def test_two_uses_at_one_moment_make_one_registration(database, lms, now):
    """DR-02."""
    secret = invite(database, now)
    outcomes: list[str] = []
    barrier = threading.Barrier(5)

    def use() -> None:
        barrier.wait()
        try:
            connect(database, lms, secret, now)
        except NotFound as error:
            outcomes.append(error.code)
        else:
            outcomes.append("connected")

    threads = [threading.Thread(target=use) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["connected"] + ["used-invite"] * 4
    assert sum(asked.path == "/register" for asked in lms.asked) == 1


def test_an_operator_may_enter_an_lms_by_hand_once(session, now):
    """DR-14."""
    registration.enter(session, tokens.registration(), "School", "1", now)
    platform = session.query(Platform).one()
    assert [found.deployment_id for found in platform.deployments] == ["1"]
    with pytest.raises(RegistrationFailed):
        registration.enter(session, tokens.registration(), "Again", None, now)


def test_switching_off_what_is_not_there_is_told(session, now):
    with pytest.raises(NotFound, match="no platform 7"):
        registration.disable(session, 7, now)
