"""A verified launch becomes rows: nonce spent, person, context and link known, one session opened."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from lti_tool.domain.course import Course
from lti_tool.errors import AccessDenied, InvalidToken, MalformedMessage, NotFound, UnknownPlatform
from lti_tool.lti import claims
from lti_tool.lti.claims import Launch
from lti_tool.lti.platform import Registration
from lti_tool.services import passback
from lti_tool.storage import launch_queries, score_queries
from lti_tool.storage.db import Session
from lti_tool.storage.people import Context, LaunchSession, Membership, Person, ResourceLink
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.scores import LineItem

COURSE_NODE = "course"
"""What a link opens that names no node: the course home."""


def find_platform(session: Session, issuer: str, client_id: str | None) -> Platform:
    """The registration a login or launch is made under.

    Raises UnknownPlatform: not registered, disabled, or (LOG-08) several clients and none named.
    """
    found = launch_queries.platforms_of(session, issuer, client_id)
    active = [platform for platform in found if platform.disabled_at is None]
    if not active:
        raise UnknownPlatform(issuer, code="disabled-platform" if found else "unknown-platform")
    if len(active) > 1:
        raise UnknownPlatform(issuer, code="ambiguous-platform")
    return active[0]


def registration_of(platform: Platform) -> Registration:
    """A stored platform in the words of the protocol layer."""
    return Registration(
        issuer=platform.issuer,
        client_id=platform.client_id,
        auth_url=platform.auth_url,
        token_url=platform.token_url,
        jwks_url=platform.jwks_url,
        token_audience=platform.token_audience,
    )


def record(
    session: Session, course: Course, platform: Platform, launch: Launch, lifetime: timedelta, now: datetime
) -> tuple[LaunchSession, str]:
    """Open a launch session; returns it with the secret for the browser's cookie.

    Raises InvalidToken when the nonce was spent before (SEC §5.1.3(9)), UnknownPlatform when the deployment is
    not approved, NotFound when the link names a node that the course does not have.
    """
    if not launch_queries.spend_nonce(
        session, platform.id, launch.nonce, datetime.fromtimestamp(launch.expires_at, UTC)
    ):
        raise InvalidToken("nonce spent before", code="replay")
    known = _known(session, platform, launch)
    deployment = known.deployment
    if deployment is None or deployment.approved_at is None:
        deployment = _deployment(session, platform, launch.deployment_id, now)
    person = _person(session, deployment, known.person, launch, now)
    context = _context(session, deployment, known.context, launch, now)
    link = _link(session, course, context, known.link, launch)
    _membership(session, person, context, known.membership, launch.role, now)
    # Written in this order everywhere (membership, then context and column), so that nobody waits in a circle.
    session.flush()
    _services(session, course, context, link, launch, now)
    return _open(session, person, context, link, launch, lifetime, now)


def resume(session: Session, launch_id: str, secret: str, now: datetime) -> LaunchSession:
    """The launch session that a page belongs to.

    Raises AccessDenied when the browser does not hold its cookie, the session is over, or the platform was
    switched off since.
    """
    row = launch_queries.launch_session(session, launch_id)
    if row is None or not compare_digest(row.secret_hash, _hash(secret)):
        raise AccessDenied(code="no-session")
    if row.expires_at <= now:
        raise AccessDenied(code="session-over")
    if row.platform.disabled_at is not None:
        raise AccessDenied(code="disabled-platform")
    return row


def choose_language(row: LaunchSession, language: str) -> None:
    """Show this and later launches of the person in `language` (ja or en)."""
    if language not in {"ja", "en"}:
        raise MalformedMessage(language, code="language")
    row.language = language
    row.person.language = language


def _known(session: Session, platform: Platform, launch: Launch) -> launch_queries.Known:
    return launch_queries.known(
        session,
        platform.id,
        launch.deployment_id,
        launch.sub,
        _context_id(launch),
        launch.resource_link_id,
        implied=launch.context_id is None,
    )


def _context_id(launch: Launch) -> str:
    """The LMS's id of the context, or of the link that one is implied for."""
    return launch.resource_link_id or "" if launch.context_id is None else launch.context_id


def _deployment(session: Session, platform: Platform, deployment_id: str, now: datetime) -> Deployment:
    known = launch_queries.deployments(session, platform.id)
    if not known:
        launch_queries.hold_platform(session, platform.id)
        known = launch_queries.deployments(session, platform.id)  # perhaps made in this moment
    for deployment in known:
        if deployment.deployment_id == deployment_id:
            if deployment.approved_at is None:
                raise UnknownPlatform(deployment_id, code="deployment-waits")
            return deployment
    if known:
        raise UnknownPlatform(deployment_id, code="unknown-deployment")
    # The LMS registered by invitation without naming a deployment: its first launch, signed with its key, does.
    made = Deployment(platform_id=platform.id, deployment_id=deployment_id, created_at=now, approved_at=now)
    session.add(made)
    session.flush()
    return made


