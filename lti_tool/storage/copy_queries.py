"""Queries on course copies: where a course and its links came from, within one deployment (CPY-03)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.storage.people import Context, ResourceLink


def context_of_history(session: Session, deployment_id: int, history: Sequence[str]) -> Context | None:
    """The first course of `history`, nearest first, that we know in this deployment."""
    if not history:
        return None
    query = select(Context).where(
        Context.deployment_id == deployment_id, Context.context_id.in_(history), Context.implied.is_(False)
    )
    return min(session.scalars(query), key=lambda row: history.index(row.context_id), default=None)


def link_of_history(
    session: Session, deployment_id: int, links: Sequence[str], contexts: Sequence[str], link: str
) -> ResourceLink | None:
    """What a link was copied from: one of `links`, nearest first, else the `link` of that id in one of `contexts`."""
    if not links and not contexts:
        return None
    query = (
        select(ResourceLink, Context.context_id)
        .join(ResourceLink.context)
        .where(Context.deployment_id == deployment_id, ResourceLink.resource_link_id.in_([*links, link]))
        .order_by(ResourceLink.id)
    )
    found = session.execute(query).all()
    older = [row for row, _context in found if row.resource_link_id in links]
    if older:
        return min(older, key=lambda row: links.index(row.resource_link_id))
    same = [(contexts.index(context), row) for row, context in found if context in contexts]
    return min(same, key=lambda each: each[0])[1] if same else None


def link(session: Session, context_id: int, link_id: int) -> ResourceLink | None:
    """An activity of a course by our own ids."""
    row = session.get(ResourceLink, link_id)
    return row if row is not None and row.context_id == context_id else None
