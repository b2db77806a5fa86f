"""The schema's history: bring a database to the newest version, or ask whether it is there."""

import time
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect, select, text
from sqlalchemy.exc import OperationalError

from lti_tool.errors import ConfigError
from lti_tool.storage import audit, beats, floor, operators, people, platforms, scores, work
from lti_tool.storage.db import Base as Base
from lti_tool.storage.floor import SchemaFloor

UPGRADING = 20_260_401
"""Key of the lock that keeps two processes from making the same tables."""

LOCK_WAIT = "500ms"
"""An upgrade that waits for a table makes everybody else wait for it too, and may wait for one of them: so it lets go,
unchanged, and tries again. Less than PostgreSQL's `deadlock_timeout`, whose victim could be a student."""
TRIES, PAUSE = 40, 0.5
IN_THE_WAY = frozenset({"55P03", "40P01"})
"""PostgreSQL's words for it: the lock was not to be had; deadlock."""

TABLES = (audit, beats, floor, operators, platforms, people, work, scores)
"""Every module that declares tables; importing them is what fills `Base.metadata`."""


def configuration() -> Config:
    """Alembic's settings, without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest version; harmless when it is there, and when several do it at once.

    A database of a later release is left as it is when that release says that this one may go on with it.
    Raises ConfigError when the database cannot be reached, or when it does not say so.
    """
    try:
        for tries_left in reversed(range(TRIES)):
            try:
                _upgrade(engine)
                break
            except OperationalError as error:
                if not tries_left or getattr(error.orig, "sqlstate", "") not in IN_THE_WAY:
                    raise
            time.sleep(PAUSE)
    except OperationalError as error:
        raise ConfigError(f"the database cannot be used: {error.orig}") from error
    except CommandError as error:
        raise ConfigError(f"the database is of another release of this tool: {error}") from error


def _upgrade(engine: Engine) -> None:
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADING})
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'"))
        if _lives_with(connection):
            return
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def lives_with(engine: Engine) -> bool:
    """Whether the database is of a later release, which says that this one may work on it: during an upgrade, and
    after one was taken back."""
    with engine.connect() as connection:
        return _lives_with(connection)


def _lives_with(connection: Connection) -> bool:
    scripts = ScriptDirectory.from_config(configuration())
    known = {script.revision for script in scripts.walk_revisions()}
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None or found in known or not inspect(connection).has_table(SchemaFloor.__tablename__):
        return False
    floor = connection.scalar(select(SchemaFloor.revision))
    return floor is not None and floor in known


def heads() -> tuple[str, ...]:
    """Newest versions; more than one is a mistake."""
    return tuple(ScriptDirectory.from_config(configuration()).get_heads())


def version(engine: Engine) -> str | None:
    """The database's version; None when it was never upgraded."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def differences(engine: Engine) -> list[object]:
    """What the database lacks or has too much, compared with the models."""
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))
