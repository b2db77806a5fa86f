"""Sending grades of a course again: one, or all of a kind. Or letting stand what the LMS shows of many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain import ledger as rules
from lti_tool.errors import AccessDenied, Conflict, NotFound
from lti_tool.services import audit, passback
from lti_tool.services.who import Who
from lti_tool.storage import ledger_queries
from lti_tool.storage.db import Session
from lti_tool.storage.ledger_queries import Filter, States


@dataclass(frozen=True)
class Batch:
    """How many grades would be sent again, how many were changed in the LMS, and whose they are, if one person's."""

    count: int
    changed: int
    person_name: str


def batch(session: Session, who: Who, wanted: Filter) -> Batch:
    """What `resend_all` would send again, and `keep_all` let stand. Raises AccessDenied (not staff)."""
    require_staff(who)
    counts = ledger_queries.counts(session, who.context_id, wanted.student)
    here = [count for count in counts if wanted.activity in {"", count.node}]
    name = ledger_queries.person_name(session, who.context_id, wanted.student) if wanted.student else ""
    changed = sum(each.amount for each in here if rules.group_of(each.state, each.reason) == "drifted")
    return Batch(count_again(wanted, here), changed, name)


def resend_all(session: Session, who: Who, wanted: Filter, now: datetime) -> int:
    """Send all grades of the filter again; how many. Staff only.

    What somebody changed in the LMS is left alone: that is decided one by one. So is what is being sent right now.
    """
    require_staff(who)
    groups = [group for group in rules.groups_in(wanted.state) if group in rules.AGAIN]
    states = [States(tuple(set(rules.STATES[group]) - {"sending"})) for group in groups]
    if not states:
        return 0
    count = ledger_queries.send_again(session, who.context_id, wanted, states, rules.NOT_CHOSEN, now)
    _note_many(session, who, audit.Action.GRADE_RESENT, wanted, count, now)
    return count


def keep_all(session: Session, who: Who, wanted: Filter, now: datetime) -> int:
    """Let stand what the LMS shows of all grades of the filter that were changed there; how many. Staff only."""
    require_staff(who)
    changed = States(rules.STATES["drifted"], rules.KEPT, other=True)
    count = ledger_queries.keep_there(session, who.context_id, wanted, changed, rules.KEPT)
    _note_many(session, who, audit.Action.LMS_GRADE_KEPT, wanted, count, now)
    return count


def _note_many(
    session: Session, who: Who, action: audit.Action, wanted: Filter, count: int, now: datetime
) -> None:
    if count:
        of = "".join(f" {name} {value}" for name, value in wanted._asdict().items() if value)
        what = f"context {who.context_id}{of}: {count} grades"
        audit.record(session, audit.person(who), action, what[:200], now)


def resend(session: Session, who: Who, report_id: int, now: datetime) -> None:
    """Send one grade again. Staff only.

    Raises NotFound (of another course), Conflict: `conflict` (it was changed in the LMS meanwhile, or has no column).
    """
    require_staff(who)
    row = ledger_queries.locked(session, who.context_id, report_id)
    if row is None:
        raise NotFound(str(report_id))
    if row.state == "sending":
        return
    if not rules.sent_again(row.state, row.reason):
        raise Conflict(row.state, code="conflict")
    passback.requeue(row, now)
    audit.record(session, audit.person(who), audit.Action.GRADE_RESENT, f"report {row.id}", now)


def require_staff(who: Who) -> None:
    """Raises AccessDenied for anybody else."""
    if not who.staff:
        raise AccessDenied(code="role")


def in_filter(wanted: Filter, count: ledger_queries.Count) -> bool:
    """Whether a filter by state lets these through."""
    return rules.group_of(count.state, count.reason) in rules.groups_in(wanted.state)


def count_again(wanted: Filter, counts: Sequence[ledger_queries.Count]) -> int:
    """How many of a filter can be sent again together."""
    return sum(
        count.amount
        for count in counts
        if in_filter(wanted, count) and rules.sent_again(count.state, count.reason)
    )
