"""Where grades are, in the words of those who look for them: groups of states. Pure rules."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

Group = Literal["held", "drifted", "waiting", "delivered", "confirmed", "kept", "none"]
"""What a person must act on first; then in the order in which grades travel. `none`: the LMS keeps no grade."""
GROUPS: tuple[Group, ...] = get_args(Group)

NEEDED = "needed"
"""Filter for everything that a person must act on."""
NEEDING: tuple[Group, ...] = ("held", "drifted")

NOT_CHOSEN = "not-chosen"
"""The reason of a report whose column the teacher does without."""
KEPT = "kept"
"""The reason of a drifted report whose teacher keeps what the LMS shows."""

STATES: Mapping[Group, tuple[str, ...]] = {
    "held": ("held",),
    "drifted": ("drifted",),
    "waiting": ("queued", "sending"),
    "delivered": ("delivered",),
    "confirmed": ("confirmed",),
    "kept": ("drifted",),
    "none": ("not_applicable",),
}
"""The states of a report by group; `drifted` and `kept` are told apart by the reason."""

AGAIN: tuple[Group, ...] = ("held", "waiting", "delivered", "confirmed", "none")
"""Groups of which many can be sent again at once. What a person changed in the LMS is decided one by one."""

DAYS = 28
"""That the plot shows: four weeks."""


def group_of(state: str, reason: str) -> Group:
    """Where a report belongs."""
    if state == "drifted":
        return "kept" if reason == KEPT else "drifted"
    return next(group for group, states in STATES.items() if state in states)


def groups_in(wanted: str) -> tuple[Group, ...]:
    """The groups that a filter by state lets through; "" lets all through."""
    return NEEDING if wanted == NEEDED else tuple(group for group in GROUPS if wanted in {"", group})


def sent_again(state: str, reason: str) -> bool:
    """Whether a report may be sent again among many."""
    return group_of(state, reason) in AGAIN and reason != NOT_CHOSEN and state != "sending"


def days_until(now: datetime, zone: ZoneInfo) -> dict[date, datetime]:
    """The last days up to today, oldest first, with the moment each begins in the zone."""
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    return {day: datetime.combine(day, time.min, zone) for day in days}
