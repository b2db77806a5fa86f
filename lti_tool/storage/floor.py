"""Which releases may work on this database."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.storage.db import Base


class SchemaFloor(Base):
    """One row: a release whose newest migration is older than `revision` does not understand this database.

    While migrations only add, it stays; one that takes something away raises it to itself.
    """

    __tablename__ = "schema_floor"

    revision: Mapped[str] = mapped_column(String(32), primary_key=True)
