"""An LMS that has moved keeps what it has here; nobody but an operator moves it, and only to where its keys are."""

from collections.abc import Iterator

import pytest
from support import tokens
from support.stub import Stub, serving
from support.tables import empty

from lti_tool.errors import Conflict, NotFound, RegistrationFailed, UnknownPlatform
from lti_tool.lti.http import Http
from lti_tool.lti.platform import Registration
from lti_tool.services import launches, moving, registration
from lti_tool.services.registration import Request
from lti_tool.storage.audit import AuditEntry
from lti_tool.storage.db import transaction
from lti_tool.storage.people import Context, Person, ResourceLink, Roster
from lti_tool.storage.platforms import Platform
from lti_tool.storage.scores import AccessToken, LineItem

CERTS = "/mod/lti/certs.php"


@pytest.fixture
def sites() -> Iterator[tuple[Stub, Stub]]:
    """The site of before and the site of now, with the same keys."""
    with serving() as old, serving() as new:
        for site in (old, new):
            site.tell(f"/moodle{CERTS}", tokens.jwks())
        yield old, new


def client(*sites: Stub) -> Http:
    """May call these."""
    return Http(allow=tuple(site.url.removeprefix("http://") for site in sites))


@pytest.fixture
def school(engine, now, sites) -> Iterator[int]:
    """The number of an LMS in use at the old site, and of another at a site of its own."""
    empty(engine)
    old = f"{sites[0].url}/moodle"
    with transaction(engine) as session:
        for issuer in (old, "https://other.example"):
            wanted = Registration(
                issuer=issuer,
                client_id="c1",
                auth_url=f"{issuer}/mod/lti/auth.php",
                token_url=f"{issuer}/mod/lti/token.php",
                jwks_url=f"{issuer}{CERTS}",
            )
            live_in(session, registration.enter(session, wanted, "", "1", now), old, now)
        number = session.query(Platform).filter_by(issuer=old).one().id
    yield number
    empty(engine)


def live_in(session, platform: Platform, site: str, now) -> None:
    """A course with service addresses at `site`."""
    session.flush()
    deployment = session.query(Platform).filter_by(id=platform.id).one().deployments[0]
    services = f"{site}/mod/lti/services.php"
    context = Context(
        deployment_id=deployment.id,
        context_id="2",
        scopes=[],
        created_at=now,
        lineitems_url=f"{services}/2/lineitems?type_id=1",
        memberships_url=f"{site}.evil/members",
    )
    session.add_all([context, Person(deployment_id=deployment.id, sub="5", created_at=now, language="")])
    session.flush()
    session.add_all(
        [
            ResourceLink(context_id=context.id, resource_link_id="9", node="q", lineitem_url=f"{services}/9"),
            LineItem(context_id=context.id, node="q", url=f"{services}/2/lineitems/9/lineitem?type_id=1"),
            Roster(context_id=context.id, due_at=now, differences_url=f"{services}/d"),
            AccessToken(platform_id=platform.id, scopes="s", token="t", expires_at=now),
        ]
    )


def addresses(session, platform_id: int) -> list[str]:
    """The service addresses that are kept for a platform."""
    context = session.query(Context).join(Context.deployment).filter_by(platform_id=platform_id).one()
    link, column = (
        session.query(kind).filter_by(context_id=context.id).one() for kind in (ResourceLink, LineItem)
    )
    roster = session.get_one(Roster, context.id)
    return [
        context.lineitems_url,
        context.memberships_url,
        link.lineitem_url,
        column.url,
        roster.differences_url,
    ]


def test_everything_moves_along_and_nothing_of_others(engine, school, sites, now):
    old, new = f"{sites[0].url}/moodle", f"{sites[1].url}/moodle"
    planned = moving.plan(engine, client(*sites), school, new)
    assert planned.proof == "same"
    assert planned.new.auth_url == f"{new}/mod/lti/auth.php"
    moving.move(engine, client(*sites), school, old, new, now, by="operator anna")
    services = f"{new}/mod/lti/services.php"
    with transaction(engine) as session:
        row = session.get_one(Platform, school)
        assert (row.issuer, row.token_url, row.jwks_url) == (new, f"{new}/mod/lti/token.php", f"{new}{CERTS}")
        assert addresses(session, school) == [
            f"{services}/2/lineitems?type_id=1",
            f"{old}.evil/members",
            f"{services}/9",
            f"{services}/2/lineitems/9/lineitem?type_id=1",
            f"{services}/d",
        ], "what only looks as if it lay there is left alone"
        other = session.query(Platform).filter_by(issuer="https://other.example").one()
        assert all(address.startswith(old) for address in addresses(session, other.id))
        assert session.query(AccessToken).one().platform_id == other.id
        assert session.query(Person).count() == 2
        assert launches.find_platform(session, new, "c1").id == school
        with pytest.raises(UnknownPlatform):
            launches.find_platform(session, old, "c1")
        deed = session.query(AuditEntry).filter_by(action="platform-moved").one()
        hosts = [site.url.removeprefix("http://") for site in sites]
        assert (deed.who, deed.what) == ("operator anna", f"platform {school} from {hosts[0]} to {hosts[1]}")


