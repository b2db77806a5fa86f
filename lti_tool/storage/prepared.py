"""Statements that every page puts to the database: compiled once, then handed to the driver as they are.

SQLAlchemy compiles, converts values and knows the database's dialect here as everywhere. What is left out is the
work it does around each execution, which costs ten times what the driver needs for the question itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import CompoundSelect

from lti_tool.storage.db import hide_details

Statement = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] | UpdateBase
Row = tuple[Any, ...]
Convert = Callable[[Any], Any]

_HELD = "prepared"


@dataclass(frozen=True)
class Prepared:
    """A statement with the names of the values it is asked with."""

    statement: Statement
    names: tuple[str, ...]
    _texts: dict[str, "_Text"] = field(default_factory=dict, compare=False, repr=False)

    def text(self, dialect: Dialect) -> "_Text":
        """How the dialect spells it."""
        found = self._texts.get(dialect.name)
        if found is None:
            found = self._texts[dialect.name] = _compiled(self, dialect)
        return found


@dataclass(frozen=True)
class _Text:
    sql: str
    positions: tuple[str, ...] | None
    """Names in the order of the question marks; None where the driver takes names."""
    fixed: Mapping[str, Any]
    """Values that stand in the statement itself."""
    given: tuple[tuple[str, Convert], ...]
    """Names whose values the driver wants in another form."""
    taken: tuple[tuple[int, Convert], ...]
    """Columns whose values come from the driver in another form."""


@dataclass(frozen=True)
class _Hand:
    """The driver's cursor for one transaction of a session."""

    transaction: object
    cursor: Any
    dialect: Dialect


def ask(session: Session, prepared: Prepared, values: Mapping[str, Any]) -> list[Row]:
    """The rows of the answer; none for a statement that returns nothing.

    In the session's transaction: what the session holds is written first, as it is before its own questions.
    Raises what SQLAlchemy raises (`DBAPIError`).
    """
    session.flush()
    hand = _hand(session)
    text = prepared.text(hand.dialect)
    asked = {**text.fixed, **values}
    for name, convert in text.given:
        asked[name] = convert(asked[name])
    try:
        hand.cursor.execute(text.sql, asked if text.positions is None else [asked[n] for n in text.positions])
        rows: list[Row] = hand.cursor.fetchall() if hand.cursor.description else []
    except hand.dialect.loaded_dbapi.Error as error:
        raise _told(text.sql, error, hand.dialect) from None
    return [_converted(row, text.taken) for row in rows] if text.taken else rows


def ask_one(session: Session, prepared: Prepared, values: Mapping[str, Any]) -> Row | None:
    """The only row of the answer, or None."""
    rows = ask(session, prepared, values)
    return rows[0] if rows else None


def _hand(session: Session) -> _Hand:
    held: _Hand | None = session.info.get(_HELD)
    if held is not None and held.transaction is session.get_transaction():
        return held
    connection = session.connection()
    hand = _Hand(session.get_transaction(), connection.connection.cursor(), connection.dialect)
    session.info[_HELD] = hand
    return hand


def _compiled(prepared: Prepared, dialect: Dialect) -> _Text:
    statement = prepared.statement
    keys = list(prepared.names) if statement.is_dml else None
    compiled: Any = statement.compile(dialect=dialect, column_keys=keys)
    if getattr(compiled, "insert_prefetch", ()) or compiled.post_compile_params:
        raise TypeError("a prepared statement is given every value, and no list of values")
    binds = {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items()}
    given = ((name, kind.bind_processor(dialect)) for name, kind in binds.items())
    return _Text(
        sql=str(compiled),
        positions=tuple(compiled.positiontup) if compiled.positional else None,
        fixed={name: value for name, value in compiled.params.items() if name not in prepared.names},
        given=tuple((name, convert) for name, convert in given if convert),
        taken=_taken(statement, dialect),
    )


def _taken(statement: Statement, dialect: Dialect) -> tuple[tuple[int, Convert], ...]:
    columns = getattr(statement, "exported_columns", ())
    found = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    return tuple((place, convert) for place, convert in enumerate(found) if convert)


def _converted(row: Row, taken: tuple[tuple[int, Convert], ...]) -> Row:
    values = list(row)
    for place, convert in taken:
        values[place] = convert(values[place])
    return tuple(values)


def _told(sql: str, error: Exception, dialect: Dialect) -> BaseException:
    """The driver's error as SQLAlchemy tells it, without the values."""
    hide_details(error)
    kind = dialect.loaded_dbapi.Error
    return DBAPIError.instance(sql, None, error, kind, hide_parameters=True, dialect=dialect)
