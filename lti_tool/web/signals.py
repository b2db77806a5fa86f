"""What is counted and logged of every request: how long it took, and how a launch ended."""

from time import perf_counter
from typing import Any

import structlog
from flask import Flask, Response, g, request

from lti_tool import tracing
from lti_tool.metrics import FAULTS, LAUNCHES, REQUEST_SECONDS

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Installed first: its clock starts before the other hooks, and stops after them."""
    app.url_value_preprocessor(_begin)
    app.after_request(_end)


def failed(code: str) -> None:
    """This request ends on a page that tells a fault."""
    g.fault = code
    FAULTS.labels(code).inc()


def _begin(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.began = perf_counter()
    launch_id = values.get("launch_id") if values else None
    tracing.begin(
        tracing.of_launch(launch_id) if launch_id else "",
        tracing.well_formed(request.environ.get("HTTP_X_REQUEST_ID", "")),
    )


def _end(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    REQUEST_SECONDS.labels(endpoint).observe(perf_counter() - g.began)
    if endpoint == "lti.launch":
        _launched()
    return response


def _launched() -> None:
    """A launch is the first line of its trace; the line of one that failed has its fault and reference."""
    fault = g.get("fault", "")
    if not fault and "launch_id" not in g:
        fault = "storage"  # the browser was asked for the login that the LMS keeps for us
    LAUNCHES.labels(fault or "ok").inc()
    if not fault:
        tracing.begin(tracing.of_launch(g.launch_id), tracing.request())
        log.info("launched")
