"""The audit log: who did what, when. Rows are added and never changed."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.storage.db import Base


class AuditEntry(Base):
    """One deed. The migration that makes the table also makes the database refuse to change or delete rows.

    People are named by their number only, so that nothing in it has to be erased with a person.
    """

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(80), index=True)
    """`operator anna`, `person 12`, `invitation 3` or `command line`."""
    action: Mapped[str] = mapped_column(String(40), index=True)
    what: Mapped[str] = mapped_column(String(200))
    """The thing it was done to, by kind and number."""
