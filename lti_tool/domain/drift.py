"""What the LMS shows of a grade against what was sent to it: the same, another, nothing. Pure rules."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape

LAG = timedelta(minutes=5)
"""So long after it took a score an LMS may still show nothing of it."""
WORDS_LIMIT = 500
CUT = 200
"""A comment shown from its beginning and at least so far is ours, cut short by the LMS."""
FINEST = 3
"""Decimals of a point; further ones are rounding errors of somebody's arithmetic."""
OWN_LIMIT = 50
"""Of the wishes that were overtaken so many are remembered."""

_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True)
class Shown:
    """A result of the LMS (AGS 2.0 §3.3). `score` is None when it shows no grade, `words` None when it tells none.

    `since` and `by` (a `sub`): when and by whom it was entered, as far as the LMS tells.
    """

    score: float | None = None
    maximum: float = 1.0
    words: str | None = None
    since: datetime | None = None
    by: str = ""

    @property
    def percent(self) -> float | None:
        """Of the maximum; None when no grade is shown."""
        return None if self.score is None else self.score * 100 / self.maximum


NOTHING = Shown()


@dataclass(frozen=True)
class Report:
    """A report as it is before the look: what was sent last, and what the LMS showed then."""

    state: str
    reason: str
    percent: int
    comment: str
    delivered_at: datetime
    overrule: bool
    shown: float | None
    shown_words: str
    left: bool
    """Whether the class list has the person no more."""


def read(result: Mapping[str, object] | None) -> Shown:
    """What a result says; None and what cannot be understood show nothing."""
    if result is None:
        return NOTHING
    score, maximum = _number(result.get("resultScore")), _number(result.get("resultMaximum", 1))
    if score is None or not maximum or maximum < 0 or not math.isfinite(score * 100 / maximum):
        return NOTHING
    words, by = result.get("comment"), result.get("scoringUserId")
    return Shown(
        score,
        maximum,
        plain(words) if isinstance(words, str) else None,
        _moment(result.get("timestamp")),
        str(by)[:255] if isinstance(by, str | int) else "",
    )


def same(shown: Shown, percent: float, comment: str) -> bool:
    """Whether this is our grade. Where the LMS tells no comment it does not contradict ours: many never tell any."""
    return _same_score(shown, percent) and _same_words(shown.words, comment)


def arrived(shown: Shown, percent: int, comment: str) -> bool:
    """Whether the LMS has just this score of ours already: an earlier try came through, its answer was lost."""
    return _same_score(shown, percent) and (shown.words or "") == plain(comment)


def foreign(shown: Shown, own: Iterable[tuple[float, str]]) -> bool:
    """Whether a grade is shown that is none of `own`, all (percent, comment) that ours may go over."""
    return shown.score is not None and not any(same(shown, percent, comment) for percent, comment in own)


def judge(report: Report, shown: Shown, now: datetime) -> tuple[str, str]:
    """State and reason of a report after the LMS was seen to show this."""
    if shown.score is None:
        return _without(report, now)
    if same(shown, report.percent, report.comment):
        return "confirmed", ""
    if report.state == "drifted" and report.reason == "kept":
        return "drifted", "kept"
    return "drifted", "overridden" if report.overrule and not _moved(report, shown) else ""


def _without(report: Report, now: datetime) -> tuple[str, str]:
    """The LMS shows no grade: not yet, not at all, or no longer."""
    if report.state == "not_applicable":
        return (report.state, report.reason) if report.left else ("queued", "")
    if report.state == "drifted" and report.reason == "kept" and report.shown is None:
        return "drifted", "kept"
    if report.left:
        return "not_applicable", "left"
    if report.state == "delivered":
        return ("delivered", "") if report.delivered_at + LAG > now else ("held", "not-shown")
    return ("held", "not-shown") if report.state == "held" else ("drifted", "")


def _moved(report: Report, shown: Shown) -> bool:
    """Whether the LMS shows something else than when the teacher chose to send ours."""
    if report.shown is None or shown.percent is None or abs(report.shown - shown.percent) > 1e-6:
        return True
    return shown.words is not None and report.shown_words != shown.words[:WORDS_LIMIT]


def _same_score(shown: Shown, percent: float) -> bool:
    """Ours, or ours rounded to the decimals that the LMS shows - but by no more than half a percent."""
    if shown.score is None:
        return False
    decimals = next((n for n in range(FINEST) if round(shown.score, n) == shown.score), FINEST)
    finest = 0.5 * 10.0**-decimals
    return abs(shown.score - percent * shown.maximum / 100) <= min(finest, shown.maximum * 0.005) * (1 + 1e-9)


def _same_words(told: str | None, comment: str) -> bool:
    ours = plain(comment)
    if told is None or told == ours:
        return True
    return (len(told) >= CUT and ours.startswith(told)) or told[:WORDS_LIMIT] == comment


def plain(words: str) -> str:
    """A comment without the markup and the spaces in which one LMS differs from another."""
    return " ".join(unescape(_TAG.sub(" ", words)).replace("\0", "").split())


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return found.astimezone(UTC) if found is not None and found.tzinfo else None
    except (ValueError, OverflowError):
        return None
