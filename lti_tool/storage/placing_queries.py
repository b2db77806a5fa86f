"""Queries on what stands in a course of the LMS: links that were opened, items that were sent."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.storage.people import Context, ResourceLink, SentItem


def context(session: Session, context_id: int) -> Context:
    """A course of an LMS by our own id."""
    return session.get_one(Context, context_id)


def links(session: Session, context_id: int) -> Sequence[ResourceLink]:
    """Every activity of the course that was opened at least once, oldest first."""
    query = select(ResourceLink).where(ResourceLink.context_id == context_id).order_by(ResourceLink.id)
    return session.scalars(query).all()


def sent_items(session: Session, context_id: int) -> dict[str, datetime]:
    """When each node was last handed to the LMS to place, by node."""
    query = select(SentItem).where(SentItem.context_id == context_id)
    return {row.node: row.sent_at for row in session.scalars(query)}


def keep_sent(session: Session, context_id: int, nodes: Sequence[str], now: datetime) -> None:
    """Remember that these were handed to the LMS."""
    for node in nodes:
        session.merge(SentItem(context_id=context_id, node=node, sent_at=now))
    session.flush()
