"""A clock that runs fast, the same in all processes of a test: so that minutes of waiting are moments."""

import os
import time
from datetime import UTC, datetime
from functools import cache

from support.courses import tiny_course

from lti_tool.config import load
from lti_tool.lti.http import Http
from lti_tool.storage.db import connect
from lti_tool.worker import Works

BEGUN = "HARNESS_BEGUN"
"""The setting that says when the clock began to run fast, in Unix seconds."""
SPEED = 100


def seconds() -> float:
    """Unix seconds by the fast clock."""
    begun = float(os.environ[BEGUN])
    return begun + (time.time() - begun) * SPEED


def now() -> datetime:
    """The same as a moment."""
    return datetime.fromtimestamp(seconds(), UTC)


@cache
def works() -> Works:
    """What a worker works with, as it is set up, but for the clock."""
    settings = load()
    http = Http(allow=settings.outbound_allow)
    return Works(connect(settings.database_url), http, tiny_course(), now)
