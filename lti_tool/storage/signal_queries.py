"""Figures for the monitoring, each in one question for all platforms. What has arrived is not looked at."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.storage.people import Context
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.scores import LineItem, ScoreReport

OPEN = ("queued", "sending", "held", "drifted")


class Unsettled(NamedTuple):
    """The reports of one platform that the LMS does not show yet, by state and reason, and the oldest wish of them."""

    platform_id: int
    state: str
    reason: str
    amount: int
    oldest: datetime


class Site(NamedTuple):
    """A platform that is on, and until when it is left alone."""

    platform_id: int
    issuer: str
    quiet_until: datetime | None


def unsettled(session: Session) -> Sequence[Unsettled]:
    """How many reports wait, and since when; found by the index on states."""
    group = (Deployment.platform_id, ScoreReport.state, ScoreReport.reason)
    query = (
        select(*group, func.count(), func.min(ScoreReport.timestamp))
        .select_from(ScoreReport)
        .join(ScoreReport.line_item)
        .join(LineItem.context)
        .join(Context.deployment)
        .where(ScoreReport.state.in_(OPEN))
        .group_by(*group)
        .order_by(*group)
    )
    return [Unsettled(*row) for row in session.execute(query)]


def sites(session: Session) -> Sequence[Site]:
    """Every platform that is switched on."""
    query = select(Platform.id, Platform.issuer, Platform.quiet_until).where(Platform.disabled_at.is_(None))
    return [Site(*row) for row in session.execute(query.order_by(Platform.id))]
