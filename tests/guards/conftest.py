"""The application on a database of its own, for guards that walk its addresses."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from guards.source import ROOT
from support import launching, tokens

from lti_tool.app import create_app
from lti_tool.config import load
from lti_tool.services import keys
from lti_tool.storage import schema
from lti_tool.storage.db import connect, transaction
from lti_tool.web.current import Parts


@pytest.fixture
def moments(now: datetime) -> list[datetime]:
    """The application's clock shows the last of these."""
    return [now]


@pytest.fixture
def app(tmp_path: Path, moments: list[datetime]) -> Iterator[Flask]:
    """The application with the tiny course and one connected LMS."""
    tiny = ROOT / "tests" / "courses" / "tiny"
    settings = load({}, base_url=launching.BASE, data=str(tmp_path), content=str(tiny), secret_key="test")
    engine = connect(settings.database_url)
    schema.upgrade(engine)
    app = create_app(settings, engine=engine, clock=lambda: moments[-1])
    app.testing = True
    parts: Parts = app.extensions["lti_tool"]
    parts.key_sets.preload(tokens.JWKS_URL, tokens.jwks())
    with transaction(engine) as session:
        keys.ensure(session, moments[-1])
    launching.register_platform(engine, moments[-1])
    yield app
    engine.dispose()
