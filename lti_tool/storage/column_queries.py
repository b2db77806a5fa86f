"""Queries on grade columns that something is to be done with in the LMS."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload

from lti_tool.storage.db import changed
from lti_tool.storage.people import Context
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.scores import LineItem


def wished(session: Session, now: datetime, limit: int) -> Sequence[LineItem]:
    """Columns with a wish, of platforms that may be asked now, and that nobody is busy with."""
    query = (
        select(LineItem)
        .join(LineItem.context)
        .join(Context.deployment)
        .join(Deployment.platform)
        .options(joinedload(LineItem.context).joinedload(Context.deployment))
        .where(
            LineItem.wish != "",
            or_(LineItem.making_until.is_(None), LineItem.making_until < now),
            Platform.disabled_at.is_(None),
            or_(Platform.quiet_until.is_(None), Platform.quiet_until <= now),
        )
        .order_by(LineItem.id)
        .limit(limit)
    )
    return session.scalars(query).all()


def settle(session: Session, line_item_id: int, was: str, **values: object) -> None:
    """Note what became of the wish that `was`, unless another was made meanwhile."""
    query = update(LineItem).where(LineItem.id == line_item_id, LineItem.wish == was)
    changed(session, query.values(**values))
