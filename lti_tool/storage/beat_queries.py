"""Whether background work goes on: signs of life, and what waits for it."""

from datetime import datetime

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.storage.beats import WorkerBeat
from lti_tool.storage.people import Context
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.scores import LineItem, ScoreDelivery, ScoreReport
from lti_tool.storage.work_queries import insert_once


def beat(session: Session, name: str, now: datetime, not_since: datetime) -> bool:
    """Note that a worker lives, unless it was noted after `not_since`. Whether it was not known before."""
    known = session.scalar(select(WorkerBeat.beat_at).where(WorkerBeat.name == name))
    if known is None:
        return insert_once(session, WorkerBeat(name=name, started_at=now, beat_at=now))
    if known <= not_since:
        session.execute(update(WorkerBeat).where(WorkerBeat.name == name).values(beat_at=now))
    return False


def forget_beats(session: Session, before: datetime) -> None:
    """Forget workers that have not come round since."""
    session.execute(delete(WorkerBeat).where(WorkerBeat.beat_at < before))


def last_moved(session: Session) -> datetime | None:
    """When a worker came round, or tried to send a score, last."""
    newest = select(ScoreDelivery.at).order_by(ScoreDelivery.id.desc()).limit(1)
    found = (session.scalar(select(func.max(WorkerBeat.beat_at))), session.scalar(newest))
    return max((at for at in found if at is not None), default=None)


def living(session: Session, since: datetime) -> int:
    """How many workers have come round since."""
    return session.scalar(select(func.count()).where(WorkerBeat.beat_at >= since)) or 0


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Since when the score that has been due longest has been due. Of those that a worker may send: the platform is
    on and not left alone just now, and no worker is at it.

    Asked state by state, each in the order of its index: the first that is found ends the search.
    """
    found = [session.scalar(_due(state, now)) for state in ("queued", "sending")]
    return min((at for at in found if at is not None), default=None)


def _due(state: str, now: datetime) -> Select[datetime]:
    return (
        select(ScoreReport.next_try_at)
        .join(ScoreReport.line_item)
        .join(LineItem.context)
        .join(Context.deployment)
        .join(Deployment.platform)
        .where(
            ScoreReport.state == state,
            ScoreReport.next_try_at <= now,
            or_(ScoreReport.claimed_until.is_(None), ScoreReport.claimed_until < now),
            Platform.disabled_at.is_(None),
            or_(Platform.quiet_until.is_(None), Platform.quiet_until <= now),
        )
        .order_by(ScoreReport.next_try_at)
        .limit(1)
    )
