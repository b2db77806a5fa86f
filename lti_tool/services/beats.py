"""Whether the background work goes on: each worker says so every few seconds, anybody may ask."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.storage import beat_queries
from lti_tool.storage.db import Session

EVERY = timedelta(seconds=10)
"""A worker notes no more often that it lives."""
STILL = timedelta(minutes=3)
"""Longer than a try to send a score may take: who has not moved for so long, while there is something to do, hangs."""
FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True)
class WorkerState:
    """`stuck`: a score has been due for longer than `STILL`, and nobody has moved meanwhile. `due_for`: seconds that
    the oldest due score has been due, 0 when none is. `still_for`: seconds since anybody moved; None: never."""

    stuck: bool
    due_for: float
    still_for: float | None
    living: int


def beat(session: Session, now: datetime) -> None:
    """This process does background work and has just come round."""
    name = f"{socket.gethostname()}/{os.getpid()}"[:200]
    if beat_queries.beat(session, name, now, now - EVERY):
        beat_queries.forget_beats(session, now - FORGOTTEN)


def state(session: Session, now: datetime) -> WorkerState:
    """How the background work is doing."""
    due, moved = beat_queries.oldest_due(session, now), beat_queries.last_moved(session)
    due_for = now - due if due else timedelta(0)
    still_for = None if moved is None else max(now - moved, timedelta(0))
    stuck = due_for > STILL and (still_for is None or still_for > STILL)
    return WorkerState(
        stuck,
        due_for.total_seconds(),
        None if still_for is None else still_for.total_seconds(),
        beat_queries.living(session, now - STILL),
    )
