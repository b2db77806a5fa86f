"""A PostgreSQL database of the test's own, on the server that the suite may use."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from conftest import POSTGRES, missing
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import make_url


@contextmanager
def own_database() -> Iterator[str]:
    """Its address, for as long as the block runs."""
    if not POSTGRES:
        missing("no PostgreSQL: set LTI_TOOL_TEST_POSTGRES_URL")
    server = make_url(POSTGRES)
    name = f"{server.database}_{secrets.token_hex(4)}"
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
