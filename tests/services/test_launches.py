"""A verified launch becomes rows: who may come in, whose rows they are, what an earlier launch is good for."""

import threading
from datetime import timedelta

import pytest
from support import tokens
from support.courses import tiny_course
from support.tables import empty

from lti_tool.errors import (
    AccessDenied,
    InvalidToken,
    MalformedMessage,
    NotFound,
    UnknownDeployment,
    UnknownPlatform,
)
from lti_tool.services import launches, registration
from lti_tool.storage.db import transaction
from lti_tool.storage.launch_queries import KnownPlatform
from lti_tool.storage.people import Context, LaunchSession, Membership, Person, ResourceLink
from lti_tool.storage.platforms import Deployment

HOURS = timedelta(hours=12)


@pytest.fixture
def platform(session, now) -> KnownPlatform:
    """The platform of `tokens`, registered without naming a deployment."""
    registration.enter(session, tokens.registration(), "", None, now)
    return launches.find_platform(session, tokens.ISSUER, None)


@pytest.fixture
def come(session, course, platform, now):
    """Launch somebody: `come(sub="6", custom={...})` -> (row of the launch session, secret)."""
    count = iter(range(1000))

    def launch(at=now, **claims):
        nonce = f"nonce-{next(count)}"
        claims = {"custom": {}, "nonce": nonce, **claims}
        token = tokens.sign(tokens.claims(at, **claims))
        verified = tokens.launch(
            token, at, login=tokens.login_state(at, nonce=claims["nonce"], deployment_id=None)
        )
        opened = launches.record(session, course, platform, verified, HOURS, at)
        return session.get_one(LaunchSession, opened.visit.id), opened.secret

    return launch


# Who may come in


def test_a_token_is_good_for_one_launch(come):
    """STA-07, ATK-06."""
    come(nonce="once")
    with pytest.raises(InvalidToken) as caught:
        come(nonce="once")
    assert caught.value.code == "replay"


def test_the_first_launch_names_the_deployment_and_the_only_one(session, come, platform):
    """CLM-05, DR-17."""
    come(deployment_id="7")
    (deployment,) = session.query(Deployment).all()
    assert (deployment.deployment_id, deployment.approved_at is not None) == ("7", True)
    come(deployment_id="7")
    with pytest.raises(UnknownPlatform) as caught:
        come(deployment_id="8")
    assert caught.value.code == "unknown-deployment"
    assert session.query(Deployment).count() == 1


def test_a_deployment_that_waits_for_approval_lets_nobody_in(session, come, platform, now):
    """CLM-05, DR-17."""
    session.add(Deployment(platform_id=platform.id, deployment_id="7", created_at=now))
    session.flush()
    with pytest.raises(UnknownDeployment) as caught:
        come(deployment_id="7")
    assert (caught.value.platform_id, caught.value.deployment_id) == (platform.id, "7")


def test_first_launches_at_one_moment_name_one_deployment(engine, now):
    """CLM-05."""
    empty(engine)
    with transaction(engine) as session:
        registration.enter(session, tokens.registration(), "", None, now)
    faults: list[BaseException] = []
    barrier = threading.Barrier(6)

    def first(number: int) -> None:
        login = tokens.login_state(now, nonce=f"n{number}", deployment_id=None)
        token = tokens.sign(tokens.claims(now, sub=str(number), nonce=f"n{number}", custom={}))
        verified = tokens.launch(token, now, login=login)
        barrier.wait()
        try:
            with transaction(engine) as session:
                platform = launches.find_platform(session, tokens.ISSUER, None)
                launches.record(session, tiny_course(), platform, verified, HOURS, now)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=first, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction(engine) as session:
        counts = [session.query(kind).count() for kind in (Deployment, Context, ResourceLink, Person)]
    empty(engine)
    assert faults == []
    assert counts == [1, 1, 1, 6]


@pytest.mark.parametrize("known", [0, 1, 2])
def test_a_login_without_client_needs_exactly_one_that_is_active(session, now, known):
    """LOG-07, LOG-08."""
    for number in range(known):
        registration.enter(session, tokens.registration(client_id=f"c{number}"), "", None, now)
    if known == 1:
        assert launches.find_platform(session, tokens.ISSUER, None).client_id == "c0"
        return
    with pytest.raises(UnknownPlatform) as caught:
        launches.find_platform(session, tokens.ISSUER, None)
    assert caught.value.code == ("ambiguous-platform" if known else "unknown-platform")


def test_a_platform_that_is_switched_off_is_neither_found_nor_in_the_way(session, now):
    for client in ("old", "new"):
        registration.enter(session, tokens.registration(client_id=client), "", None, now)
    old = launches.find_platform(session, tokens.ISSUER, "old")
    registration.disable(session, old.id, now)
    assert launches.find_platform(session, tokens.ISSUER, None).client_id == "new"
    with pytest.raises(UnknownPlatform) as caught:
        launches.find_platform(session, tokens.ISSUER, "old")
    assert caught.value.code == "disabled-platform"


def test_an_issuer_is_compared_to_the_letter(session, platform):
    """TOK-10."""
    for other in (tokens.ISSUER + "/", tokens.ISSUER.upper(), "https://moodle.example.evil"):
        with pytest.raises(UnknownPlatform):
            launches.find_platform(session, other, None)


# Whose rows they are


def test_the_same_person_and_course_in_two_deployments_share_nothing(session, come, platform, now):
    """CLM-06, CLM-13, ATK-04."""
    for name in ("1", "2"):
        session.add(Deployment(platform_id=platform.id, deployment_id=name, created_at=now, approved_at=now))
    session.flush()
    first, _ = come(deployment_id="1")
    second, _ = come(deployment_id="2")
    assert first.person_id != second.person_id
    assert first.context_id != second.context_id
    assert first.link_id != second.link_id


