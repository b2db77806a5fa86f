"""Connecting an LMS: single-use invitations and dynamic registration to their end."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.errors import NotFound, OutboundError, RegistrationFailed
from lti_tool.lti import registration as protocol
from lti_tool.lti.http import Http
from lti_tool.lti.platform import Registration
from lti_tool.lti.registration import PlatformConfiguration, Registered, ToolProfile
from lti_tool.services import audit, deployments
from lti_tool.services.audit import COMMAND_LINE, Action
from lti_tool.services.versions import plain
from lti_tool.storage import launch_queries, platform_queries
from lti_tool.storage.db import Engine, Session, transaction
from lti_tool.storage.platforms import Invite, Platform

INVITE_LIFETIME = timedelta(days=7)

PROFILE_NAME = ("ライブコマース・スペシャリスト", "Live Commerce Specialist")
PROFILE_DESCRIPTION = "6か月の認定プログラム / A six-month certification programme"


@dataclass(frozen=True)
class Request:
    """What the LMS put on the registration address: where its configuration is, and its one-time token."""

    configuration_url: str
    token: str | None


def invite(session: Session, now: datetime, *, by: str = COMMAND_LINE, note: str = "") -> str:
    """Make an invitation; returns its secret, which is stored only as a hash. `note` says whom it is for."""
    secret = secrets.token_urlsafe(32)
    row = Invite(
        secret_hash=_hash(secret), created_at=now, expires_at=now + INVITE_LIFETIME, note=plain(note)[:100]
    )
    session.add(row)
    session.flush()
    audit.record(session, by, Action.PLATFORM_INVITED, f"invitation {row.id}", now)
    return secret


def invite_url(base_url: str, secret: str) -> str:
    """What is pasted into the LMS."""
    return f"{base_url}/lti/register?invite={secret}"


def check_invite(session: Session, secret: str, now: datetime, *, lock: bool = False) -> Invite:
    """The invitation, unless it is unknown, used or over (NotFound, with the code telling which).

    With `lock` nobody else can use it until the transaction ends.
    """
    row = platform_queries.invite(session, _hash(secret), lock=lock)
    if row is None:
        raise NotFound(code="unknown-invite")
    if row.used_at is not None:
        raise NotFound(code="used-invite")
    if row.revoked_at is not None:
        raise NotFound(code="revoked-invite")
    if row.expires_at <= now:
        raise NotFound(code="expired-invite")
    return row


def profile(base_url: str) -> ToolProfile:
    """How the tool describes itself to a platform."""
    ja, en = PROFILE_NAME
    return ToolProfile(
        base_url=base_url,
        name_ja=ja,
        name_en=en,
        description=PROFILE_DESCRIPTION,
        logo_url=f"{base_url}/static/logo.svg",
    )


def look(http: Http, request: Request) -> PlatformConfiguration:
    """Read the LMS's configuration, to show the administrator who asks for what. Raises RegistrationFailed."""
    with _asking():
        return protocol.fetch_configuration(http, request.configuration_url, request.token)


def connect(engine: Engine, http: Http, base_url: str, secret: str, request: Request, now: datetime) -> None:
    """Register the tool with the LMS and keep the registration. Uses the invitation up, unless it fails.

    The invitation is taken first, so that it cannot be used twice at one moment; no transaction is open while
    the LMS is asked. Raises NotFound (invitation), RegistrationFailed.
    """
    with transaction(engine) as session:
        check_invite(session, secret, now, lock=True).used_at = now
    try:
        configuration = look(http, request)
        with _asking():
            registered = protocol.register(http, configuration, request.token, profile(base_url))
        with transaction(engine) as session:
            invitation = _taken(session, secret)
            platform = _keep(session, registered, f"invitation {invitation.id}", now)
            invitation.platform_id = platform.id
    except BaseException:
        with transaction(engine) as session:
            _taken(session, secret).used_at = None
        raise


@contextmanager
def _asking() -> Iterator[None]:
    """Whoever opened the registration address named the servers: one that cannot be asked is no fault of ours."""
    try:
        yield
    except OutboundError as error:
        raise RegistrationFailed(f"{error} ({error.exchange.url})") from error


