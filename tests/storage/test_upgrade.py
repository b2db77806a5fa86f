"""Upgrading without a pause: the code of the last release goes on working on the newest tables.

`released.json` is the schema of the last release, written down then: raise `RELEASED`, and the first test tells the
new text to put there.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    DateTime,
    Float,
    Integer,
    MetaData,
    Table,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.schema import Column
from support.databases import own_database

from lti_tool.errors import ConfigError
from lti_tool.storage import schema
from lti_tool.storage.db import Engine, connect

RELEASED = "0011"
"""Newest migration of the last release: from here on, migrations only add."""
TAKES_AWAY: frozenset[str] = frozenset()
"""Migrations since then that old code cannot live with. Each raises the floor, and the release notes say so."""
RECORD = Path(__file__).parent / "released.json"
NEVER_CHANGED = {"audit_entry", "alembic_version"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database as the last release left it."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'db'}"
        if request.param == "postgresql":
            url = stack.enter_context(own_database())
        engine = connect(url)
        with engine.execution_options(writes=True).begin() as connection:
            config = schema.configuration()
            config.attributes["connection"] = connection
            command.upgrade(config, RELEASED)
        yield engine
        engine.dispose()


def tables_of(engine: Engine) -> MetaData:
    """The tables as they are now."""
    found = MetaData()
    found.reflect(engine)
    return found


def a_value(column: Column, number: int) -> object:
    """Something that fits into a column."""
    if column.foreign_keys or (isinstance(column.type, Integer) and column.primary_key):
        return number
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, Integer | Float):
        return number
    if isinstance(column.type, DateTime):
        return datetime(2026, 11, 24, tzinfo=UTC).replace(tzinfo=None)
    if isinstance(column.type, JSON):
        return []
    return str(number)


def write(engine: Engine, tables: MetaData, number: int) -> None:
    """What old code does to its tables: one row more in each of them."""
    with engine.begin() as connection:
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                connection.execute(insert(table).values({c.name: a_value(c, number) for c in table.columns}))


def rows(engine: Engine, table: Table) -> int:
    """Read by names of columns, as our code does."""
    with engine.connect() as connection:
        return len(connection.execute(select(*table.columns)).all())


def test_the_record_is_what_the_migrations_of_the_release_make(database: Engine):
    """A released migration is never changed: databases that went through it would not notice."""
    found = {
        table.name: {column.name: column.nullable for column in table.columns}
        for table in tables_of(database).sorted_tables
    }
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    assert recorded == {"revision": RELEASED, "nullable": found}, json.dumps(
        {"revision": RELEASED, "nullable": found}, indent=1, sort_keys=True
    )


def test_old_code_reads_and_writes_the_newest_tables(database: Engine):
    old = tables_of(database)
    write(database, old, 1)
    schema.upgrade(database)
    write(database, old, 2)
    changing = [table for table in old.sorted_tables if table.name not in NEVER_CHANGED]
    assert {rows(database, table) for table in changing} == {2}
    with database.begin() as connection:
        for table in reversed(changing):
            plain = [c for c in table.columns if not c.primary_key and not c.foreign_keys and not c.unique]
            if plain:
                connection.execute(update(table).values({plain[-1].name: a_value(plain[-1], 1)}))
            connection.execute(table.delete())
    assert {rows(database, table) for table in changing} == {0}


def test_migrations_since_the_release_only_add(database: Engine):
    """Column by column, so that the message says which."""
    old = tables_of(database)
    unique = {name: inspect(database).get_unique_constraints(name) for name in old.tables}
    schema.upgrade(database)
    new = tables_of(database)
    for name, table in old.tables.items():
        assert name in new.tables, f"{name} is gone"
        for column in table.columns:
            now = new.tables[name].columns.get(column.name)
            assert now is not None, f"{name}.{column.name} is gone"
            assert str(now.type) == str(column.type), f"{name}.{column.name} has another type"
            assert now.nullable or not column.nullable, f"{name}.{column.name} must not be empty any more"
        for column in new.tables[name].columns:
            added = column.name not in table.columns
            assert not added or column.nullable or column.server_default is not None, (
                f"{name}.{column.name}: old code cannot insert"
            )
        if name != "alembic_version":
            added = [
                rule for rule in inspect(database).get_unique_constraints(name) if rule not in unique[name]
            ]
            assert not added, f"{name}: {added} may refuse what old code writes"


def test_only_migrations_that_take_away_raise_the_floor(database: Engine):
    schema.upgrade(database)
    with database.connect() as connection:
        floor = connection.scalar(text("SELECT revision FROM schema_floor"))
    scripts = ScriptDirectory.from_config(schema.configuration())
    assert floor in {script.revision for script in scripts.walk_revisions()}
    assert floor == max({"0014", *TAKES_AWAY})


def later(engine: Engine, floor: str) -> None:
    """The next release has been here."""
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE schema_floor SET revision = :floor"), {"floor": floor})


def test_this_release_starts_on_the_tables_of_a_later_one_that_says_it_may(database: Engine):
    later(database, schema.heads()[0])
    assert schema.lives_with(database)
    schema.upgrade(database)
    assert schema.version(database) == "9999", "left as it is"


def test_this_release_does_not_start_on_tables_that_it_cannot_understand(database: Engine):
    later(database, "9999")
    assert not schema.lives_with(database)
    with pytest.raises(ConfigError, match="of another release"):
        schema.upgrade(database)


def test_a_later_database_from_before_there_was_a_floor_is_refused(database: Engine):
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="of another release"):
        schema.upgrade(database)


@pytest.mark.parametrize(
    "database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_an_upgrade_that_cannot_get_a_table_gives_up_and_changes_nothing(database: Engine, monkeypatch):
    """While it waits, everybody who comes after it waits too."""
    monkeypatch.setattr(schema, "LOCK_WAIT", "50ms")
    monkeypatch.setattr(schema, "PAUSE", 0.01)
    monkeypatch.setattr(schema, "TRIES", 3)
    with database.begin() as busy:
        busy.execute(text("LOCK TABLE score_report IN ACCESS SHARE MODE"))
        with pytest.raises(ConfigError, match="lock timeout"):
            schema.upgrade(database)
    assert schema.version(database) == RELEASED
    monkeypatch.setattr(schema, "TRIES", 200)
    with database.connect() as busy:
        busy.execute(text("LOCK TABLE score_report IN ACCESS SHARE MODE"))
        threading.Timer(0.3, busy.rollback).start()
        schema.upgrade(database)
    assert schema.version(database) == schema.heads()[0], "it tried again"
    schema.upgrade(database)
    assert schema.version(database) == schema.heads()[0]
