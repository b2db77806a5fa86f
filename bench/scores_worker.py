"""Our worker of the scores benchmark, a process of its own: sends what is due, and tells what that took.

    python -m bench.scores_worker <database> <scores at once> <seconds> <skip> <warm>

It stops after so many seconds, or when all is sent. With `skip` 1 the time between two tries is skipped; with `warm` 1
its first moments are not counted.
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lti_tool.curriculum.load import sound
from lti_tool.logs import log_json
from lti_tool.lti.http import Http
from lti_tool.storage.db import connect, open_session
from lti_tool.storage.scores import ScoreReport
from lti_tool.worker import Works, send_scores

WARM_UP = 0.5
"""Seconds that are not counted: a worker has put its questions to the database many times before a backlog comes."""
STEP = timedelta(seconds=10)
TINY = Path(__file__).parents[1] / "tests" / "courses" / "tiny"


def main(database: str, at_once: int, seconds: float, *, skip: bool, warm: bool) -> None:
    """Work, then print one line."""
    log_json()
    skipped = timedelta(0)

    def clock() -> datetime:
        return datetime.now(UTC) + skipped

    engine = connect(database)
    works = Works(engine, Http(allow=("127.0.0.1",)), sound(TINY), clock, scores_at_once=at_once)
    if warm:
        until = time.perf_counter() + WARM_UP
        send_scores(works, lambda: time.perf_counter() > until)
    began, cpu, tried = time.perf_counter(), time.process_time(), 0

    def stopping() -> bool:
        return time.perf_counter() - began > seconds

    while not stopping():
        tried += send_scores(works, stopping)
        with open_session(engine, writes=False) as session:
            waiting = session.query(ScoreReport).filter(ScoreReport.state.in_(("queued", "sending"))).count()
        if not waiting:
            break
        if skip:
            skipped += STEP
    took = time.perf_counter() - began
    print(json.dumps({"tried": tried, "seconds": took, "cpu": time.process_time() - cpu}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), skip=sys.argv[4] == "1", warm=sys.argv[5] == "1")
