"""The schema's history: one line of versions, which ends exactly where the models are."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from lti_tool.storage import schema
from lti_tool.storage.db import Base, Engine, connect

POSTGRES = os.environ.get("LTI_TOOL_TEST_POSTGRES_URL", "")
OURS = "guard_of_schema"
"""A PostgreSQL schema of our own: the other tests keep their tables in the same database."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without a table, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        engine = connect(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        yield engine
        engine.dispose()
        return
    if not POSTGRES:
        missing = "no PostgreSQL: set LTI_TOOL_TEST_POSTGRES_URL"
        pytest.fail(f"{missing} - and CI must skip nothing") if os.environ.get("CI") else pytest.skip(missing)
    owner = connect(POSTGRES)
    _run(owner, f"DROP SCHEMA IF EXISTS {OURS} CASCADE", f"CREATE SCHEMA {OURS}")
    engine = connect(f"{POSTGRES}{'&' if '?' in POSTGRES else '?'}options=-csearch_path%3D{OURS}")
    yield engine
    engine.dispose()
    _run(owner, f"DROP SCHEMA {OURS} CASCADE")
    owner.dispose()


KEY = "('k', 'p', '2026-11-24', '2026-11-24')"


def _run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_history_is_one_line():
    """Two heads would let two databases of one version differ."""
    assert len(schema.heads()) == 1
    versions = [
        found.revision for found in ScriptDirectory.from_config(schema.configuration()).walk_revisions()
    ]
    files = sorted((Path(schema.__file__).parent / "migrations" / "versions").glob("[0-9]*.py"))
    assert len(versions) == len(files)


def test_an_empty_database_is_brought_to_the_models(empty: Engine):
    assert schema.version(empty) is None
    schema.upgrade(empty)
    assert schema.version(empty) == schema.heads()[0]
    assert set(inspect(empty).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    assert schema.differences(empty) == []


def test_upgrading_again_changes_nothing(empty: Engine):
    """Every start of the server upgrades; what is stored must not notice."""
    schema.upgrade(empty)
    _run(empty, f"INSERT INTO tool_key (kid, private_pem, created_at, signs_from) VALUES {KEY}")
    schema.upgrade(empty)
    assert schema.version(empty) == schema.heads()[0]
    with empty.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM tool_key")) == 1


def test_a_difference_is_seen(empty: Engine):
    """The comparison above can fail: a missing column and a table too many are both told."""
    schema.upgrade(empty)
    _run(empty, "ALTER TABLE person DROP COLUMN email", "CREATE TABLE stray (id INTEGER PRIMARY KEY)")
    told = str(schema.differences(empty))
    assert "add_column" in told
    assert "stray" in told


@pytest.mark.parametrize("change", ["UPDATE audit_entry SET who = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_the_audit_log(empty: Engine, change: str):
    """ATK-25: whatever of this tool would try."""
    schema.upgrade(empty)
    entry = "VALUES (1, '2026-11-24', 'operator anna', 'key-rotated', 'key k')"
    _run(empty, f"INSERT INTO audit_entry (id, at, who, action, what) {entry}")
    with pytest.raises(DatabaseError, match="the audit log is never changed"):
        _run(empty, change)
    with empty.connect() as connection:
        assert connection.scalar(text("SELECT who FROM audit_entry")) == "operator anna"
