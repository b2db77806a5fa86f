"""Statements for an LMS that has moved to another address."""

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_tool.storage.people import Context, ResourceLink, Roster
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.scores import AccessToken, LineItem

LONGEST = 1000
"""Characters that a column for addresses holds."""


def hold(session: Session, platform_id: int) -> Platform | None:
    """The registration; until we commit, nobody else changes it."""
    return session.get(Platform, platform_id, with_for_update={"key_share": True}, populate_existing=True)


def move_services(session: Session, platform_id: int, old: str, new: str) -> None:
    """Let the service addresses below `old` begin with `new`; both end with a slash. The next launches bring
    what is not below it.

    In the order in which launches write, so that nobody waits in a circle.
    """
    contexts = select(Context.id).join(Deployment).where(Deployment.platform_id == platform_id)
    for address, context_id in (
        (Context.lineitems_url, Context.id),
        (Context.memberships_url, Context.id),
        (ResourceLink.lineitem_url, ResourceLink.context_id),
        (LineItem.url, LineItem.context_id),
        (Roster.differences_url, Roster.context_id),
    ):
        _move(session, address, context_id.in_(contexts), old, new)


def forget_tokens(session: Session, platform_id: int) -> None:
    """Forget the access tokens of the old place."""
    session.execute(delete(AccessToken).where(AccessToken.platform_id == platform_id))


def _move(session: Session, address: InstrumentedAttribute[str], where: object, old: str, new: str) -> None:
    moved = literal(new) + func.substr(address, len(old) + 1)
    begins = func.substr(address, 1, len(old)) == old
    fits = func.length(address) <= LONGEST - max(0, len(new) - len(old))
    statement = update(address.class_).where(where, begins, fits).values({address: moved})  # type: ignore[arg-type]
    session.execute(statement, execution_options={"synchronize_session": False})
