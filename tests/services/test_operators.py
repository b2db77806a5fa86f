"""Operators: accounts, and sessions that end."""

from datetime import timedelta

import pytest

from lti_tool.errors import Conflict, MalformedMessage, NotFound
from lti_tool.services import operators, passwords
from lti_tool.storage.audit import AuditEntry
from lti_tool.storage.operators import Operator, OperatorSession

PASSWORD = "correct horse battery"


@pytest.fixture
def anna(session, now) -> Operator:
    """An operator."""
    operators.add(session, "anna", PASSWORD, now)
    return session.query(Operator).one()


def test_a_password_is_kept_as_argon2id_only(session, now, anna):
    assert anna.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    operators.add(session, "ben", PASSWORD, now)
    hashes = {row.password_hash for row in operators.everybody(session)}
    assert len(hashes) == 2, "salted"


@pytest.mark.parametrize("name", ["", "Anna", "a b", "=cmd", "a" * 41, "-a", "a\n", "山田"])
def test_names_are_plain(session, now, name):
    with pytest.raises(MalformedMessage) as caught:
        operators.add(session, name, PASSWORD, now)
    assert caught.value.code == "name"


@pytest.mark.parametrize("password", ["", "short", "x" * 11, "x" * 201])
def test_a_password_is_long_but_not_endless(session, now, password):
    with pytest.raises(MalformedMessage) as caught:
        operators.add(session, "anna", password, now)
    assert caught.value.code == "password"


def test_a_name_is_given_once(session, now, anna):
    with pytest.raises(Conflict) as caught:
        operators.add(session, "anna", PASSWORD, now)
    assert caught.value.code == "name-taken"


def test_a_login_opens_a_session_whose_secret_is_kept_as_a_hash(session, now, anna):
    secret = operators.login(session, "anna", PASSWORD, now)
    assert secret
    assert operators.resume(session, secret, now, now) is anna
    assert secret not in session.query(OperatorSession).one().secret_hash
    assert operators.resume(session, secret + "x", now, now) is None
    assert operators.resume(session, "", now, now) is None


def test_a_password_in_full_width_is_the_same_password(session, now, anna):
    assert operators.login(session, "anna", "ｃｏｒｒｅｃｔ　ｈｏｒｓｅ　ｂａｔｔｅｒｙ", now)


@pytest.mark.parametrize(
    ("name", "password"), [("anna", "correct horse batterz"), ("anna", ""), ("nobody", PASSWORD), ("", "")]
)
def test_a_wrong_name_or_password_opens_nothing(session, now, anna, name, password):
    assert operators.login(session, name, password, now) is None
    assert session.query(OperatorSession).count() == 0


def test_a_wrong_name_costs_as_much_as_a_wrong_password(session, now, anna, monkeypatch):
    compared: list[str] = []
    hasher = passwords._HASHER

    class Counting:
        def verify(self, kept: str, password: str) -> bool:
            compared.append(kept)
            return hasher.verify(kept, password)

    passwords.fits(None, "the decoy is made")
    monkeypatch.setattr(passwords, "_HASHER", Counting())
    operators.disable(session, "anna", now)
    for name in ("anna", "nobody"):
        assert operators.login(session, name, PASSWORD, now) is None
    assert len(compared) == 2
    assert {kept.split("$")[3] for kept in compared} == {"m=19456,t=2,p=1"}


def test_a_session_ends_when_idle_after_a_day_and_by_logging_out(session, now, anna):
    """ATK-24."""
    secret = operators.login(session, "anna", PASSWORD, now)
    idle = now + operators.IDLE
    assert operators.resume(session, secret, now, idle - timedelta(seconds=1)) is anna
    assert operators.resume(session, secret, now, idle) is None
    over = now + operators.LONGEST
    assert operators.resume(session, secret, over, over - timedelta(seconds=1)) is anna
    assert operators.resume(session, secret, over, over) is None
    operators.logout(session, anna, secret, now)
    assert operators.resume(session, secret, now, now) is None


def test_another_password_or_none_at_all_ends_every_session(session, now, anna):
    """ATK-24."""
    operators.add(session, "ben", PASSWORD, now)
    other = operators.login(session, "ben", PASSWORD, now)
    for change in (
        lambda: operators.set_password(session, "anna", PASSWORD, now),
        lambda: operators.disable(session, "anna", now),
    ):
        secret = operators.login(session, "anna", PASSWORD, now)
        assert secret
        change()
        assert operators.resume(session, secret, now, now) is None
    assert operators.login(session, "anna", PASSWORD, now) is None
    assert operators.resume(session, other, now, now), "only hers"
    operators.enable(session, "anna", now)
    assert operators.login(session, "anna", PASSWORD, now)


def test_sessions_that_are_over_are_forgotten(session, now, anna):
    operators.login(session, "anna", PASSWORD, now)
    operators.login(session, "anna", PASSWORD, now + operators.LONGEST)
    assert session.query(OperatorSession).count() == 1


def test_a_password_kept_more_cheaply_is_kept_anew_at_login(session, now, anna):
    cheap = passwords.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
    anna.password_hash = cheap.hash(PASSWORD)
    assert operators.login(session, "anna", PASSWORD, now)
    assert "m=19456" in anna.password_hash


def test_what_becomes_of_accounts_is_recorded(session, now, anna):
    """ATK-25: a name that nobody has is not written down; it may be a password."""
    operators.login(session, "anna", "wrong password", now)
    operators.login(session, PASSWORD, "anna", now)
    secret = operators.login(session, "anna", PASSWORD, now)
    operators.logout(session, anna, secret, now)
    operators.set_password(session, "anna", PASSWORD, now, by="operator ben")
    operators.disable(session, "anna", now)
    operators.enable(session, "anna", now)
    session.flush()
    rows = session.query(AuditEntry).order_by(AuditEntry.id)
    assert [(row.who, row.action) for row in rows] == [
        ("command line", "operator-created"),
        ("operator anna", "login-failed"),
        ("operator anna", "login"),
        ("operator anna", "logout"),
        ("operator ben", "operator-password"),
        ("command line", "operator-disabled"),
        ("command line", "operator-enabled"),
    ]
    assert {row.what for row in rows} == {"operator anna"}


@pytest.mark.parametrize("deed", [operators.disable, operators.enable])
def test_an_account_that_is_not_there_is_told(session, now, deed):
    with pytest.raises(NotFound, match="no operator nobody"):
        deed(session, "nobody", now)
    with pytest.raises(NotFound):
        operators.set_password(session, "nobody", PASSWORD, now)
