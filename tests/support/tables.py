"""Emptying a database between tests that commit."""

from lti_tool.storage.db import Base, Engine, transaction


def empty(engine: Engine) -> None:
    """Remove every row."""
    with transaction(engine) as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
