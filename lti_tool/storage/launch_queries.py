"""Queries of a launch: the registration it comes under, and the rows it finds or makes."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.storage.db import Base
from lti_tool.storage.people import Context, Membership, Person, ResourceLink
from lti_tool.storage.platforms import Deployment, Nonce, Platform
from lti_tool.storage.prepared import Prepared, ask, ask_one
from lti_tool.storage.scores import LineItem

Row = TypeVar("Row", bound=Base)

# What every launch asks is put together once, and asked of the tables rather than of the objects: both cost more
# than the answer.
_platform, _deployment = Platform.__table__.c, Deployment.__table__.c
_person, _context = Person.__table__.c, Context.__table__.c
_link, _member, _column = ResourceLink.__table__.c, Membership.__table__.c, LineItem.__table__.c


class KnownPlatform(NamedTuple):
    """A registration as logins and launches need it."""

    id: int
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    token_audience: str
    product_family: str
    disabled_at: datetime | None


class Seen(NamedTuple):
    """What earlier launches of a person, by a link, in a context left behind."""

    person_id: int
    name: str
    email: str
    language: str
    context_id: int
    context_title: str
    memberships_url: str
    scopes: list[str]
    lineitems_url: str
    role: str
    status: str
    link_id: int | None
    link_title: str | None
    node: str | None
    lineitem_url: str | None
    column_url: str | None
    column_from_launch: bool | None


_OF_ISSUER = select(*(_platform[name] for name in KnownPlatform._fields)).where(
    _platform.issuer == bindparam("issuer")
)
_PLATFORMS = Prepared(_OF_ISSUER, ("issuer",))
_CLIENT = Prepared(_OF_ISSUER.where(_platform.client_id == bindparam("client")), ("issuer", "client"))
_NONCE = ("platform_id", "value", "expires_at")
_SPEND = {
    dialect.name: Prepared(insert(Nonce).on_conflict_do_nothing().returning(Nonce.value), _NONCE)
    for dialect, insert in ((sqlite.dialect, sqlite.insert), (postgresql.dialect, postgresql.insert))
}
_SEEN = Prepared(
    select(
        _person.id,
        _person.name,
        _person.email,
        _person.language,
        _context.id,
        _context.title,
        _context.memberships_url,
        _context.scopes,
        _context.lineitems_url,
        _member.role,
        _member.status,
        _link.id,
        _link.title,
        _link.node,
        _link.lineitem_url,
        _column.url,
        _column.from_launch,
    )
    .select_from(Deployment.__table__)
    .join(Platform.__table__, _deployment.platform_id == _platform.id)
    .join(Person.__table__, and_(_person.deployment_id == _deployment.id, _person.sub == bindparam("sub")))
    .join(
        Context.__table__,
        and_(
            _context.deployment_id == _deployment.id,
            _context.context_id == bindparam("context"),
            _context.implied == bindparam("implied"),
        ),
    )
    .join(Membership.__table__, and_(_member.person_id == _person.id, _member.context_id == _context.id))
    .outerjoin(
        ResourceLink.__table__,
        and_(_link.context_id == _context.id, _link.resource_link_id == bindparam("link")),
    )
    .outerjoin(LineItem.__table__, and_(_column.context_id == _context.id, _column.node == _link.node))
    .where(
        _deployment.platform_id == bindparam("platform"),
        _deployment.deployment_id == bindparam("deployment"),
        _deployment.approved_at.is_not(None),
        _platform.disabled_at.is_(None),
    ),
    ("platform", "deployment", "sub", "context", "implied", "link"),
)
_CAME = Prepared(
    update(Membership)
    .where(_member.person_id == bindparam("person"), _member.context_id == bindparam("context"))
    .values(last_launch_at=bindparam("now")),
    ("person", "context", "now"),
)


def platforms_of(session: Session, issuer: str, client_id: str | None) -> list[KnownPlatform]:
    """The registrations of an issuer, only that of `client_id` when it is given. Compared exactly."""
    asked = (
        (_PLATFORMS, {"issuer": issuer})
        if client_id is None
        else (_CLIENT, {"issuer": issuer, "client": client_id})
    )
    return [KnownPlatform._make(row) for row in ask(session, *asked)]


def spend_nonce(session: Session, platform_id: int, value: str, expires_at: datetime) -> bool:
    """Remember a nonce until its token has expired. False when it was spent before.

    Of two launches with one nonce the second waits until the first has committed or failed.
    """
    row = {"platform_id": platform_id, "value": value, "expires_at": expires_at}
    spend = _SPEND[session.get_bind().dialect.name]
    return ask_one(session, spend, row) is not None


def seen(
    session: Session,
    platform_id: int,
    deployment_id: str,
    sub: str,
    context_id: str,
    link_id: str | None,
    *,
    implied: bool,
) -> Seen | None:
    """All of it in one question, by the LMS's ids; None when the person or the context is new, or
    the platform is switched off.

    `implied` contexts are made for launches that name none.
    """
    values = {
        "platform": platform_id,
        "deployment": deployment_id,
        "sub": sub,
        "context": context_id,
        "implied": implied,
        "link": link_id,
    }
    row = ask_one(session, _SEEN, values)
    return None if row is None else Seen._make(row)


def came(session: Session, person_id: int, context_id: int, now: datetime) -> None:
    """Remember when a member launched last."""
    ask(session, _CAME, {"person": person_id, "context": context_id, "now": now})


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
