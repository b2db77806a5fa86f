"""A verified launch becomes rows: nonce spent, person, context and link known, one session opened."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any, NamedTuple

from lti_tool.domain.course import Course
from lti_tool.errors import AccessDenied, InvalidToken, MalformedMessage, UnknownPlatform
from lti_tool.lti import claims
from lti_tool.lti.claims import Launch
from lti_tool.lti.platform import Registration
from lti_tool.services import arrivals
from lti_tool.services.arrivals import News, Place
from lti_tool.storage import launch_queries, visit_queries
from lti_tool.storage.db import Session
from lti_tool.storage.launch_queries import KnownPlatform as KnownPlatform
from lti_tool.storage.platforms import Platform
from lti_tool.storage.visit_queries import Visit as Visit

REMEMBERED = timedelta(seconds=10)
"""How long a web process relies on what it read of a registration."""


def find_platform(session: Session, issuer: str, client_id: str | None) -> KnownPlatform:
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


class Platforms:
    """The registrations that logins and launches come under, remembered for a few seconds by their names.

    One that is switched off meanwhile lets nobody in all the same: `record` asks the database.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str | None], tuple[datetime, KnownPlatform]] = {}

    def find(
        self, session: Callable[[], Session], issuer: str, client_id: str | None, now: datetime
    ) -> KnownPlatform:
        """As `find_platform`; `session` is asked for only when the database has to be."""
        at, kept = self._found.get((issuer, client_id), (None, None))
        if at is None or kept is None or not timedelta(0) <= now - at < REMEMBERED:
            kept = find_platform(session(), issuer, client_id)
            self._found[issuer, client_id] = (now, kept)
        return kept


def registration_of(platform: Platform | KnownPlatform) -> Registration:
    """A stored platform in the words of the protocol layer."""
    return Registration(
        issuer=platform.issuer,
        client_id=platform.client_id,
        auth_url=platform.auth_url,
        token_url=platform.token_url,
        jwks_url=platform.jwks_url,
        token_audience=platform.token_audience,
    )


class Opened(NamedTuple):
    """A launch session that has just begun."""

    visit: Visit
    secret: str
    """For the browser's cookie, and for nothing else."""
    node: str | None
    """What the link opens; None: the message came by no link."""
    news: News = ""
    """What the person should be told, or asked, before that."""


def record(
    session: Session,
    course: Course,
    platform: KnownPlatform,
    launch: Launch,
    lifetime: timedelta,
    now: datetime,
) -> Opened:
    """Open a launch session.

    Raises InvalidToken when the nonce was spent before (SEC §5.1.3(9)), UnknownPlatform when the deployment is
    not approved or the platform is off, NotFound when the link names a node that the course does not have.
    """
    if not launch_queries.spend_nonce(
        session, platform.id, launch.nonce, datetime.fromtimestamp(launch.expires_at, UTC)
    ):
        raise InvalidToken("nonce spent before", code="replay")
    seen = arrivals.seen(session, platform.id, launch)
    if seen is None:
        find_platform(session, platform.issuer, platform.client_id)  # is it still on?
    if seen is None or arrivals.tells_news(course, launch, seen):
        place = arrivals.learn(session, course, platform.id, launch, now)
    else:
        launch_queries.came(session, seen.person_id, seen.context_id, now)
        place = Place(seen.person_id, seen.language, seen.context_id, seen.link_id, seen.node)
    return _open(session, platform, place, launch, lifetime, now)


def resume(session: Session, launch_id: str, secret: str, now: datetime) -> Visit:
    """The launch session that a page belongs to.

    Raises AccessDenied when the browser does not hold its cookie, the session is over, or the platform was
    switched off since.
    """
    visit = visit_queries.visit(session, launch_id)
    if visit is None or not compare_digest(visit.secret_hash, _hash(secret)):
        raise AccessDenied(code="no-session")
    if visit.expires_at <= now:
        raise AccessDenied(code="session-over")
    if visit.disabled_at is not None:
        raise AccessDenied(code="disabled-platform")
    return visit


def choose_language(session: Session, visit: Visit, language: str) -> None:
    """Show this and later launches of the person in `language` (ja or en)."""
    if language not in {"ja", "en"}:
        raise MalformedMessage(language, code="language")
    row = visit_queries.hold(session, visit.id)
    row.language = language
    row.person.language = language


def _open(
    session: Session,
    platform: KnownPlatform,
    place: Place,
    launch: Launch,
    lifetime: timedelta,
    now: datetime,
) -> Opened:
    secret = secrets.token_urlsafe(32)
    visit = Visit(
        id=secrets.token_urlsafe(12),
        secret_hash=_hash(secret),
        person_id=place.person_id,
        context_id=place.context_id,
        link_id=place.link_id,
        role=launch.role,
        language=place.language or _language(launch.locale),
        framed=launch.document_target not in {"window", "frame"},
        return_url=(launch.return_url or "")[:2000],
        deep_linking=_deep_linking(launch),
        created_at=now,
        expires_at=now + lifetime,
        issuer=platform.issuer,
        auth_url=platform.auth_url,
        disabled_at=None,
    )
    visit_queries.begin(session, visit)
    return Opened(visit, secret, place.node, place.news)


def _deep_linking(launch: Launch) -> dict[str, Any] | None:
    """What answering a deep linking request takes."""
    settings = launch.deep_linking
    if settings is None or launch.message_type != claims.DEEP_LINKING:
        return None
    return {
        "return_url": settings.return_url,
        "accept_types": list(settings.accept_types),
        "accept_multiple": settings.accept_multiple,
        "accept_lineitem": settings.accept_lineitem,
        "data": settings.data,
        "deployment_id": launch.deployment_id,
        "launch_url": launch.target_link_uri,
        "begins": launch.custom.get("course_begins", ""),
    }


def _language(locale: str) -> str:
    return "ja" if not locale or locale.lower().startswith("ja") else "en"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