def test_the_profile_is_that_of_the_newest_launch(session, come):
    """CLM-19."""
    row, _ = come(name="山田 花子", email="old@school.example")
    come(name=tokens.ABSENT, given_name="花", family_name="佐藤", email="new@school.example")
    assert (row.person.name, row.person.email) == ("佐藤 花", "new@school.example")
    come(name=tokens.ABSENT, given_name=tokens.ABSENT, family_name=tokens.ABSENT, email=tokens.ABSENT)
    assert (row.person.name, row.person.email) == ("", ""), "an LMS may stop sharing names"
    assert session.query(Person).count() == 1


def test_nobody_is_recognised_by_an_address(session, come):
    """CLM-15, ATK-10."""
    come(sub="5", email="same@school.example")
    come(sub="6", email="same@school.example")
    assert session.query(Person).count() == 2


def test_the_role_is_that_of_this_launch(session, come):
    """ROL-11, ATK-13."""
    come(roles=[tokens.INSTRUCTOR])
    row, _ = come(roles=[tokens.LEARNER])
    assert row.role == "learner"
    assert [found.role for found in session.query(Membership)] == ["learner"]


def test_a_launch_without_course_lives_in_one_of_its_link(session, come):
    row, _ = come(context=tokens.ABSENT, resource_link={"id": "a"})
    same, _ = come(sub="6", context=tokens.ABSENT, resource_link={"id": "a"})
    other, _ = come(context=tokens.ABSENT, resource_link={"id": "b"})
    real, _ = come(context={"id": "a"}, resource_link={"id": "a"})
    assert row.context.implied
    assert row.context_id == same.context_id
    assert len({row.context_id, other.context_id, real.context_id}) == 3


# What it opens


def test_a_link_opens_the_node_it_was_placed_with(come):
    """DL-27."""
    row, _ = come(custom={"node": "a101-quiz"}, resource_link={"id": "q"})
    assert row.link.node == "a101-quiz"
    again, _ = come(custom={}, resource_link={"id": "q"})
    assert again.link.node == "a101-quiz", "also when the LMS forgets to say so"
    assert come(custom={}, resource_link={"id": "new"})[0].link.node == "course"


def test_a_link_to_what_the_course_does_not_have_opens_nothing(session, come):
    """DL-27."""
    for node in ("a999", "stage1/../x", "A101", "question-1"):
        with pytest.raises(NotFound) as caught:
            come(custom={"node": node}, resource_link={"id": "q"})
        assert caught.value.code == "unknown-node"


def test_a_link_whose_node_left_the_course_opens_nothing(session, come):
    row, _ = come(custom={"node": "a101-quiz"}, resource_link={"id": "q"})
    row.link.node = "removed"
    with pytest.raises(NotFound):
        come(resource_link={"id": "q"})


# Languages and sessions


@pytest.mark.parametrize(
    ("locale", "language"), [("ja", "ja"), ("ja-JP", "ja"), ("en-GB", "en"), ("fr", "en"), (None, "ja")]
)
def test_the_language_is_that_of_the_lms(come, locale, language):
    presentation = {"locale": locale} if locale else {}
    assert come(launch_presentation=presentation)[0].language == language


def test_a_language_that_was_chosen_is_remembered(session, come, now):
    row, secret = come()
    launches.choose_language(session, launches.resume(session, row.id, secret, now), "en")
    visit = launches.resume(session, row.id, secret, now)
    assert visit.language == "en"
    assert come(launch_presentation={"locale": "ja"})[0].language == "en"
    with pytest.raises(MalformedMessage):
        launches.choose_language(session, visit, "fr")


def test_a_session_opens_for_its_secret_until_it_is_over(session, come, now):
    """ATK-24."""
    row, secret = come()
    for moment in (now, now + HOURS - timedelta(seconds=1)):
        assert launches.resume(session, row.id, secret, moment).person_id == row.person_id
    for launch_id, given, moment, code in (
        (row.id, "", now, "no-session"),
        (row.id, row.secret_hash, now, "no-session"),
        ("other", secret, now, "no-session"),
        (row.id, secret, now + HOURS, "session-over"),
    ):
        with pytest.raises(AccessDenied) as caught:
            launches.resume(session, launch_id, given, moment)
        assert caught.value.code == code
    assert secret not in repr([getattr(row, column.name) for column in LaunchSession.__table__.columns])


def test_switching_a_platform_off_ends_its_sessions(session, come, platform, now):
    """ATK-09, ATK-24."""
    row, secret = come()
    registration.disable(session, platform.id, now)
    with pytest.raises(AccessDenied) as caught:
        launches.resume(session, row.id, secret, now)
    assert caught.value.code == "disabled-platform"


def test_two_launches_of_one_person_are_two_sessions(come):
    """STA-16."""
    (first, one), (second, two) = come(), come()
    assert first.id != second.id
    assert one != two


def test_a_registration_is_read_again_after_some_seconds(session, platform, now):
    asked = []
    platforms = launches.Platforms()
    for seconds in (0, 9, 10, 19):
        moment = now + timedelta(seconds=seconds)
        found = platforms.find(
            lambda: asked.append(1) or session, platform.issuer, platform.client_id, moment
        )
        assert found.id == platform.id
    assert len(asked) == 2


def test_a_platform_that_is_off_lets_nobody_in_though_it_is_remembered(session, come, platform, now):
    """LOG-23, ATK-09."""
    come()
    registration.disable(session, platform.id, now)
    with pytest.raises(UnknownPlatform) as caught:
        come()
    assert caught.value.code == "disabled-platform"
