"""What an LMS's answer to a score means, and when to try again. Pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Outcome = Literal[
    "delivered",
    "retry",
    "restamp",
    "new_token",
    "find_column",
    "held",
    "not_applicable",
    "drifted",
    "later",
]
"""`drifted`: a person's grade is there, ours was not sent or not taken. `later`: not tried, because another worker is
making the column at this moment."""

FIRST_WAIT = 5.0
LONGEST_WAIT = 900.0
LONGEST_PAUSE = 300.0
"""Seconds after which a silent LMS is asked again at the latest: one call, so it may be sooner than for a score."""
LONGEST_WISH = 3600.0
"""Seconds that an LMS can ask for with Retry-After."""
FARTHEST = timedelta(days=1)
"""A clock that is further from ours than this tells nothing."""
PATIENCE = 3
"""Failures in a row after which a platform is left alone for a while."""
MOST_RESTAMPS = 6
"""An LMS that still calls a score late after these has a clock or a value of its own: a person must look."""


@dataclass(frozen=True)
class Verdict:
    """What to do next, and for `held` and `not_applicable` the reason a person is told."""

    outcome: Outcome
    reason: str = ""


def judge(status: int, body: str) -> Verdict:
    """Classify the answer to a score (AGS 2.0 §3.4; Moodle's habits in brackets).

    A page for people is no receipt: somebody stands before the LMS who wants a login, or tells of maintenance.
    409: not later than what the LMS has. 400: this person cannot be graded there [teachers, people not enrolled].
    500 with an empty list: the column is locked [Moodle]. 408, 429 and 5xx pass; other 4xx need a person.
    """
    if 200 <= status < 300:
        page = body.lstrip().lower().startswith(("<!doctype", "<html"))
        return Verdict("retry") if page else Verdict("delivered")
    by_status = {
        400: Verdict("not_applicable", "not-gradable"),
        401: Verdict("new_token"),
        404: Verdict("find_column"),
        408: Verdict("retry"),
        409: Verdict("restamp"),
        429: Verdict("retry"),
    }
    if status in by_status:
        return by_status[status]
    if status == 500 and body.strip() == "[]":
        return Verdict("held", "column-locked")
    if status >= 500:
        return Verdict("retry")
    return Verdict("held", "refused")


def hopeless(statuses: Sequence[int | None]) -> bool:
    """Whether the LMS called every one of the last tries late; `statuses` are its answers, newest first."""
    return len(statuses) >= MOST_RESTAMPS and all(status == 409 for status in statuses[:MOST_RESTAMPS])


def wait(tries: int, retry_after: float | None, jitter: float) -> float:
    """Seconds until the next try: doubling from 5 s to 15 min, spread by `jitter` (0-1), never before Retry-After."""
    backoff = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(tries, 20))
    return max(backoff * (0.5 + jitter / 2), min(retry_after or 0.0, LONGEST_WISH))


def quiet(failures: int, retry_after: float | None, jitter: float, patience: int = PATIENCE) -> float | None:
    """Seconds for which nothing is sent to a platform after `failures` in a row; None: go on."""
    if failures < patience and not retry_after:
        return None
    pause = wait(max(failures - patience, 0), None, jitter)
    return max(min(pause, LONGEST_PAUSE), min(retry_after or 0.0, LONGEST_WISH))


def stamp(wanted: datetime, there: datetime, sent: datetime | None) -> datetime:
    """What a score is stamped with, `wanted` unless that lies in the LMS's future; `there` is its clock.

    Whole seconds, and later than `sent`, the newest that may have arrived (AGS 2.0 §3.4.9).
    """
    if wanted <= there:
        return wanted
    earliest = there.replace(microsecond=0)
    return earliest if sent is None else min(wanted, max(earliest, sent + timedelta(seconds=1)))


def restamp(refused: datetime, there: datetime) -> datetime:
    """What a score is stamped with that the LMS called late: its own time, and later than `refused` at least."""
    return max(there.replace(microsecond=0), refused + timedelta(seconds=1))
