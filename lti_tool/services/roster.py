"""The class list of the LMS: read in the background, kept as people and their places in the context."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from lti_tool.errors import AccessDenied, Conflict, ForbiddenAddress, OutboundError, Unreachable
from lti_tool.lti import nrps
from lti_tool.lti.http import Http
from lti_tool.lti.tokens import Token
from lti_tool.services import audit, signals, tokens
from lti_tool.services.who import Who
from lti_tool.storage import roster_queries
from lti_tool.storage.db import Engine, Session, open_session, transaction
from lti_tool.storage.roster_queries import Listed

T = TypeVar("T")

EVERY = timedelta(hours=20)
WHOLE_EVERY = timedelta(days=7)
"""So often the whole list is read although the LMS offers differences: only it shows who is missing (NRP-09)."""
RETRY = timedelta(hours=1)
IN_USE = timedelta(days=30)
"""A course nobody has opened for so long is left alone."""
CLAIM = timedelta(minutes=10)
"""Longer than reading and keeping a list takes; after it another worker takes over."""
ROUND = 5
BATCH = 500

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RosterState:
    """What the class page says of the list.

    `state`: `off` (the LMS offers none), `new` (not read yet), `running`, `failed`, `read`. `reason` of a failure:
    `scope`, `token`, `refused`, `gone`, `address`, `unreachable`, `answer` or `fault`. `people` as of `synced_at`.
    """

    state: Literal["off", "new", "running", "failed", "read"]
    reason: str = ""
    people: int = 0
    synced_at: datetime | None = None


@dataclass(frozen=True)
class _Job:
    """A list to read, as claimed."""

    context_id: int
    platform_id: int
    url: str
    differences_url: str
    asked_at: datetime
    until: datetime


def state(session: Session, who: Who) -> RosterState:
    """Where the list of the context stands. Raises AccessDenied (not staff)."""
    if not who.staff:
        raise AccessDenied("only staff see the class", code="role")
    row = roster_queries.roster(session, who.context_id)
    if not roster_queries.context(session, who.context_id).memberships_url:
        return RosterState("off")
    if row is None:
        return RosterState("new")
    if row.state == "running":
        return RosterState("running", "", row.people, row.synced_at)
    if row.state == "failed":
        return RosterState("failed", row.reason, row.people, row.synced_at)
    return RosterState("read" if row.synced_at else "new", "", row.people, row.synced_at)


def request(session: Session, who: Who, now: datetime) -> None:
    """Have the list read as soon as possible. Raises AccessDenied, Conflict `no-list` (the LMS offers none)."""
    if who.role not in {"instructor", "admin"}:
        raise AccessDenied("only teachers have the class list read", code="role")
    if not roster_queries.context(session, who.context_id).memberships_url:
        raise Conflict("the LMS offers no class list", code="no-list")
    roster_queries.wish(session, who.context_id, now)
    what = f"context {who.context_id}"
    audit.record(session, audit.person(who), audit.Action.CLASS_LIST_ASKED, what, now)


def sync_due(
    engine: Engine, http: Http, clock: Callable[[], datetime], stopping: Callable[[], bool] = lambda: False
) -> int:
    """Read some of the lists that are due; returns how many. `stopping` is asked before each."""
    with open_session(engine, writes=False) as session:
        found = roster_queries.due(session, clock(), ROUND)
    done = 0
    for context_id in found:
        if stopping():
            break
        done += sync(engine, http, context_id, clock())
    return done


def sync(engine: Engine, http: Http, context_id: int, now: datetime) -> bool:
    """Read the list of a context if it is due and nobody else does; False when not.

    No transaction is open while the LMS is asked. A failure is noted for the class page and changes nobody's
    place: who is missing is known only after the whole list was read (NRP-14).
    """
    job = _claim(engine, context_id, now)
    if job is None:
        return False
    outcome = "read"
    try:
        _read(engine, http, job)
    except OutboundError as error:
        outcome = reason_of(error)
        wait = timedelta(seconds=error.exchange.retry_after or 0)
        _settle_failure(engine, job, outcome, max(RETRY, wait))
    except Exception:
        # A mistake of ours with one list must not keep the others from being read.
        log.exception("the class list of context %s could not be kept", context_id)
        outcome = "fault"
        _settle_failure(engine, job, outcome, RETRY)
    signals.class_list(context_id, outcome)
    return True


def reason_of(error: OutboundError) -> str:
    """Why a list could not be read, in one word for the class page."""
    if isinstance(error, ForbiddenAddress):
        return "address"
    if isinstance(error, Unreachable):
        return "unreachable"
    # A token for this one scope is refused by that name (RFC 6749 §5.2) where the service is switched off [Moodle].
    if error.code == "scope" or (error.code == "no-token" and "invalid_scope" in error.exchange.body):
        return "scope"
    if error.code == "no-token":
        return "token"
    status = error.exchange.status or 0
    if status in {408, 429} or status >= 500:
        return "unreachable"
    return {401: "refused", 403: "refused", 404: "gone"}.get(status, "answer")


def _claim(engine: Engine, context_id: int, now: datetime) -> _Job | None:
    with transaction(engine) as session:
        if not roster_queries.claim(session, context_id, now, now + CLAIM):
            return None
        context = roster_queries.context(session, context_id)
        row = roster_queries.roster(session, context_id)
        if row is None or not roster_queries.launched_since(session, context_id, now - IN_USE):
            roster_queries.settle(session, context_id, now + CLAIM, state="", due_at=now + EVERY)
            return None
        fresh = row.whole_at is not None and row.whole_at > now - WHOLE_EVERY
        return _Job(
            context_id,
            context.deployment.platform_id,
            context.memberships_url,
            row.differences_url if fresh else "",
            now,
            now + CLAIM,
        )


def _read(engine: Engine, http: Http, job: _Job) -> None:
    """Differences where they are offered, else - or when they fail - everybody."""
    if job.differences_url:
        try:
            found = _ask(engine, http, job, nrps.read_differences, job.differences_url)
        except OutboundError as error:
            log.info("differences of context %s: %s; reading the whole list", job.context_id, error)
        else:
            _keep(engine, job, found, whole=False)
            return
    _keep(engine, job, _ask(engine, http, job, nrps.read_all, job.url), whole=True)


def _ask(engine: Engine, http: Http, job: _Job, read: Callable[[Http, Token, str], T], url: str) -> T:
    def call(token: Token) -> T:
        return read(http, token, url)

    return tokens.ask(engine, http, job.platform_id, nrps.SCOPES, job.asked_at, call)


def _keep(engine: Engine, job: _Job, found: nrps.Roster, *, whole: bool) -> None:
    """Keep people in batches, so that nobody waits long for the database, and then who has left.

    An empty list marks nobody: a course without even a teacher is more likely one whose people the LMS withholds.
    """
    for batch in _batches(found.members):
        listed = [Listed(one.user_id, one.name, one.role, one.active) for one in batch]
        with transaction(engine) as session:
            context = roster_queries.context(session, job.context_id)
            roster_queries.keep(session, context, listed, job.asked_at)
    values: dict[str, object] = {"state": "", "synced_at": job.asked_at, "due_at": job.asked_at + EVERY}
    if whole:
        values |= {"whole_at": job.asked_at, "differences_url": found.differences}
    with transaction(engine) as session:
        if whole and found.members:
            roster_queries.mark_left(session, job.context_id, job.asked_at)
        people = roster_queries.active_members(session, job.context_id)
        roster_queries.settle(session, job.context_id, job.until, people=people, **values)


def _settle_failure(engine: Engine, job: _Job, reason: str, wait: timedelta) -> None:
    with transaction(engine) as session:
        values = {"state": "failed", "reason": reason, "due_at": job.asked_at + wait}
        roster_queries.settle(session, job.context_id, job.until, **values)


def _batches(members: Sequence[nrps.Member]) -> Iterator[Sequence[nrps.Member]]:
    return (members[start : start + BATCH] for start in range(0, len(members), BATCH))
