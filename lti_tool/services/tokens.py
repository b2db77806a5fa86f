"""Access tokens for the LMS's services: fetched once, shared by every process until they expire."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from lti_tool.errors import BadAnswer
from lti_tool.lti import claims
from lti_tool.lti.http import Http
from lti_tool.lti.tokens import Token, fetch_token
from lti_tool.services import keys
from lti_tool.services.launches import registration_of
from lti_tool.storage import delivery_queries
from lti_tool.storage.db import Engine, open_session, transaction
from lti_tool.storage.scores import AccessToken

T = TypeVar("T")


def of_grades(offered: frozenset[str]) -> frozenset[str]:
    """The scopes we use for columns and scores of those the LMS offers."""
    used = {claims.SCOPE_SCORE, claims.SCOPE_RESULT, claims.SCOPE_LINEITEM, claims.SCOPE_LINEITEM_READONLY}
    if claims.SCOPE_LINEITEM in offered:
        used.discard(claims.SCOPE_LINEITEM_READONLY)
    return frozenset(used & offered)


def get(
    engine: Engine,
    http: Http,
    platform_id: int,
    scopes: frozenset[str],
    now: datetime,
    *,
    renew: bool = False,
) -> Token:
    """A token for `scopes`, from the store unless `renew`; it may have been granted fewer.

    No transaction is open while the LMS is asked. Raises OutboundError when it gives none: BadAnswer with code
    "scope" when it grants nothing of what was asked for, "no-token" when it refuses for another reason.
    """
    key = " ".join(sorted(scopes))
    with open_session(engine, writes=False) as session:
        kept = None if renew else delivery_queries.token(session, platform_id, key, now)
        if kept is not None:
            return Token(kept.token, frozenset(kept.granted.split()), kept.expires_at)
        registration = registration_of(delivery_queries.platform(session, platform_id))
        signer = keys.signer(session, now)
    try:
        token = fetch_token(http, registration, signer, scopes, now)
    except BadAnswer as error:
        if error.code != "scope":
            error.code = "no-token"
        raise
    granted = " ".join(sorted(token.scopes & scopes))
    row = AccessToken(
        platform_id=platform_id, scopes=key, token=token.value, granted=granted, expires_at=token.expires_at
    )
    with transaction(engine) as session:
        delivery_queries.keep_token(session, row)
    return token


def ask(
    engine: Engine,
    http: Http,
    platform_id: int,
    scopes: frozenset[str],
    now: datetime,
    call: Callable[[Token], T],
) -> T:
    """What the LMS answers to `call`; asked once more with a new token when the kept one is not good enough.

    Raises OutboundError.
    """
    token = get(engine, http, platform_id, scopes, now)
    try:
        return call(token)
    except BadAnswer as error:
        if error.exchange.status != 401 and error.code != "scope":
            raise
    return call(get(engine, http, platform_id, scopes, now, renew=True))
