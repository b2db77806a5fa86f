"""Connecting an LMS by hand: what an operator typed is judged, its keys are fetched once, then it is kept."""

from dataclasses import dataclass
from datetime import datetime

from lti_tool.errors import ForbiddenAddress, OutboundError, RegistrationFailed
from lti_tool.lti import keys
from lti_tool.lti.http import Http
from lti_tool.lti.platform import Registration
from lti_tool.lti.registration import ADDRESS_LIMIT, ISSUER_LIMIT
from lti_tool.lti.values import is_identifier, text
from lti_tool.services import registration
from lti_tool.storage.db import Engine, transaction

ADDRESSES = ("issuer", "auth_url", "token_url", "jwks_url")
NO_ADDRESS = "not an https address that may be called"


@dataclass(frozen=True)
class Entry:
    """The LMS's side as typed. `deployment_id` empty: that of the first launch."""

    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    deployment_id: str = ""
    token_audience: str = ""
    name: str = ""
    family: str = ""
    """Which product it is, as platforms themselves say it in launches."""


def check(http: Http, entry: Entry) -> Registration:
    """Judge what was typed. No address is called.

    Raises RegistrationFailed `by-hand-value` or `by-hand-address`; its message begins with the field.
    """
    for field in ("client_id", "deployment_id"):
        if not is_identifier(getattr(entry, field)) and (field == "client_id" or entry.deployment_id):
            raise RegistrationFailed(f"{field}: missing or too long", code="by-hand-value")
    if len(entry.token_audience) > ADDRESS_LIMIT or text(entry.token_audience, ADDRESS_LIMIT) != (
        entry.token_audience
    ):
        raise RegistrationFailed("token_audience: too long", code="by-hand-value")
    for field in ADDRESSES:
        _check_address(http, field, getattr(entry, field))
    try:
        return Registration(
            issuer=entry.issuer,
            client_id=entry.client_id,
            auth_url=entry.auth_url,
            token_url=entry.token_url,
            jwks_url=entry.jwks_url,
            token_audience=entry.token_audience,
        )
    except RegistrationFailed as error:
        raise RegistrationFailed(f"auth_url: {NO_ADDRESS}", code="by-hand-address") from error


def fetch_keys(http: Http, jwks_url: str) -> None:
    """See that the LMS publishes a key that can verify launches.

    Raises RegistrationFailed `by-hand-keys`; its message tells what was answered.
    """
    try:
        found = keys.usable(jwks_url, http.get(jwks_url))
    except OutboundError as error:
        raise RegistrationFailed(str(error), code="by-hand-keys") from error
    if not found:
        raise RegistrationFailed("there is no key in it that can be used", code="by-hand-keys")


def connect(engine: Engine, http: Http, entry: Entry, now: datetime, *, by: str) -> int:
    """Keep an LMS whose keys can be fetched; returns our number of it.

    No transaction is open while the LMS is asked. Raises RegistrationFailed, also `registered-already`.
    """
    wanted = check(http, entry)
    fetch_keys(http, wanted.jwks_url)
    with transaction(engine) as session:
        row = registration.enter(
            session,
            wanted,
            text(entry.name),
            entry.deployment_id or None,
            now,
            by=by,
            family=entry.family,
        )
        return row.id


def _check_address(http: Http, field: str, address: str) -> None:
    """An https address, or one that the operator's settings allow. An issuer is compared, and called by nobody."""
    limit = ISSUER_LIMIT if field == "issuer" else ADDRESS_LIMIT
    if not address or len(address) > limit or "#" in address:
        raise RegistrationFailed(f"{field}: {NO_ADDRESS}", code="by-hand-address")
    try:
        http.check(address)
    except ForbiddenAddress as error:
        raise RegistrationFailed(f"{field}: {NO_ADDRESS}", code="by-hand-address") from error
