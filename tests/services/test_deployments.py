"""Deployments wait for an operator, who lets them in or not; a flood of them fills nothing."""

import threading

import pytest
from support import launching, tokens
from support.courses import tiny_course
from support.people import make_person
from support.tables import empty

from lti_tool.errors import NotFound
from lti_tool.services import arrivals, deployments, launches, registration
from lti_tool.services.deployments import WAITING, ask, state
from lti_tool.storage.audit import AuditEntry
from lti_tool.storage.db import transaction
from lti_tool.storage.people import Context, LaunchSession
from lti_tool.storage.platforms import Deployment, Platform


@pytest.fixture
def database(engine, now):
    """A connected platform with one approved deployment, committed."""
    empty(engine)
    launching.register_platform(engine, now)
    yield engine
    empty(engine)


@pytest.fixture
def platform(database) -> int:
    """Its number."""
    with transaction(database) as session:
        return session.query(Platform).one().id


def states(engine) -> dict[str, str]:
    """What became of each deployment, by the LMS's id."""
    with transaction(engine) as session:
        return {row.deployment_id: state(row) for row in session.query(Deployment)}


def number_of(engine, deployment_id: str) -> int:
    """Our number of a deployment."""
    with transaction(engine) as session:
        return session.query(Deployment).filter_by(deployment_id=deployment_id).one().id


def test_a_deployment_waits_and_is_let_in_or_not(database, platform, now):
    """CLM-05, DR-17."""
    assert ask(database, platform, "new", now) == "deployment-waits"
    assert ask(database, platform, "new", now) == "deployment-waits"
    assert states(database) == {tokens.DEPLOYMENT_ID: "approved", "new": "waiting"}
    number = number_of(database, "new")
    with transaction(database) as session:
        deployments.refuse(session, number, now, by="operator anna")
    assert ask(database, platform, "new", now) == "deployment-refused"
    with transaction(database) as session:
        deployments.approve(session, number, now, by="operator anna")
        deployments.approve(session, number, now, by="operator anna")
    assert states(database)["new"] == "approved"
    with transaction(database) as session:
        rows = session.query(AuditEntry).order_by(AuditEntry.id)
        what = f"platform {platform} deployment {number}"
        assert [(row.who, row.action, row.what) for row in rows] == [
            (f"platform {platform}", "deployment-asked", what),
            ("operator anna", "deployment-refused", what),
            ("operator anna", "deployment-approved", what),
        ]


def test_no_more_wait_than_an_operator_can_look_at(database, platform, now):
    """CLM-05: an LMS that makes deployments up fills nothing."""
    told = [ask(database, platform, f"d{number}", now) for number in range(WAITING + 3)]
    assert told == ["deployment-waits"] * WAITING + ["unknown-deployment"] * 3
    assert list(states(database).values()).count("waiting") == WAITING
    with transaction(database) as session:
        deployments.refuse(session, session.query(Deployment).filter_by(deployment_id="d0").one().id, now)
    assert ask(database, platform, "d99", now) == "deployment-waits", "there is room again"


def test_many_at_one_moment_wait_once(database, platform, now):
    told: list[str] = []
    barrier = threading.Barrier(6)

    def come(number: int) -> None:
        barrier.wait()
        told.append(ask(database, platform, f"d{number % 2}", now))

    threads = [threading.Thread(target=come, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["deployment-waits"] * 6
    assert states(database) == {tokens.DEPLOYMENT_ID: "approved", "d0": "waiting", "d1": "waiting"}


def test_refusing_ends_what_is_open_there_and_only_there(session, now):
    """ATK-24: work and grades stay."""
    student = make_person(session, "Aoi")
    context = session.get_one(Context, student.context_id)
    other = Deployment(
        platform_id=context.deployment.platform_id, deployment_id="other", created_at=now, approved_at=now
    )
    elsewhere = Context(deployment=other, context_id="c", scopes=[], created_at=now)
    session.add(elsewhere)
    session.flush()
    for number, place in enumerate((context, elsewhere)):
        session.add(
            LaunchSession(
                id=f"l{number}",
                secret_hash="x",
                person_id=student.person_id,
                context_id=place.id,
                role="learner",
                language="ja",
                created_at=now,
                expires_at=now + launches.timedelta(hours=1),
            )
        )
    session.flush()
    deployments.refuse(session, context.deployment_id, now)
    assert [row.id for row in session.query(LaunchSession)] == ["l1"]
    assert session.get(Context, context.id) is not None


def test_a_further_deployment_named_by_registering_anew_waits(session, now):
    """DR-14: whoever has an invitation does not let a part of somebody else's LMS in."""
    registration.enter(session, tokens.registration(), "", "1", now)
    platform = session.query(Platform).one()
    deployments.name(session, platform, "1", "invitation 5", now)
    deployments.name(session, platform, "2", "invitation 5", now)
    found = {row.deployment_id: state(row) for row in session.query(Deployment)}
    assert found == {"1": "approved", "2": "waiting"}


@pytest.mark.parametrize("decide", [deployments.approve, deployments.refuse])
def test_a_deployment_that_is_not_there_is_told(session, now, decide):
    with pytest.raises(NotFound, match="no deployment 99"):
        decide(session, 99, now)


def test_the_first_deployment_that_launches_is_recorded_too(database, now):
    """ATK-25, CLM-05."""
    with transaction(database) as session:
        session.query(Deployment).delete()
        platform = session.query(Platform).one().id
        arrivals.learn(session, tiny_course(), platform, tokens.launch_of(now, custom={}), now)
    with transaction(database) as session:
        number = session.query(Deployment).one().id
        deed = session.query(AuditEntry).one()
        what = f"platform {platform} deployment {number}"
        assert (deed.who, deed.action, deed.what) == (f"platform {platform}", "deployment-approved", what)
