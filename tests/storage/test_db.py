"""The database underneath: times, transactions, and what its errors may say."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import IntegrityError, StatementError
from support.tables import empty

from lti_tool.errors import ConfigError
from lti_tool.storage import schema
from lti_tool.storage.db import connect, open_session, ping, transaction
from lti_tool.storage.platforms import Platform, ToolKey

TOKYO = timezone(timedelta(hours=9))


@pytest.fixture
def database(engine):
    """An empty database for what is committed."""
    empty(engine)
    yield engine
    empty(engine)


def key(kid: str, moment: datetime) -> ToolKey:
    """A row with a time."""
    return ToolKey(kid=kid, private_pem="", created_at=moment, signs_from=moment)


def test_times_come_back_aware_and_in_utc(database):
    moment = datetime(2026, 11, 24, 14, 3, 0, 123456, TOKYO)
    with transaction(database) as session:
        session.add(key("a", moment))
    with open_session(database, writes=False) as session:
        found = session.get_one(ToolKey, "a").created_at
        assert found == moment
        assert found.utcoffset() == timedelta(0)
        assert session.query(ToolKey).filter(ToolKey.created_at <= moment.astimezone(UTC)).count() == 1


def test_a_time_without_zone_is_refused(session):
    session.add(key("a", datetime(2026, 11, 24, tzinfo=UTC).replace(tzinfo=None)))
    with pytest.raises(StatementError, match="naive"):
        session.flush()


def test_a_transaction_commits_at_its_end_and_not_after_an_exception(database, now):
    def fail() -> None:
        with transaction(database) as session:
            session.add(key("a", now))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with transaction(database) as session:
        assert session.query(ToolKey).count() == 0


def test_errors_of_the_database_name_no_values(database, now):
    """They end in the log."""
    with pytest.raises(IntegrityError) as caught, transaction(database) as session:
        session.execute(
            Platform.__table__.insert(), [{"issuer": "https://secret.example", "created_at": now}]
        )
    assert "INSERT INTO platform" in str(caught.value)
    assert "parameters hidden" in str(caught.value)
    assert "secret.example" not in f"{caught.value} {caught.value.orig} {caught.value.__cause__}"


def test_writers_wait_for_each_other(database, now):
    """Ten threads at once: on SQLite one after the other, nobody is told that the database is locked."""
    faults: list[BaseException] = []

    def write(number: int) -> None:
        try:
            with transaction(database) as session:
                count = session.query(ToolKey).count()
                session.add(key(f"{number}-{count}", now))
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with transaction(database) as session:
        assert session.query(ToolKey).count() == 10


def test_a_reader_sees_one_moment_and_hinders_no_writer(tmp_path, now):
    """SQLite: WAL lets pages be read while somebody writes."""
    engine = connect(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    schema.upgrade(engine)
    with open_session(engine, writes=False) as reader:
        assert reader.query(ToolKey).count() == 0
        with transaction(engine) as writer:
            writer.add(key("a", now))
        assert reader.query(ToolKey).count() == 0
    engine.dispose()


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://user:hush@host/x", "odd+driver://host/x"])
def test_an_address_that_cannot_be_is_told_without_its_password(url):
    with pytest.raises(ConfigError, match="LTI_TOOL_DATABASE_URL") as caught:
        connect(url)
    assert "hush" not in str(caught.value)


def test_a_database_that_cannot_be_reached_is_told(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'missing' / 'x.sqlite3'}")
    with pytest.raises(ConfigError, match="cannot be used"):
        schema.upgrade(engine)
    with open_session(engine, writes=False) as session:
        assert not ping(session)
    engine.dispose()


def test_a_database_of_a_later_release_that_needs_other_code_is_left_alone(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    schema.upgrade(engine)
    with engine.execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.exec_driver_sql("UPDATE schema_floor SET revision = '9998'")
    with pytest.raises(ConfigError, match="another release"):
        schema.upgrade(engine)
    engine.dispose()


@pytest.mark.parametrize("turn", range(8))
def test_processes_that_upgrade_at_one_moment_do_it_once(tmp_path, turn):
    address = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    faults: list[BaseException] = []
    barrier = threading.Barrier(4)

    def upgrade() -> None:
        engine = connect(address)
        barrier.wait()
        try:
            schema.upgrade(engine)
        except BaseException as error:
            faults.append(error)
        engine.dispose()

    threads = [threading.Thread(target=upgrade) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
