"""The schema's history: bring a database to the newest version, or ask whether it is there."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from lti_tool.errors import ConfigError
from lti_tool.storage import audit, beats, operators, people, platforms, scores, work
from lti_tool.storage.db import Base as Base

UPGRADING = 20_260_401
"""Key of the lock that keeps two processes from making the same tables."""

TABLES = (audit, beats, operators, platforms, people, work, scores)
"""Every module that declares tables; importing them is what fills `Base.metadata`."""


def configuration() -> Config:
    """Alembic's settings, without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest version; harmless when it is there, and when several do it at once.

    Raises ConfigError when the database cannot be reached, or is of a later release than this one.
    """
    try:
        with engine.execution_options(writes=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADING})
            config = configuration()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except OperationalError as error:
        raise ConfigError(f"the database cannot be used: {error.orig}") from error
    except CommandError as error:
        raise ConfigError(f"the database is of another release of this tool: {error}") from error


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