def _taken(session: Session, secret: str) -> Invite:
    row = platform_queries.invite(session, _hash(secret), lock=True)
    if row is None:
        raise NotFound(code="unknown-invite")
    return row


def _keep(session: Session, registered: Registered, by: str, now: datetime) -> Platform:
    wanted = registered.registration
    known = launch_queries.platforms_of(session, wanted.issuer, wanted.client_id)
    if known:
        platform = session.get_one(Platform, known[0].id)
        _renew(platform, registered)
        audit.record(session, by, Action.PLATFORM_RENEWED, f"platform {platform.id}", now)
    else:
        platform = add_platform(session, wanted, registered.name, registered.product_family, now)
        audit.record(session, by, Action.PLATFORM_REGISTERED, f"platform {platform.id}", now)
    if registered.deployment_id is not None:
        deployments.name(session, platform, registered.deployment_id, by, now)
    return platform


def _renew(platform: Platform, registered: Registered) -> None:
    """The LMS updates what it registered before, as Moodle does when the tool is added once more.

    Its addresses stay (DR-14): a configuration on the issuer's host proves little, because many an LMS serves
    files of its users there; whoever could change the key set could sign launches as anybody. A platform that was
    switched off stays off. Raises RegistrationFailed when an address differs.
    """
    wanted = registered.registration
    known = (platform.auth_url, platform.token_url, platform.jwks_url, platform.token_audience)
    if known != (wanted.auth_url, wanted.token_url, wanted.jwks_url, wanted.token_audience):
        raise RegistrationFailed("this client is registered with other addresses", code="registered-already")
    platform.name, platform.product_family = registered.name, registered.product_family


def knows(session: Session, issuer: str, client_id: str) -> bool:
    """Whether an LMS is connected under this client."""
    return bool(launch_queries.platforms_of(session, issuer, client_id))


def add_platform(
    session: Session, wanted: Registration, name: str, product_family: str, now: datetime
) -> Platform:
    """Keep a registration: from dynamic registration, or entered by the operator."""
    platform = Platform(
        issuer=wanted.issuer,
        client_id=wanted.client_id,
        name=name,
        product_family=product_family,
        auth_url=wanted.auth_url,
        token_url=wanted.token_url,
        jwks_url=wanted.jwks_url,
        token_audience=wanted.token_audience,
        created_at=now,
    )
    session.add(platform)
    session.flush()
    return platform


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def enter(
    session: Session,
    wanted: Registration,
    name: str,
    deployment_id: str | None,
    now: datetime,
    *,
    by: str = COMMAND_LINE,
    family: str = "",
) -> Platform:
    """Keep a registration that an operator typed in. Raises RegistrationFailed when it is there already."""
    if knows(session, wanted.issuer, wanted.client_id):
        raise RegistrationFailed("this issuer and client are registered already", code="registered-already")
    platform = add_platform(session, wanted, name, family, now)
    audit.record(session, by, Action.PLATFORM_ENTERED, f"platform {platform.id}", now)
    if deployment_id is not None:
        deployments.name(session, platform, deployment_id, by, now)
    return platform


def disable(session: Session, platform_id: int, now: datetime, *, by: str = COMMAND_LINE) -> None:
    """Switch a platform off. Raises NotFound when there is none of this number."""
    row = _existing(session, platform_id)
    if row.disabled_at is None:
        row.disabled_at = now
        audit.record(session, by, Action.PLATFORM_DISABLED, f"platform {platform_id}", now)


def enable(session: Session, platform_id: int, now: datetime, *, by: str = COMMAND_LINE) -> None:
    """Switch a platform on again. Raises NotFound when there is none of this number."""
    row = _existing(session, platform_id)
    if row.disabled_at is not None:
        row.disabled_at = None
        audit.record(session, by, Action.PLATFORM_ENABLED, f"platform {platform_id}", now)


def _existing(session: Session, platform_id: int) -> Platform:
    row = platform_queries.platform(session, platform_id)
    if row is None:
        raise NotFound(f"no platform {platform_id}")
    return row
