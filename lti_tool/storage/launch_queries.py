"""Queries of a launch: the registration it comes under, and the rows it finds or makes."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import and_, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from lti_tool.storage.db import Base
from lti_tool.storage.people import Context, LaunchSession, Membership, Person, ResourceLink
from lti_tool.storage.platforms import Deployment, Nonce, Platform

Row = TypeVar("Row", bound=Base)

# What every launch and every page asks is put together once: that costs more than the answer.
_PLATFORMS = select(Platform).where(Platform.issuer == bindparam("issuer"))
_CLIENT = _PLATFORMS.where(Platform.client_id == bindparam("client"))
_SPEND = {
    dialect.name: insert(Nonce).on_conflict_do_nothing().returning(Nonce.value)
    for dialect, insert in ((sqlite.dialect, sqlite.insert), (postgresql.dialect, postgresql.insert))
}
_KNOWN = (
    select(Deployment, Person, Context, ResourceLink, Membership)
    .outerjoin(Person, and_(Person.deployment_id == Deployment.id, Person.sub == bindparam("sub")))
    .outerjoin(
        Context,
        and_(
            Context.deployment_id == Deployment.id,
            Context.context_id == bindparam("context"),
            Context.implied == bindparam("implied"),
        ),
    )
    .outerjoin(
        ResourceLink,
        and_(
            ResourceLink.context_id == Context.id,
            ResourceLink.resource_link_id == bindparam("link"),
        ),
    )
    .outerjoin(Membership, and_(Membership.person_id == Person.id, Membership.context_id == Context.id))
    .where(
        Deployment.platform_id == bindparam("platform"),
        Deployment.deployment_id == bindparam("deployment"),
    )
)
_LAUNCH_SESSION = (
    select(LaunchSession)
    .where(LaunchSession.id == bindparam("launch"))
    .options(joinedload(LaunchSession.platform, innerjoin=True))
)


def platforms_of(session: Session, issuer: str, client_id: str | None) -> list[Platform]:
    """The registrations of an issuer, only that of `client_id` when it is given. Compared exactly."""
    if client_id is None:
        return list(session.scalars(_PLATFORMS, {"issuer": issuer}))
    return list(session.scalars(_CLIENT, {"issuer": issuer, "client": client_id}))


def spend_nonce(session: Session, platform_id: int, value: str, expires_at: datetime) -> bool:
    """Remember a nonce until its token has expired. False when it was spent before.

    Of two launches with one nonce the second waits until the first has committed or failed.
    """
    row = {"platform_id": platform_id, "value": value, "expires_at": expires_at}
    spend = _SPEND[session.get_bind().dialect.name]
    return session.connection().execute(spend, row).first() is not None


class Known(NamedTuple):
    """What earlier launches left of the things a launch names."""

    deployment: Deployment | None = None
    person: Person | None = None
    context: Context | None = None
    link: ResourceLink | None = None
    membership: Membership | None = None


def known(
    session: Session,
    platform_id: int,
    deployment_id: str,
    sub: str,
    context_id: str,
    link_id: str | None,
    *,
    implied: bool,
) -> Known:
    """All of it in one question, by the LMS's ids; `implied` contexts are made for launches that name none."""
    values = {
        "platform": platform_id,
        "deployment": deployment_id,
        "sub": sub,
        "context": context_id,
        "implied": implied,
        "link": link_id,
    }
    found = session.execute(_KNOWN, values).one_or_none()
    return Known() if found is None else Known(*found)


def deployments(session: Session, platform_id: int) -> list[Deployment]:
    """All deployments of a platform."""
    return list(session.scalars(select(Deployment).where(Deployment.platform_id == platform_id)))


def hold_platform(session: Session, platform_id: int) -> None:
    """Make other launches of a platform that do the same wait for our commit.

    Rows that only refer to the platform, as their spent nonces do, hinder nobody (`key_share`).
    """
    session.scalar(select(Platform.id).where(Platform.id == platform_id).with_for_update(key_share=True))


def person(session: Session, deployment_id: int, sub: str) -> Person | None:
    """A person by the LMS's id."""
    return session.scalar(select(Person).where(Person.deployment_id == deployment_id, Person.sub == sub))


def context(session: Session, deployment_id: int, context_id: str, *, implied: bool) -> Context | None:
    """A course by the LMS's id; `implied` are those made for a launch that named none."""
    query = select(Context).where(
        Context.deployment_id == deployment_id, Context.context_id == context_id, Context.implied == implied
    )
    return session.scalar(query)


def link(session: Session, context_id: int, resource_link_id: str) -> ResourceLink | None:
    """A placed activity by the LMS's id."""
    query = select(ResourceLink).where(
        ResourceLink.context_id == context_id, ResourceLink.resource_link_id == resource_link_id
    )
    return session.scalar(query)


def membership(session: Session, person_id: int, context_id: int) -> Membership | None:
    """A person's membership of a context."""
    return session.get(Membership, (person_id, context_id))


def find_or_make(session: Session, find: Callable[[], Row | None], make: Callable[[], Row]) -> Row:
    """The row `find` finds, else the one `make` makes - also when another launch makes it at the same moment."""
    row = find()
    if row is not None:
        return row
    try:
        with session.begin_nested():
            row = make()
            session.add(row)
    except IntegrityError:
        row = find()
        if row is None:
            raise
    return row


def launch_session(session: Session, launch_id: str) -> LaunchSession | None:
    """A launch session with its platform."""
    return session.scalar(_LAUNCH_SESSION, {"launch": launch_id})


def hold_launch(session: Session, row: LaunchSession) -> None:
    """Read a launch session again as it is now, locked."""
    session.refresh(row, with_for_update={"of": LaunchSession, "key_share": True})


def forget_expired(session: Session, nonces_before: datetime, launches_before: datetime) -> None:
    """Remove nonces and launch sessions that ended before."""
    session.execute(delete(Nonce).where(Nonce.expires_at < nonces_before))
    session.execute(delete(LaunchSession).where(LaunchSession.expires_at < launches_before))
