"""Fixtures that every test may use: databases, a session that leaves nothing behind, and a fixed moment."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_tool.storage import audit, beats, floor, operators, people, platforms, scores, work  # noqa: F401 - registers every table
from lti_tool.storage.db import Base, connect

POSTGRES = os.environ.get("LTI_TOOL_TEST_POSTGRES_URL", "")


def missing(what: str) -> None:
    """Skip, saying why - or fail where nothing may be missing (`CI` set)."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} - and CI must skip nothing")
    pytest.skip(what)


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine with the whole schema, once on SQLite and once on PostgreSQL."""
    if request.param == "postgresql":
        if not POSTGRES:
            missing("no PostgreSQL: set LTI_TOOL_TEST_POSTGRES_URL")
        url = POSTGRES
    else:
        folder: Path = tmp_path_factory.mktemp("database")
        url = f"sqlite:///{folder / 'test.sqlite3'}"
    engine = connect(url)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session inside a transaction that is rolled back, whatever the test does (even commit)."""
    with engine.execution_options(writes=True).connect() as connection:
        outer = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()


@pytest.fixture
def now() -> datetime:
    """A Tuesday afternoon in Tokyo."""
    return datetime(2026, 11, 24, 5, 3, tzinfo=UTC)
