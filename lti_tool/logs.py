"""Logs: one JSON object a line on standard error, of our own events and of the libraries' alike."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict

from lti_tool import tracing


def _add_trace(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Say which launch and which request a line belongs to, unless it says so itself."""
    for name, value in (("trace", tracing.current()), ("request", tracing.request())):
        if value:
            event.setdefault(name, value)
    return event


_SHARED = (
    _add_trace,
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)
_JSON = structlog.processors.JSONRenderer(ensure_ascii=False)


def log_json(stream: TextIO = sys.stderr) -> None:
    """Set up logging of this process. Called once, where it starts.

    Nothing personal is logged: events name rows by number, and the database keeps its values out of errors.
    """
    structlog.configure(
        processors=[*_SHARED, _JSON],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _JSON],
            foreign_pre_chain=_SHARED,
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
