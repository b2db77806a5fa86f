"""Statements handed to the driver as they are: the same answers, the same errors, the same transaction."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from support.tables import empty

from lti_tool.storage.db import open_session, transaction
from lti_tool.storage.people import LaunchSession
from lti_tool.storage.platforms import Platform, ToolKey
from lti_tool.storage.prepared import Prepared, ask, ask_one

KEY = ToolKey.__table__.c
ADD = Prepared(insert(ToolKey), ("kid", "private_pem", "created_at", "signs_from"))
FIND = Prepared(select(KEY.kid, KEY.created_at).where(KEY.kid == bindparam("kid")), ("kid",))
MOVE = Prepared(update(ToolKey).where(KEY.kid == bindparam("old")).values(private_pem="x"), ("old",))

MOMENT = datetime(2026, 11, 24, 14, 3, 0, 123456, timezone(timedelta(hours=9)))


@pytest.fixture
def database(engine):
    """An empty database for what is committed."""
    empty(engine)
    yield engine
    empty(engine)


def row(kid: str, pem: str = "") -> dict[str, object]:
    return {"kid": kid, "private_pem": pem, "created_at": MOMENT, "signs_from": MOMENT}


def test_values_are_converted_both_ways(session):
    assert ask(session, ADD, row("a")) == []
    kid, created_at = ask_one(session, FIND, {"kid": "a"})
    assert (kid, created_at) == ("a", MOMENT)
    assert created_at.utcoffset() == timedelta(0)
    assert ask_one(session, FIND, {"kid": "b"}) is None


def test_it_sees_what_the_session_holds_and_the_session_sees_what_it_did(session):
    session.add(ToolKey(kid="held", private_pem="", created_at=MOMENT, signs_from=MOMENT))
    assert ask_one(session, FIND, {"kid": "held"}) is not None
    ask(session, ADD, row("told"))
    assert session.get_one(ToolKey, "told").created_at == MOMENT.astimezone(UTC)


def test_values_of_the_statement_itself_are_kept(session):
    ask(session, ADD, row("a"))
    ask(session, MOVE, {"old": "a"})
    assert session.get_one(ToolKey, "a").private_pem == "x"


def test_it_is_undone_and_kept_with_the_session(database):
    def fail() -> None:
        with transaction(database) as session:
            ask(session, ADD, row("undone"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with transaction(database) as session:
        ask(session, ADD, row("kept"))
    with open_session(database, writes=False) as session:
        assert ask_one(session, FIND, {"kid": "undone"}) is None
        assert ask_one(session, FIND, {"kid": "kept"}) is not None


def test_a_session_goes_on_after_a_commit(database):
    with open_session(database, writes=True) as session:
        ask(session, ADD, row("a"))
        session.commit()
        ask(session, ADD, row("b"))
        session.rollback()
        assert ask_one(session, FIND, {"kid": "a"}) is not None
        assert ask_one(session, FIND, {"kid": "b"}) is None


def test_errors_are_those_of_sqlalchemy_and_name_no_values(database):
    with transaction(database) as session:
        ask(session, ADD, row("twice", "secret"))
    with (
        open_session(database, writes=True) as session,
        pytest.raises(IntegrityError) as caught,
    ):
        ask(session, ADD, row("twice", "secret"))
    assert "secret" not in str(caught.value)
    assert "secret" not in str(caught.value.orig)
    with open_session(database, writes=False) as session:
        assert ask_one(session, FIND, {"kid": "twice"}) is not None


def test_a_value_that_the_model_would_fill_in_must_be_given(session):
    lacking = Prepared(insert(Platform), ("issuer", "client_id"))
    with pytest.raises(TypeError, match="every value"):
        ask(session, lacking, {"issuer": "https://lms.example", "client_id": "c"})


def test_a_list_of_values_is_refused(session):
    several = Prepared(
        select(LaunchSession.id).where(LaunchSession.id.in_(bindparam("ids", expanding=True))), ("ids",)
    )
    with pytest.raises(TypeError, match="no list"):
        ask(session, several, {"ids": ["a"]})
