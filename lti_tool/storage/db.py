"""Engine, sessions and the base of all tables."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, ClassVar

from sqlalchemy import DateTime, Delete, Dialect, MetaData, Update, create_engine, event, text
from sqlalchemy import Engine as Engine
from sqlalchemy.engine import Connection, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, object_session
from sqlalchemy.orm import Session as Session
from sqlalchemy.types import TypeDecorator

from lti_tool.errors import ConfigError

WAL_SECONDS = 15
"""How long a new database file may be turned to WAL by somebody else."""

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python on every database; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: times are UTC and aware in code")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables; constraint names are fixed from day one so that migrations can find them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime}


def connect(url: str) -> Engine:
    """An engine for SQLite (WAL, foreign keys, immediate write transactions) or PostgreSQL (psycopg 3).

    Raises ConfigError for any other address.
    """
    try:
        address = make_url(url)
        if address.drivername in {"postgresql", "postgres"}:
            address = address.set(drivername="postgresql+psycopg")
        # Errors of the database would otherwise quote names and addresses of people into the log.
        engine = create_engine(
            address, pool_pre_ping=address.get_backend_name() != "sqlite", hide_parameters=True
        )
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        # The address itself may hold a password, so it is not repeated.
        raise ConfigError("LTI_TOOL_DATABASE_URL: give sqlite:///<file> or postgresql://...") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "handle_error", _hide_details)
    return engine


def _hide_details(context: ExceptionContext) -> None:
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            hide_details(error)


def hide_details(error: BaseException) -> None:
    """PostgreSQL quotes whole rows in the details of an error ("Failing row contains ..."): not into our logs."""
    if error.args and isinstance(error.args[0], str):
        error.args = (error.args[0].partition("\nDETAIL:")[0], *error.args[1:])


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _sqlite_begin, not by the driver
    for pragma in ("busy_timeout=15000", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    _use_wal(connection)


def _use_wal(connection: Any) -> None:
    """Two that turn a new file to WAL at one moment lock each other out, and at once, whatever the timeout says."""
    until = time.monotonic() + WAL_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _sqlite_begin(connection: Connection) -> None:
    # A reader that turns writer half-way fails at once when somebody else wrote: writers say so at the start.
    writes = connection.get_execution_options().get("writes", False)
    connection.connection.cursor().execute("BEGIN IMMEDIATE" if writes else "BEGIN")


def open_session(engine: Engine, *, writes: bool) -> Session:
    """A session; `writes` must be True when anything will be changed."""
    return Session(_writing(engine) if writes else engine, expire_on_commit=False)


@lru_cache(8)
def _writing(engine: Engine) -> Engine:
    """The engine whose transactions are begun for writing, made once."""
    return engine.execution_options(writes=True)


def call_worker(row: Base) -> None:
    """Have a worker woken when the session of `row` has been committed."""
    session = object_session(row)
    if session is not None:
        call_worker_from(session)


def call_worker_from(session: Session) -> None:
    """Have a worker woken when this session has been committed."""
    session.info["calls_worker"] = True


def calls_worker(session: Session) -> bool:
    """Whether the session wrote what a worker shall do at once."""
    return bool(session.info.get("calls_worker"))


def changed(session: Session, statement: Update | Delete) -> int:
    """How many rows a statement changes. What the session holds of them is as it was."""
    done = session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A writing session that commits at the end and rolls back on an exception: for the worker and commands."""
    with open_session(engine, writes=True) as session, session.begin():
        yield session


def ping(session: Session) -> bool:
    """Whether the database answers."""
    try:
        session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
