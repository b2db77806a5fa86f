"""Queries of the class lists: which one is due, who reads it, and the people it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from lti_tool.storage.db import changed
from lti_tool.storage.people import Context, Membership, Person, Roster
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.work_queries import insert_missing


@dataclass(frozen=True)
class Listed:
    """Somebody on the class list."""

    sub: str
    name: str
    role: str
    active: bool


def due(session: Session, now: datetime, limit: int) -> list[int]:
    """Contexts whose class list is to be read, those somebody waits for first.

    Left alone are lists that another worker reads, and platforms that are switched off or have to be left alone.
    """
    waiting = and_(Roster.due_at <= now, or_(Roster.claimed_until.is_(None), Roster.claimed_until < now))
    query = (
        select(Context.id)
        .join(Context.deployment)
        .join(Deployment.platform)
        .outerjoin(Roster, Roster.context_id == Context.id)
        .where(
            Context.memberships_url != "",
            Platform.disabled_at.is_(None),
            or_(Platform.quiet_until.is_(None), Platform.quiet_until <= now),
            or_(Roster.context_id.is_(None), waiting),
        )
        .order_by(func.coalesce(Roster.state, "") != "running", Roster.due_at, Context.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def claim(session: Session, context_id: int, now: datetime, until: datetime) -> bool:
    """Whether we may read a list that is due, until `until`: of several workers that ask, one may."""
    insert_missing(session, Roster, [{"context_id": context_id, "due_at": now}])
    query = update(Roster).where(
        Roster.context_id == context_id,
        Roster.due_at <= now,
        or_(Roster.claimed_until.is_(None), Roster.claimed_until < now),
    )
    return changed(session, query.values(claimed_until=until, state="running", reason="")) > 0


def settle(session: Session, context_id: int, held: datetime, **values: object) -> bool:
    """Note how reading ended; False when the claim until `held` has passed to another worker."""
    query = update(Roster).where(Roster.context_id == context_id, Roster.claimed_until == held)
    return changed(session, query.values(claimed_until=None, **values)) > 0


def wish(session: Session, context_id: int, now: datetime) -> None:
    """Have the list read as soon as possible; nothing new where it is being read already."""
    insert_missing(session, Roster, [{"context_id": context_id, "due_at": now}])
    query = update(Roster).where(Roster.context_id == context_id, Roster.state != "running")
    changed(session, query.values(due_at=now, state="running", reason=""))


def roster(session: Session, context_id: int) -> Roster | None:
    """How the list of a context was read last; None when never."""
    return session.get(Roster, context_id)


def context(session: Session, context_id: int) -> Context:
    """A context with its platform."""
    query = (
        select(Context)
        .options(joinedload(Context.deployment).joinedload(Deployment.platform))
        .where(Context.id == context_id)
    )
    return session.scalars(query).one()


def launched_since(session: Session, context_id: int, since: datetime) -> bool:
    """Whether anybody has launched in the context since then."""
    query = select(Membership.person_id).where(
        Membership.context_id == context_id, Membership.last_launch_at >= since
    )
    return session.scalar(query.limit(1)) is not None


def keep(session: Session, context: Context, listed: Sequence[Listed], asked_at: datetime) -> None:
    """Make or update the people of one part of a list that was asked for at `asked_at`.

    Who has launched anywhere keeps the name of that launch, and who has launched here the role.
    """
    listed = sorted(listed, key=lambda one: one.sub)  # in one order everywhere: nobody waits in a circle
    people = _people(session, context.deployment_id, listed, asked_at)
    rows = [
        {"person_id": people[one.sub].id, "context_id": context.id, "role": one.role, "status": "active"}
        for one in listed
    ]
    insert_missing(session, Membership, rows)
    wanted = {people[one.sub].id: one for one in listed}
    query = select(Membership).where(Membership.context_id == context.id, Membership.person_id.in_(wanted))
    for row in session.scalars(query.order_by(Membership.person_id).with_for_update()):
        one = wanted[row.person_id]
        row.listed_at = asked_at
        row.role = one.role if row.last_launch_at is None else row.role
        row.status = "active" if one.active else "left"
        row.left_at = None if one.active else row.left_at or asked_at
    session.flush()


def mark_left(session: Session, context_id: int, asked_at: datetime) -> None:
    """Mark who is not on the whole list asked for at `asked_at` - but not who has launched since."""
    query = select(Membership).where(
        Membership.context_id == context_id,
        Membership.status == "active",
        or_(Membership.listed_at.is_(None), Membership.listed_at < asked_at),
        or_(Membership.last_launch_at.is_(None), Membership.last_launch_at < asked_at),
    )
    for row in session.scalars(query.order_by(Membership.person_id).with_for_update()):
        row.status, row.left_at = "left", asked_at
    session.flush()


def active_members(session: Session, context_id: int) -> int:
    """How many people of a context are on its class list."""
    query = select(func.count()).select_from(Membership)
    query = query.where(
        Membership.context_id == context_id, Membership.status == "active", Membership.listed_at.is_not(None)
    )
    return session.scalars(query).one()


def _people(
    session: Session, deployment_id: int, listed: Sequence[Listed], now: datetime
) -> dict[str, Person]:
    """The people by `sub`, made where they are new."""
    rows = [
        {"deployment_id": deployment_id, "sub": one.sub, "name": one.name, "created_at": now}
        for one in listed
    ]
    insert_missing(session, Person, rows)
    query = select(Person).where(
        Person.deployment_id == deployment_id, Person.sub.in_([one.sub for one in listed])
    )
    people = {person.sub: person for person in session.scalars(query)}
    query_launched = select(Membership.person_id).where(
        Membership.person_id.in_([person.id for person in people.values()]),
        Membership.last_launch_at.is_not(None),
    )
    launched = set(session.scalars(query_launched))
    for one in listed:
        person = people[one.sub]
        if person.id not in launched or not person.name:
            person.name = one.name
    session.flush()
    return people
