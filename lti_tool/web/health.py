"""For those who run it: alive, ready, measured."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from lti_tool import metrics as measured
from lti_tool.services import beats, signals
from lti_tool.storage.db import ping
from lti_tool.web import access
from lti_tool.web.current import db, now

health = Blueprint("health", __name__)


@health.get("/healthz")
@access.public
def alive() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@health.get("/readyz")
@access.public
def ready() -> ResponseReturnValue:
    """The database answers too. Tells whether the background work goes on.

    A stuck worker delays grades, and loses none; taking the pages away for it would keep everybody out. So it is
    told in the answer, and only `?worker=1` - for a monitor, not for a load balancer - answers 503 for it.
    """
    if not ping(db()):
        return {"status": "no database"}, 503
    worker = beats.state(db(), now())
    if not worker.stuck:
        return {"status": "ok", "worker": "ok"}
    told = {"status": "degraded", "worker": "stuck", "overdue_seconds": round(worker.due_for)}
    return told, 503 if "worker" in request.args else 200


@health.get("/metrics")
@access.public
def metrics() -> ResponseReturnValue:
    """Prometheus metrics; without personal data."""
    gauges = signals.gauges(db(), now()) if ping(db()) else signals.no_database()
    return Response(measured.exposition(gauges), content_type=measured.CONTENT_TYPE_LATEST)
