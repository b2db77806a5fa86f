"""Course copies, and activities that do not say what they open: what was recognised, and what could not be.

A copied course is a course of its own. From the course it was made of nothing is taken but which node a link opens;
its people, work and grades stay where they are.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lti_tool.domain.course import COURSE_NODE, Course
from lti_tool.errors import AccessDenied, NotFound
from lti_tool.lti.http import Http
from lti_tool.services import arrivals, columns, passback, placing
from lti_tool.services.placing import Gradebook
from lti_tool.services.who import Who
from lti_tool.storage import copy_queries, launch_queries, placing_queries
from lti_tool.storage.db import Engine, Session, open_session
from lti_tool.storage.people import ResourceLink


@dataclass(frozen=True)
class Opened:
    """An activity that was opened: its name in the LMS, what it opens, and how that is known (`bound_by`)."""

    link_id: int
    title: str
    node: str
    bound_by: str


@dataclass(frozen=True)
class Expected:
    """A node that the course this one was made of has, and nobody has opened here.

    `found`: its column is here; `gone`: neither it nor its column is; `unknown`: its first launch will tell.
    """

    node: str
    state: Literal["found", "gone", "unknown"]


@dataclass(frozen=True)
class Activities:
    """What stands in a course. `source`: the title of the course it was made of, "" if the reader is not to know;
    None where it was made of none."""

    opened: tuple[Opened, ...]
    expected: tuple[Expected, ...]
    source: str | None


def activities(session: Session, course: Course, who: Who, gradebook: Gradebook | None) -> Activities:
    """The activities of the context. Raises AccessDenied (not staff)."""
    _require_staff(who)
    links = placing_queries.links(session, who.context_id)
    opened = tuple(Opened(link.id, link.title, link.node, link.bound_by) for link in links)
    parent_id = placing_queries.context(session, who.context_id).copied_from_id
    if parent_id is None:
        return Activities(opened, (), None)
    there = {link.node for link in placing_queries.links(session, parent_id)}
    missing = there - {link.node for link in links}
    offers = placing.offers(session, course, who.context_id, gradebook)
    expected = (
        Expected(node, _state(course, offer, gradebook))
        for node, offer in offers.by_node.items()
        if node in missing
    )
    return Activities(opened, tuple(expected), _title(session, who, parent_id))


def recognise(engine: Engine, http: Http, link_id: int, now: datetime) -> str:
    """What the column of an activity says that the activity opens; empty when it does not.

    No transaction may be open: the LMS is asked.
    """
    with open_session(engine, writes=False) as session:
        link = session.get_one(ResourceLink, link_id)
        services = columns.services_of(session, link.context_id)
        address = link.lineitem_url
    return columns.node_of(engine, http, services, address, now)


def bind(session: Session, course: Course, who: Who, link_id: int, node: str, now: datetime) -> str:
    """Have an activity open what its column says, unless something better is known; answers what it opens now."""
    link = _link(session, who, link_id)
    if node in course.graded and link.bound_by in {"none", "history"}:
        _open(session, course, link, node, "column", now)
    return link.node


def choose(session: Session, course: Course, who: Who, link_id: int, node: str, now: datetime) -> None:
    """A teacher says what an activity opens that does not say it itself.

    Raises AccessDenied, NotFound for an activity of another course, for one that says what it opens, and for a node
    that the course does not have.
    """
    if who.role not in {"instructor", "admin"}:
        raise AccessDenied("only teachers say what an activity opens", code="role")
    link = _link(session, who, link_id)
    if link.bound_by == "custom":
        raise NotFound(f"activity {link_id} names its node")
    if node != COURSE_NODE and node not in course.nodes:
        raise NotFound(node, code="unknown-node")
    _open(session, course, link, node, "teacher", now)


def _open(session: Session, course: Course, link: ResourceLink, node: str, by: str, now: datetime) -> None:
    link.node, link.bound_by = node, by
    moved = arrivals.keep_column(session, course, link, link.lineitem_url) if link.lineitem_url else None
    if moved and by == "teacher":
        moved.wish = "name"  # so that its copies are recognised without a teacher
    session.flush()
    if moved:
        passback.heal(session, course, link.context_id, moved, now)


def _state(
    course: Course, offer: placing.Offer, gradebook: Gradebook | None
) -> Literal["found", "gone", "unknown"]:
    if offer.state == "placed" or offer.column:
        return "found"
    return "gone" if gradebook is not None and offer.node in course.graded else "unknown"


def _title(session: Session, who: Who, context_id: int) -> str:
    """A course's title, for those who belong to it: the history of a course is told by the LMS, not proved."""
    member = launch_queries.membership(session, who.person_id, context_id)
    return placing_queries.context(session, context_id).title if member is not None else ""


def _link(session: Session, who: Who, link_id: int) -> ResourceLink:
    link = copy_queries.link(session, who.context_id, link_id)
    if link is None:
        raise NotFound(f"activity {link_id}")
    return link


def _require_staff(who: Who) -> None:
    if not who.staff:
        raise AccessDenied("only staff see the activities", code="role")
