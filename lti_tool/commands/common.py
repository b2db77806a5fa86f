"""What every command needs."""

from datetime import UTC, datetime

from lti_tool.config import Settings
from lti_tool.services import keys
from lti_tool.storage import schema
from lti_tool.storage.db import Engine, connect, transaction


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def prepared(settings: Settings) -> Engine:
    """An engine whose database is at the newest version and holds a signing key."""
    engine = connect(settings.database_url)
    schema.upgrade(engine)
    with transaction(engine) as session:
        keys.ensure(session, now())
    return engine