def test_other_keys_at_the_new_address_are_told(engine, school, sites):
    """DR-14: it may be another site."""
    sites[1].tell("/elsewhere" + CERTS, other_keys())
    assert moving.plan(engine, client(*sites), school, f"{sites[1].url}/elsewhere").proof == "other"


def other_keys() -> dict[str, object]:
    """A key set with the same kids and other keys."""
    found = tokens.jwks()
    keys = [{**key, "n": key["n"][:-8] + "AAAAAAAQ"} for key in found["keys"]]
    return {"keys": keys}


def test_keys_that_lie_elsewhere_and_stay_prove_that_it_is_the_same(engine, school, sites):
    """As in a cloud, where many sites share one key set."""
    shared = f"{sites[1].url}/moodle{CERTS}"
    with transaction(engine) as session:
        session.get_one(Platform, school).jwks_url = shared
    planned = moving.plan(engine, client(*sites), school, f"{sites[0].url}/renamed")
    assert (planned.proof, planned.new.jwks_url) == ("same", shared)


def test_an_old_address_that_is_gone_proves_nothing(engine, school, sites):
    assert moving.plan(engine, client(sites[1]), school, f"{sites[1].url}/moodle").proof == "unknown"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://10.0.0.7/moodle", "by-hand-address"),
        ("http://moodle.example", "by-hand-address"),
        ("https://moodle.example/?x=1", "by-hand-address"),
        ("javascript:alert(1)", "by-hand-address"),
        ("", "by-hand-address"),
        ("https://moodle.example/" + "x" * 500, "by-hand-address"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused(engine, school, sites, address, code):
    """ATK-03: and nothing is asked."""
    with pytest.raises(RegistrationFailed) as caught:
        moving.plan(engine, client(*sites), school, address)
    assert caught.value.code == code
    assert [site.asked for site in sites] == [[], []]


def test_where_no_keys_are_nothing_moves(engine, school, sites, now):
    old = f"{sites[0].url}/moodle"
    with pytest.raises(RegistrationFailed) as caught:
        moving.move(engine, client(*sites), school, old, f"{sites[1].url}/empty", now, by="operator anna")
    assert caught.value.code == "by-hand-keys"
    with transaction(engine) as session:
        assert session.get_one(Platform, school).issuer == old


def test_it_moves_neither_to_itself_nor_onto_another(engine, school, sites, now):
    new = f"{sites[1].url}/moodle"
    with transaction(engine) as session:
        session.query(Platform).filter_by(issuer="https://other.example").one().issuer = new
    for address, code in ((f"{sites[0].url}/moodle", "same-address"), (new, "registered-already")):
        with pytest.raises(RegistrationFailed) as caught:
            moving.plan(engine, client(*sites), school, address)
        assert caught.value.code == code
    with pytest.raises(NotFound):
        moving.plan(engine, client(*sites), 99, new)


def test_what_was_moved_meanwhile_is_not_moved_again(engine, school, sites, now):
    new = f"{sites[1].url}/moodle"
    with pytest.raises(Conflict):
        moving.move(engine, client(*sites), school, "https://seen.example", new, now, by="operator anna")


def test_registering_from_a_new_address_moves_nothing(engine, school, sites, now):
    """DR-14: also whoever holds an invitation and the same client only connects something new."""
    new = sites[1]
    new.tell(
        "/moodle/configuration",
        {
            "issuer": f"{new.url}/moodle",
            "authorization_endpoint": f"{new.url}/moodle/auth",
            "token_endpoint": f"{new.url}/moodle/token",
            "jwks_uri": f"{new.url}/moodle{CERTS}",
            "registration_endpoint": f"{new.url}/moodle/register",
        },
    )
    new.tell("/moodle/register", {"client_id": "c1"})
    with transaction(engine) as session:
        secret = registration.invite(session, now)
    request = Request(f"{new.url}/moodle/configuration", "token")
    registration.connect(engine, client(*sites), "https://tool.example", secret, request, now)
    with transaction(engine) as session:
        assert session.get_one(Platform, school).issuer == f"{sites[0].url}/moodle"
        assert session.query(Platform).count() == 3