def _person(
    session: Session, deployment: Deployment, known: Person | None, launch: Launch, now: datetime
) -> Person:
    row = known or launch_queries.find_or_make(
        session,
        lambda: launch_queries.person(session, deployment.id, launch.sub),
        lambda: Person(deployment_id=deployment.id, sub=launch.sub, created_at=now, language=""),
    )
    name = launch.name or f"{launch.family_name} {launch.given_name}".strip()
    row.name, row.email = name[:255], launch.email[:255]
    return row


def _context(
    session: Session, deployment: Deployment, known: Context | None, launch: Launch, now: datetime
) -> Context:
    context_id, implied = _context_id(launch), launch.context_id is None
    return known or launch_queries.find_or_make(
        session,
        lambda: launch_queries.context(session, deployment.id, context_id, implied=implied),
        lambda: Context(
            deployment_id=deployment.id, context_id=context_id, implied=implied, scopes=[], created_at=now
        ),
    )


def _link(
    session: Session, course: Course, context: Context, known: ResourceLink | None, launch: Launch
) -> ResourceLink | None:
    resource_link_id = launch.resource_link_id
    if resource_link_id is None:
        return None
    named = launch.custom.get("node", "")
    if named and named != COURSE_NODE and named not in course.nodes:
        raise NotFound(named, code="unknown-node")
    row = known or launch_queries.find_or_make(
        session,
        lambda: launch_queries.link(session, context.id, resource_link_id),
        lambda: ResourceLink(
            context_id=context.id, resource_link_id=resource_link_id, node=named or COURSE_NODE
        ),
    )
    row.title = launch.resource_link_title[:500]
    row.node = named or row.node
    if row.node != COURSE_NODE and row.node not in course.nodes:
        raise NotFound(row.node, code="unknown-node")
    return row


def _membership(
    session: Session, person: Person, context: Context, known: Membership | None, role: str, now: datetime
) -> None:
    row = known or launch_queries.find_or_make(
        session,
        lambda: launch_queries.membership(session, person.id, context.id),
        lambda: Membership(person_id=person.id, context_id=context.id, role=role, last_launch_at=now),
    )
    row.role, row.last_launch_at = role, now
    row.status, row.left_at = "active", None


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
    context.title = (launch.context_title or launch.context_label)[:500] or context.title
    context.memberships_url = launch.nrps_url or context.memberships_url
    if launch.ags is None:
        return
    scopes, lineitems = sorted(launch.ags.scopes), launch.ags.lineitems or context.lineitems_url
    changed = (context.scopes, context.lineitems_url) != (scopes, lineitems)
    context.scopes, context.lineitems_url = scopes, lineitems
    moved = None
    if link is not None and launch.ags.lineitem and link.node in passback.graded_nodes(course):
        moved = _column(session, link, launch.ags.lineitem)
    if changed or moved:
        session.flush()
        passback.heal(session, context.id, moved, now)


def _column(session: Session, link: ResourceLink, lineitem: str) -> LineItem | None:
    """Keep the line item of the link just launched (AGS §3.1); the column, if its address is another now.

    Of two activities for one node the first keeps the grades, until its column is gone.
    """
    before, link.lineitem_url = link.lineitem_url, lineitem
    column = passback.column_of(session, link.context_id, link.node)
    another = column.from_launch and column.url not in {before, lineitem}
    if another and not score_queries.column_is_gone(session, column.id):
        return None
    moved = column.url != lineitem
    column.url, column.from_launch = lineitem, True
    return column if moved else None


def _open(
    session: Session,
    person: Person,
    context: Context,
    link: ResourceLink | None,
    launch: Launch,
    lifetime: timedelta,
    now: datetime,
) -> tuple[LaunchSession, str]:
    secret = secrets.token_urlsafe(32)
    settings = launch.deep_linking
    row = LaunchSession(
        id=secrets.token_urlsafe(12),
        secret_hash=_hash(secret),
        person_id=person.id,
        context_id=context.id,
        link=link,
        role=launch.role,
        language=person.language or _language(launch.locale),
        framed=launch.document_target not in {"window", "frame"},
        return_url=(launch.return_url or "")[:2000],
        deep_linking=None
        if settings is None or launch.message_type != claims.DEEP_LINKING
        else {
            "return_url": settings.return_url,
            "accept_types": list(settings.accept_types),
            "accept_multiple": settings.accept_multiple,
            "accept_lineitem": settings.accept_lineitem,
            "data": settings.data,
            "deployment_id": launch.deployment_id,
            "launch_url": launch.target_link_uri,
        },
        created_at=now,
        expires_at=now + lifetime,
    )
    session.add(row)
    session.flush()
    return row, secret


def _language(locale: str) -> str:
    return "ja" if not locale or locale.lower().startswith("ja") else "en"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
