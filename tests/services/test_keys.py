"""The tool's keys: a new one is known before it signs, an old one for a while after, a leaked one no more."""

from datetime import timedelta

import pytest

from lti_tool.errors import ConfigError, Conflict
from lti_tool.services import keys
from lti_tool.services.keys import AHEAD, BEHIND
from lti_tool.storage.audit import AuditEntry
from lti_tool.storage.platforms import ToolKey

MOMENT = timedelta(seconds=1)


def published(session, now) -> list[str]:
    """The kids in the key set."""
    return [key["kid"] for key in keys.published(session, now)["keys"]]


@pytest.fixture
def first(session, now) -> str:
    """The kid of the key that was made at the beginning."""
    keys.ensure(session, now)
    keys.ensure(session, now)
    (kid,) = published(session, now)
    return kid


def test_the_first_key_signs_at_once(session, now, first):
    assert keys.signer(session, now).kid == first
    assert keys.signer(session, now - timedelta(days=1)).kid == first, "also when a clock went back"


def test_without_a_key_nothing_is_signed(session, now):
    with pytest.raises(ConfigError, match="db upgrade"):
        keys.signer(session, now)


def test_a_new_key_is_published_before_it_signs_and_the_old_one_after(session, now, first):
    """KEY-03."""
    second = keys.rotate(session, now).kid
    assert published(session, now) == [second, first]
    assert keys.signer(session, now + AHEAD - MOMENT).kid == first
    assert keys.signer(session, now + AHEAD).kid == second
    late = now + AHEAD + BEHIND
    assert published(session, late - MOMENT) == [second, first]
    assert published(session, late) == [second]


def test_what_each_key_does_is_told(session, now, first):
    second = keys.rotate(session, now).kid
    states = [[(line.kid, line.state) for line in keys.listed(session, at)] for at in (now, now + AHEAD)]
    assert states == [[(second, "waits"), (first, "signs")], [(second, "signs"), (first, "old")]]


def test_one_key_waits_at_a_time(session, now, first):
    keys.rotate(session, now)
    with pytest.raises(Conflict) as caught:
        keys.rotate(session, now + AHEAD - MOMENT)
    assert caught.value.code == "key-waits"
    assert keys.rotate(session, now + AHEAD).signs_from == now + 2 * AHEAD


def test_a_key_that_nobody_needs_is_wiped_at_the_next_change(session, now, first):
    """KEY-02, KEY-04: its id stays, and never comes to mean another key."""
    second = keys.rotate(session, now).kid
    keys.rotate(session, now + timedelta(days=365))
    kept = {row.kid: bool(row.private_pem) for row in session.query(ToolKey)}
    assert kept[first] is False
    assert kept[second] is True
    assert len(kept) == 3


def test_a_leaked_key_is_withdrawn_at_once_and_all_others_with_it(session, now, first):
    keys.rotate(session, now)
    new = keys.replace(session, now, by="operator anna").kid
    assert published(session, now) == [new]
    assert keys.signer(session, now).kid == new
    assert [row.kid for row in session.query(ToolKey) if row.private_pem] == [new]
    session.flush()
    deeds = [(row.who, row.action) for row in session.query(AuditEntry).order_by(AuditEntry.id)]
    assert deeds == [("command line", "key-rotated"), ("operator anna", "keys-replaced")]
