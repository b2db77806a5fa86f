"""Whether an LMS may be asked: shut after failures in a row, opened again by one call that goes well."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lti_tool.domain import delivery


@dataclass(frozen=True)
class Gate:
    """The calls to one platform.

    `failures` in a row; `quiet_until`: nothing is sent before. When that time has come, one call goes out alone.
    `era` rises whenever the gate shuts: what comes back of calls begun before says nothing about now.
    """

    failures: int = 0
    quiet_until: datetime | None = None
    era: int = 0

    def width(self, now: datetime, at_once: int) -> int:
        """How many calls may be under way: none, one to find out, or `at_once`."""
        if self.quiet_until is not None and self.quiet_until > now:
            return 0
        return 1 if self.quiet_until is not None or self.failures >= _patience(at_once) else at_once

    def after_success(self, era: int) -> "Gate":
        """A call begun in `era` was answered."""
        return self if era != self.era else replace(self, failures=0, quiet_until=None)

    def after_failure(
        self, era: int, retry_after: float | None, now: datetime, at_once: int, jitter: float
    ) -> "Gate":
        """A call begun in `era` was not answered, or the LMS asked for `retry_after` seconds."""
        if era != self.era:
            wish = now + timedelta(seconds=min(retry_after or 0.0, delivery.LONGEST_WISH))
            later = self.quiet_until is not None and wish > max(self.quiet_until, now)
            return replace(self, quiet_until=wish) if later else self
        failures = self.failures + 1
        pause = delivery.quiet(failures, retry_after, jitter, _patience(at_once))
        if pause is None:
            return replace(self, failures=failures)
        return Gate(failures, now + timedelta(seconds=pause), self.era + 1)


def _patience(at_once: int) -> int:
    """Every connection may fail once: one call in five does so at an LMS that is merely tired."""
    return max(delivery.PATIENCE, at_once)
