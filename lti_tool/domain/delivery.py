"""What an LMS's answer to a score means, and when to try again. Pure rules."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["delivered", "retry", "restamp", "new_token", "find_column", "held", "not_applicable"]

FIRST_WAIT = 5.0
LONGEST_WAIT = 900.0


@dataclass(frozen=True)
class Verdict:
    """What to do next, and for `held` and `not_applicable` the reason a person is told."""

    outcome: Outcome
    reason: str = ""


def judge(status: int, body: str) -> Verdict:
    """Classify the answer to a score (AGS 2.0 §3.4; Moodle's habits in brackets).

    409: not later than what the LMS has. 400: this person cannot be graded there [teachers, people not enrolled].
    500 with an empty list: the column is locked [Moodle]. 5xx and 429 pass; other 4xx need a person.
    """
    if 200 <= status < 300:
        return Verdict("delivered")
    by_status = {
        400: Verdict("not_applicable", "not-gradable"),
        401: Verdict("new_token"),
        403: Verdict("held", "refused"),
        404: Verdict("find_column"),
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


def wait(tries: int, retry_after: float | None, jitter: float) -> float:
    """Seconds until the next try: doubling from 5 s to 15 min, spread by `jitter` (0-1), never before Retry-After."""
    backoff = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(tries, 20))
    return max(backoff * (0.5 + jitter / 2), min(retry_after or 0.0, LONGEST_WAIT * 4))
