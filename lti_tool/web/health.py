"""For those who run it: alive, ready, measured."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from lti_tool.storage.db import ping
from lti_tool.web import access
from lti_tool.web.current import db

health = Blueprint("health", __name__)


@health.get("/healthz")
@access.public
def alive() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@health.get("/readyz")
@access.public
def ready() -> ResponseReturnValue:
    """The database answers too."""
    return ({"status": "ok"}, 200) if ping(db()) else ({"status": "no database"}, 503)


@health.get("/metrics")
@access.public
def metrics() -> ResponseReturnValue:
    """Prometheus metrics; without personal data."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
