"""Access tokens for the LMS's services: fetched once, shared by every process until they expire."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from lti_tool.errors import BadAnswer
from lti_tool.lti import claims
from lti_tool.lti.http import Answer, Http
from lti_tool.lti.tokens import Token, fetch_token
from lti_tool.services import keys
from lti_tool.services.launches import registration_of
from lti_tool.storage import delivery_queries
from lti_tool.storage.db import Engine, open_session, transaction
from lti_tool.storage.scores import AccessToken

T = TypeVar("T")

FRESH = timedelta(minutes=1)
"""A token younger than this is not asked for anew: another would be refused as well."""


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
    refused: str = "",
) -> Token:
    """A token for `scopes`, from the store unless `renew` or just that is `refused`; it may have been granted fewer.

    No transaction is open while the LMS is asked. Raises OutboundError when it gives none: BadAnswer with code
    "scope" when it grants nothing of what was asked for, "no-token" when it refuses for another reason.
    """
    key = " ".join(sorted(scopes))
    with open_session(engine, writes=False) as session:
        kept = None if renew else delivery_queries.token(session, platform_id, key, now)
        if kept is not None and kept.token != refused:
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
    """`with_token`, the tokens being those of the store. Raises OutboundError."""

    def take(refused: str) -> Token:
        return get(engine, http, platform_id, scopes, now, renew=bool(refused))

    return with_token(take, call)


def with_token(take: Callable[[str], Token], call: Callable[[Token], T]) -> T:
    """What the LMS answers to `call`; asked once more with a new token when the one in hand is not good enough.

    `take` gives a token, another than the one whose value it is called with. Raises OutboundError.
    """
    token = take("")
    try:
        answer = call(token)
        if not (isinstance(answer, Answer) and answer.status == 401):
            return answer
    except BadAnswer as error:
        if error.exchange.status != 401 and error.code != "scope":
            raise
    return call(take(token.value))


@dataclass
class Purse:
    """The tokens of a round of deliveries, in memory. Many threads that need the same one fetch it once."""

    engine: Engine
    http: Http
    clock: Callable[[], datetime]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: dict[tuple[int, frozenset[str]], tuple[Future[Token], datetime | None]] = field(
        default_factory=dict
    )
    """By platform and scopes, with the time at which one was asked for in place of another that was refused."""

    def get(self, platform_id: int, scopes: frozenset[str], refused: str = "") -> Token:
        """A token, another than `refused` if the one in hand is not quite new. Raises OutboundError as `get` does."""
        key, now = (platform_id, scopes), self.clock()
        with self._lock:
            found = self._kept.get(key)
            mine = found is None or _spent(*found, now, refused)
            future = Future[Token]() if found is None or mine else found[0]
            if mine:
                self._kept[key] = (future, now if refused else None)
        return self._fetch(key, future, refused) if mine else future.result()

    def _fetch(self, key: tuple[int, frozenset[str]], future: Future[Token], refused: str) -> Token:
        try:
            token = get(self.engine, self.http, *key, self.clock(), refused=refused)
        except BaseException as error:
            with self._lock:
                self._kept.pop(key)
            future.set_exception(error)
            raise
        future.set_result(token)
        return token


def _spent(future: Future[Token], renewed: datetime | None, now: datetime, refused: str) -> bool:
    """Whether a token in hand will not do. One that is being fetched is waited for."""
    if not future.done() or future.exception() is not None:
        return False
    token, fresh = future.result(), renewed is not None and now - renewed < FRESH
    return token.expires_at <= now or (token.value == refused and not fresh)
