"""A whole database into another one, such as an SQLite file into PostgreSQL."""

from collections.abc import Iterator

from sqlalchemy import Connection, Table, bindparam, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.errors import ConfigError
from lti_tool.storage.db import Base, Engine
from lti_tool.storage.schema import upgrade, version

OWN = "schema_floor"
"""The one table whose rows come with the tables themselves."""
BATCH = 1000


def copy(source: Engine, target: Engine) -> dict[str, int]:
    """Copy every row of every table into an empty database; how many, by table. All of it, or nothing.

    Nobody may write meanwhile. Raises ConfigError when the source is of another release, the target holds anything,
    or a value does not fit.
    """
    upgrade(target)
    found, wanted = version(source), version(target)
    if found != wanted:
        raise ConfigError(f"the source is at version {found or 'none'}, not {wanted}: upgrade it first")
    tables = [table for table in Base.metadata.sorted_tables if table.name != OWN]
    with source.connect() as read, target.execution_options(writes=True).begin() as write:
        for table in tables:
            if write.scalar(select(func.count()).select_from(table)):
                raise ConfigError(
                    f"the target is not empty: there are rows in {table.name}. Nothing was changed."
                )
        return {table.name: _copy(table, read, write) for table in tables}


def _copy(table: Table, read: Connection, write: Connection) -> int:
    # What points to another row of the same table comes last: that row may not be there yet.
    late = {key.parent.name: None for key in table.foreign_keys if key.column.table is table}
    count = 0
    try:
        for rows in _batches(table, read):
            write.execute(table.insert(), [{**row, **late} for row in rows])
            count += len(rows)
        for column in late:
            _point(table, column, read, write)
    except SQLAlchemyError as error:
        kind = type(getattr(error, "orig", None) or error).__name__
        raise ConfigError(f"{table.name}: a row does not fit ({kind}). Nothing was changed.") from error
    if write.dialect.name == "postgresql" and table.autoincrement_column is not None and count:
        key = table.autoincrement_column
        sequence = func.pg_get_serial_sequence(table.name, key.name)
        write.execute(select(func.setval(sequence, select(func.max(key)).scalar_subquery())))
    return count


def _batches(table: Table, read: Connection) -> Iterator[list[dict[str, object]]]:
    rows = read.execution_options(yield_per=BATCH).execute(select(table).order_by(*table.primary_key))
    for batch in rows.mappings().partitions():
        yield [dict(row) for row in batch]


def _point(table: Table, column: str, read: Connection, write: Connection) -> None:
    key = table.c.id
    rows = read.execute(select(key, table.c[column]).where(table.c[column].is_not(None)))
    values = [{"row": row, "other": other} for row, other in rows]
    if values:
        statement = update(table).where(key == bindparam("row")).values({column: bindparam("other")})
        write.execute(statement, values)
