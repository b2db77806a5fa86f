"""The platforms as an operator sees them: all of them in a list, or one with everything about it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.errors import NotFound
from lti_tool.services.deployments import State, state
from lti_tool.storage import overview_queries, platform_queries
from lti_tool.storage.db import Session
from lti_tool.storage.platforms import Invite, Platform

PAGE = 50
"""Platforms a page."""


@dataclass(frozen=True)
class DeploymentLine:
    """One deployment. `deployment_id` is the LMS's, `number` ours."""

    number: int
    deployment_id: str
    state: State
    created_at: datetime
    last_launch_at: datetime | None


@dataclass(frozen=True)
class PlatformLine:
    """One platform and what goes on there. `waiting` and `held` count scores on their way."""

    row: Platform
    deployments: tuple[DeploymentLine, ...]
    last_launch_at: datetime | None
    last_score_at: datetime | None
    waiting: int
    held: int

    @property
    def asking(self) -> int:
        """How many deployments wait for an operator."""
        return sum(each.state == "waiting" for each in self.deployments)


@dataclass(frozen=True)
class Page:
    """Some platforms, oldest first. `next` is what to ask for to see more; None: no more."""

    lines: tuple[PlatformLine, ...]
    next: int | None


@dataclass(frozen=True)
class Detail:
    """One platform with the invitations it came by."""

    line: PlatformLine
    invitations: tuple[Invite, ...]


def page(session: Session, after: int) -> Page:
    """The platforms with a higher number than `after`."""
    found = overview_queries.platforms_after(session, after, PAGE + 1)
    lines = _lines(session, found[:PAGE])
    return Page(lines, lines[-1].row.id if len(found) > PAGE else None)


def detail(session: Session, platform_id: int) -> Detail:
    """One platform. Raises NotFound."""
    row = platform_queries.platform(session, platform_id)
    if row is None:
        raise NotFound(f"no platform {platform_id}")
    (line,) = _lines(session, [row])
    return Detail(line, tuple(overview_queries.invites_of(session, platform_id)))


def _lines(session: Session, rows: Sequence[Platform]) -> tuple[PlatformLine, ...]:
    ids = [row.id for row in rows]
    launches = overview_queries.last_launches(session, ids)
    deployments: dict[int, list[DeploymentLine]] = {number: [] for number in ids}
    for each in overview_queries.deployments(session, ids):
        line = DeploymentLine(
            each.id, each.deployment_id, state(each), each.created_at, launches.get(each.id)
        )
        deployments[each.platform_id].append(line)
    counts: Counter[tuple[int, str]] = Counter()
    delivered: dict[int, list[datetime]] = {number: [] for number in ids}
    for found in overview_queries.scores(session, ids):
        counts[found.platform_id, found.state] = found.amount
        if found.delivered_at is not None:
            delivered[found.platform_id].append(found.delivered_at)
    return tuple(
        PlatformLine(
            row,
            tuple(deployments[row.id]),
            max((each.last_launch_at for each in deployments[row.id] if each.last_launch_at), default=None),
            max(delivered[row.id], default=None),
            counts[row.id, "queued"] + counts[row.id, "sending"],
            counts[row.id, "held"],
        )
        for row in rows
    )
