"""Numbers in addresses: only those that a column of the database can hold."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter

LARGEST = 2**31 - 1
"""Of PostgreSQL's INTEGER, which holds the numbers of our rows."""


class RowNumber(IntegerConverter):
    """`<int:...>` that matches no larger number: there is no such page, and the database is not asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": LARGEST, **kwargs})


def install(app: Flask) -> None:
    """Use it in every route. Called before routes are added."""
    app.url_map.converters["int"] = RowNumber


def within(text: str | None) -> int:
    """A number from the query of an address that a column can hold; 0 for anything else."""
    found = int(text) if text and text.isascii() and text.isdigit() and len(text) <= 10 else 0
    return found if found <= LARGEST else 0
