"""What a launch tells that was not known: people, contexts, links, memberships and service addresses."""

from datetime import datetime
from typing import Literal, NamedTuple

from lti_tool.domain.course import COURSE_NODE, Course
from lti_tool.errors import NotFound, UnknownDeployment
from lti_tool.lti.claims import READ_COLUMNS, Launch
from lti_tool.services import audit, passback
from lti_tool.services.who import STAFF_ROLES
from lti_tool.storage import copy_queries, launch_queries, score_queries
from lti_tool.storage.db import Session
from lti_tool.storage.launch_queries import Seen
from lti_tool.storage.people import Context, Membership, Person, ResourceLink
from lti_tool.storage.platforms import Deployment
from lti_tool.storage.scores import LineItem

News = Literal["", "copied", "unnamed"]
"""`copied`: somebody of the staff is here for the first time, in a course made of another. `unnamed`: a new activity
does not say what it opens, and its column may."""


class Place(NamedTuple):
    """Whose launch it is, and where it leads; the ids are of our tables."""

    person_id: int
    language: str
    """Chosen by the person; empty before."""
    context_id: int
    link_id: int | None
    node: str | None
    news: News = ""


def seen(session: Session, platform_id: int, launch: Launch) -> Seen | None:
    """What earlier launches left behind of all that this one names."""
    return launch_queries.seen(
        session,
        platform_id,
        launch.deployment_id,
        launch.sub,
        _context_id(launch),
        launch.resource_link_id,
        implied=launch.context_id is None,
    )


def tells_news(course: Course, launch: Launch, seen: Seen) -> bool:
    """Whether a launch says anything that the rows do not say already."""
    told = (_name(launch), launch.email[:255], launch.role, "active", _title(launch) or seen.context_title)
    kept = (seen.name, seen.email, seen.role, seen.status, seen.context_title)
    if told != kept or (launch.nrps_url or seen.memberships_url) != seen.memberships_url:
        return True
    if launch.resource_link_id is not None:
        node = launch.custom.get("node", "") or seen.node
        if (launch.resource_link_title[:500], node) != (seen.link_title, seen.node) or not _known(
            course, node
        ):
            return True
    if launch.ags is None:
        return False
    services = (sorted(launch.ags.scopes), launch.ags.lineitems or seen.lineitems_url)
    column = (seen.lineitem_url, seen.column_url, seen.column_from_launch)
    has_column = seen.node in course.graded or seen.column_url is not None
    graded = bool(launch.ags.lineitem) and has_column
    return services != (seen.scopes, seen.lineitems_url) or (
        graded and column != (launch.ags.lineitem, launch.ags.lineitem, True)
    )


def learn(session: Session, course: Course, platform_id: int, launch: Launch, now: datetime) -> Place:
    """Write down what a launch tells.

    Raises UnknownDeployment when the deployment is not approved, NotFound when the link names a node that the course
    does not have.
    """
    deployment = _deployment(session, platform_id, launch.deployment_id, now)
    person = _person(session, deployment, launch, now)
    context = _context(session, deployment, launch, now)
    link, new_link = _link(session, course, context, launch)
    first_time = _membership(session, person, context, launch.role, now)
    # Written in this order everywhere (membership, then context and column), so that nobody waits in a circle.
    session.flush()
    _services(session, course, context, link, launch, now)
    news: News = ""
    if link is not None and new_link and link.bound_by != "custom" and _may_read(launch):
        news = "unnamed"
    elif first_time and launch.role in STAFF_ROLES and context.copied_from_id is not None:
        news = "copied"
    return Place(
        person.id, person.language, context.id, link.id if link else None, link.node if link else None, news
    )


def _may_read(launch: Launch) -> bool:
    """Whether the LMS would tell what the column of the link just launched is for."""
    return launch.ags is not None and bool(launch.ags.lineitem) and bool(READ_COLUMNS & launch.ags.scopes)


def _context_id(launch: Launch) -> str:
    """The LMS's id of the context, or of the link that one is implied for."""
    return launch.resource_link_id or "" if launch.context_id is None else launch.context_id


def _deployment(session: Session, platform_id: int, deployment_id: str, now: datetime) -> Deployment:
    known = launch_queries.deployments(session, platform_id)
    if not known:
        launch_queries.hold_platform(session, platform_id)
        known = launch_queries.deployments(session, platform_id)  # perhaps made in this moment
    for deployment in known:
        if deployment.deployment_id == deployment_id:
            if deployment.approved_at is None:
                raise UnknownDeployment(platform_id, deployment_id)
            return deployment
    if known:
        raise UnknownDeployment(platform_id, deployment_id)
    # The LMS registered by invitation without naming a deployment: its first launch, signed with its key, does.
    made = Deployment(platform_id=platform_id, deployment_id=deployment_id, created_at=now, approved_at=now)
    session.add(made)
    session.flush()
    what = f"platform {platform_id} deployment {made.id}"
    audit.record(session, f"platform {platform_id}", audit.Action.DEPLOYMENT_APPROVED, what, now)
    return made


