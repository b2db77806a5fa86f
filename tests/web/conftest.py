"""The whole application on a real database, the tiny course, and launches into it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from flask import Flask
from support import launching, tokens
from support.launching import Launched
from support.tables import empty

from lti_tool.app import create_app
from lti_tool.config import load
from lti_tool.services import keys
from lti_tool.storage.db import Engine, transaction
from lti_tool.web.current import Parts

TINY = Path(__file__).parent.parent / "courses" / "tiny"


class Clock:
    """A clock that tests move by hand."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **delta: float) -> None:
        """Let time pass, e.g. `hours=12`."""
        self.moment += timedelta(**delta)


@pytest.fixture
def clock(now: datetime) -> Clock:
    """The application's clock."""
    return Clock(now)


@pytest.fixture
def app(engine: Engine, tmp_path: Path, clock: Clock, now: datetime) -> Iterator[Flask]:
    """The application; everything it wrote is gone after the test."""
    settings = load({}, base_url=launching.BASE, data=str(tmp_path), content=str(TINY), secret_key="test")
    app = create_app(settings, engine=engine, clock=clock)
    app.testing = True
    parts: Parts = app.extensions["lti_tool"]
    parts.key_sets.preload(tokens.JWKS_URL, tokens.jwks())
    with transaction(engine) as session:
        keys.ensure(session, now)
    launching.register_platform(engine, now)
    yield app
    empty(engine)


class ClientAs(Protocol):
    """Launches somebody; see `support.launching.launch` for what may be said about them."""

    def __call__(self, role: str = "learner", node: str | None = None, **about: object) -> Launched: ...


@pytest.fixture
def client_as(app: Flask, clock: Clock) -> ClientAs:
    """`client_as("learner", node="t101-quiz", language="en")` -> an open launch."""

    def make(role: str = "learner", node: str | None = None, **about: object) -> Launched:
        return launching.launch(app, clock(), role, node, **about)  # type: ignore[arg-type]

    return make
