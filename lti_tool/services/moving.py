"""An LMS that has moved to another address keeps its people, work and grades here. An operator says so.

Nothing that an LMS or a launch says ever moves a platform (DR-14): who could put a file on the host of an LMS would
otherwise take it over.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from lti_tool.errors import Conflict, NotFound, OutboundError, RegistrationFailed
from lti_tool.lti import keys
from lti_tool.lti.http import Http
from lti_tool.lti.platform import Registration
from lti_tool.services import audit, by_hand, launches, registration
from lti_tool.services.by_hand import Entry
from lti_tool.storage import move_queries, platform_queries
from lti_tool.storage.db import Engine, Session, open_session, transaction
from lti_tool.storage.platforms import Platform


@dataclass(frozen=True)
class Plan:
    """What would change. `proof`: the new site publishes a key of the old one (`same`), none of them (`other`),
    or the old one cannot be asked any more (`unknown`)."""

    old: Registration
    new: Registration
    proof: Literal["same", "other", "unknown"]


def plan(engine: Engine, http: Http, platform_id: int, address: str) -> Plan:
    """See whether an LMS can be at `address` now. No transaction is open while it is asked.

    Its other addresses move along where they lie below the old one. Raises NotFound, RegistrationFailed: as
    `by_hand.check`, `by-hand-keys` when the new site publishes no usable keys, `same-address`,
    `registered-already`.
    """
    with open_session(engine, writes=False) as session:
        old = launches.registration_of(
            _existing(platform_queries.platform(session, platform_id), platform_id)
        )
        new = _moved(http, old, address)
        _require_free(session, new)
    by_hand.fetch_keys(http, new.jwks_url)
    return Plan(old, new, _proof(http, old, new))


def move(
    engine: Engine, http: Http, platform_id: int, old: str, address: str, now: datetime, *, by: str
) -> None:
    """Move it from the issuer `old` that the plan showed. Its keys are fetched once more.

    Raises as `plan`, and Conflict when it has been moved meanwhile.
    """
    planned = plan(engine, http, platform_id, address)
    with transaction(engine) as session:
        row = _existing(move_queries.hold(session, platform_id), platform_id)
        if row.issuer != old or planned.old.issuer != old:
            raise Conflict(f"platform {platform_id} is elsewhere already", code="conflict")
        _require_free(session, planned.new)
        new = planned.new
        row.issuer, row.auth_url, row.token_url, row.jwks_url = (
            new.issuer,
            new.auth_url,
            new.token_url,
            new.jwks_url,
        )
        row.token_audience = new.token_audience
        row.failures, row.quiet_until = 0, None
        session.flush()
        move_queries.move_services(session, platform_id, _folder(old), _folder(new.issuer))
        move_queries.forget_tokens(session, platform_id)
        what = f"platform {platform_id} from {_host(old)} to {_host(new.issuer)}"
        audit.record(session, by, audit.Action.PLATFORM_MOVED, what[:200], now)


def _moved(http: Http, old: Registration, address: str) -> Registration:
    """The registration at the new address, judged as if it were typed."""
    if address == old.issuer:
        raise RegistrationFailed("issuer: it is there already", code="same-address")
    if "?" in address:
        raise RegistrationFailed(f"issuer: {by_hand.NO_ADDRESS}", code="by-hand-address")

    def follow(url: str) -> str:
        if url == old.issuer:
            return address
        below = url.startswith(_folder(old.issuer))
        return _folder(address) + url.removeprefix(_folder(old.issuer)) if below else url

    return by_hand.check(
        http,
        Entry(
            issuer=address,
            client_id=old.client_id,
            auth_url=follow(old.auth_url),
            token_url=follow(old.token_url),
            jwks_url=follow(old.jwks_url),
            token_audience=follow(old.token_audience) if old.token_audience else "",
        ),
    )


def _proof(http: Http, old: Registration, new: Registration) -> Literal["same", "other", "unknown"]:
    if old.jwks_url == new.jwks_url:
        return "same"
    try:
        before = keys.material(old.jwks_url, http.get(old.jwks_url))
        after = keys.material(new.jwks_url, http.get(new.jwks_url))
    except OutboundError:
        return "unknown"
    return "same" if before & after else "other"


def _require_free(session: Session, new: Registration) -> None:
    if registration.knows(session, new.issuer, new.client_id):
        raise RegistrationFailed("this issuer and client are registered already", code="registered-already")


def _existing(row: Platform | None, platform_id: int) -> Platform:
    if row is None:
        raise NotFound(f"no platform {platform_id}")
    return row


def _folder(issuer: str) -> str:
    """The issuer as the beginning of what lies below it."""
    return issuer.rstrip("/") + "/"


def _host(address: str) -> str:
    return urlsplit(address).netloc