def _person(session: Session, deployment: Deployment, launch: Launch, now: datetime) -> Person:
    row = launch_queries.find_or_make(
        session,
        lambda: launch_queries.person(session, deployment.id, launch.sub),
        lambda: Person(deployment_id=deployment.id, sub=launch.sub, created_at=now, language=""),
    )
    row.name, row.email = _name(launch), launch.email[:255]
    return row


def _name(launch: Launch) -> str:
    return (launch.name or f"{launch.family_name} {launch.given_name}".strip())[:255]


def _context(session: Session, deployment: Deployment, launch: Launch, now: datetime) -> Context:
    context_id, implied = _context_id(launch), launch.context_id is None

    def make() -> Context:
        source = copy_queries.context_of_history(session, deployment.id, launch.context_history)
        return Context(
            deployment_id=deployment.id,
            context_id=context_id,
            implied=implied,
            scopes=[],
            created_at=now,
            copied_from_id=source.id if source else None,
        )

    return launch_queries.find_or_make(
        session, lambda: launch_queries.context(session, deployment.id, context_id, implied=implied), make
    )


def _link(
    session: Session, course: Course, context: Context, launch: Launch
) -> tuple[ResourceLink | None, bool]:
    """The link of a launch, and whether it is new."""
    resource_link_id = launch.resource_link_id
    if resource_link_id is None:
        return None, False
    named = launch.custom.get("node", "")
    if named and not _known(course, named):
        raise NotFound(named, code="unknown-node")
    made: list[ResourceLink] = []

    def make() -> ResourceLink:
        node, bound_by = (named, "custom") if named else _inherited(session, course, context, launch)
        made.append(
            ResourceLink(
                context_id=context.id, resource_link_id=resource_link_id, node=node, bound_by=bound_by
            )
        )
        return made[-1]

    row = launch_queries.find_or_make(
        session, lambda: launch_queries.link(session, context.id, resource_link_id), make
    )
    row.title = launch.resource_link_title[:500]
    if named:
        row.node, row.bound_by = named, "custom"
    if not _known(course, row.node):
        raise NotFound(row.node, code="unknown-node")
    return row, row in made


def _inherited(session: Session, course: Course, context: Context, launch: Launch) -> tuple[str, str]:
    """What a new link opens that names nothing: what the link did that it was copied from, else the course home."""
    source = copy_queries.link_of_history(
        session,
        context.deployment_id,
        launch.link_history,
        launch.context_history,
        launch.resource_link_id or "",
    )
    if source is not None and source.bound_by != "none" and _known(course, source.node):
        return source.node, "history"
    return COURSE_NODE, "none"


def _known(course: Course, node: str | None) -> bool:
    return node == COURSE_NODE or node in course.nodes


def _membership(session: Session, person: Person, context: Context, role: str, now: datetime) -> bool:
    """Whether the person is here for the first time."""
    row = launch_queries.find_or_make(
        session,
        lambda: launch_queries.membership(session, person.id, context.id),
        lambda: Membership(person_id=person.id, context_id=context.id, role=role, last_launch_at=None),
    )
    first_time = row.last_launch_at is None
    row.role, row.last_launch_at = role, now
    row.status, row.left_at = "active", None
    return first_time


def _services(
    session: Session,
    course: Course,
    context: Context,
    link: ResourceLink | None,
    launch: Launch,
    now: datetime,
) -> None:
    """Keep what the launch tells of the context and its services.

    Not every message carries the service claims (deep linking requests, activities without a grade): what an
    earlier one brought is still good then.
    """
    context.title = _title(launch) or context.title
    context.memberships_url = launch.nrps_url or context.memberships_url
    if launch.ags is None:
        return
    scopes, lineitems = sorted(launch.ags.scopes), launch.ags.lineitems or context.lineitems_url
    changed = (context.scopes, context.lineitems_url) != (scopes, lineitems)
    context.scopes, context.lineitems_url = scopes, lineitems
    moved = None
    if link is not None and launch.ags.lineitem:
        moved = keep_column(session, course, link, launch.ags.lineitem)
    if changed or moved:
        session.flush()
        passback.heal(session, course, context.id, moved, now)


def _title(launch: Launch) -> str:
    return (launch.context_title or launch.context_label)[:500]


def keep_column(session: Session, course: Course, link: ResourceLink, lineitem: str) -> LineItem | None:
    """Keep the line item of a link (AGS §3.1); the column of its node, if the address of that is another now.

    Of two activities for one node the first keeps the grades, until its column is gone.
    """
    before, link.lineitem_url = link.lineitem_url, lineitem
    if link.node not in passback.column_nodes(course) or link.bound_by == "none":
        return None  # of a link that names nothing the column may be for something else than it opens
    column = passback.column_of(session, link.context_id, link.node)
    another = column.from_launch and column.url not in {before, lineitem}
    if another and not score_queries.column_is_gone(session, column.id):
        return None
    moved = column.url != lineitem or not column.wanted
    column.url, column.from_launch, column.wanted, column.wish = lineitem, True, True, ""
    return column if moved else None
