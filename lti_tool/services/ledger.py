"""The ledger of a course: where every grade is, how it came there, and sending again."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lti_tool.domain import ledger as rules
from lti_tool.domain.diagnosis import Family
from lti_tool.domain.ledger import Group
from lti_tool.errors import NotFound
from lti_tool.services import doctor
from lti_tool.services.resending import count_again, in_filter, require_staff
from lti_tool.services.who import Who
from lti_tool.storage import ledger_queries, score_queries
from lti_tool.storage.db import Session
from lti_tool.storage.ledger_queries import Filter as Filter
from lti_tool.storage.ledger_queries import States
from lti_tool.storage.scores import ScoreDelivery, ScoreReport

PAGE = 50
"""Grades a page."""
MOST_PEOPLE = 2000
"""More names are not offered to choose from; every name in the list leads to its person's grades all the same."""
MOST_TRIES = 100
"""That the history of a grade shows; an LMS that is down for a day is tried about so often."""


@dataclass(frozen=True)
class Line:
    """One grade. `answer`: the LMS's own words of the newest try. Times are UTC.

    `shown`: percent that the LMS showed when it was read last, `seen_at`: when it was first seen to show it,
    `shown_since`: when that was entered, where the LMS tells. `origin`: the trace of the launch it came from.
    """

    report_id: int
    person_id: int
    person_name: str
    node: str
    percent: int
    state: str
    reason: str
    group: Group
    timestamp: datetime
    submitted_at: datetime
    delivered_at: datetime | None
    next_try_at: datetime
    tries: int
    answer: str
    shown: float | None
    shown_words: str
    seen_at: datetime | None
    shown_since: datetime | None
    origin: str


@dataclass(frozen=True)
class Day:
    """How many of the grades that were made on a day are settled, on their way, and need a person."""

    day: date
    settled: int
    waiting: int
    needing: int


@dataclass(frozen=True)
class Page:
    """Some lines, and how many there are by group, by reason of being held, and by node.

    `total`: lines of the filter on all pages. `again`: how many of them can be sent again together. `quiet_until`: the
    LMS did not answer, and is left alone until then. `read_at`: when it was last read what the LMS shows.
    """

    wanted: Filter
    number: int
    pages: int
    total: int
    again: int
    lines: tuple[Line, ...]
    groups: Mapping[Group, int]
    reasons: Mapping[str, int]
    nodes: tuple[str, ...]
    people: tuple[tuple[int, str], ...]
    days: tuple[Day, ...]
    family: Family
    quiet_until: datetime | None
    read_at: datetime | None

    @property
    def needing(self) -> int:
        """How many a person must act on."""
        return sum(self.groups[group] for group in rules.NEEDING)


@dataclass(frozen=True)
class History:
    """One grade with its tries, newest first.

    `again`: it can be sent again. `shown_by`: the name of who entered what the LMS shows, where that is known.
    """

    line: Line
    tries: tuple[ScoreDelivery, ...]
    again: bool
    shown_by: str
    family: Family


def page(session: Session, who: Who, wanted: Filter, number: int, now: datetime, zone: ZoneInfo) -> Page:
    """A page of the grades of the course, pages counted from 1; the days of the plot are those of `zone`.

    Raises AccessDenied (not staff).
    """
    require_staff(who)
    counts = ledger_queries.counts(session, who.context_id, wanted.student)
    nodes = tuple(dict.fromkeys(count.node for count in counts))
    counts = [count for count in counts if wanted.activity in {"", count.node}]
    total = sum(count.amount for count in counts if in_filter(wanted, count))
    pages = max(1, -(-total // PAGE))
    number = min(max(1, number), pages)
    platform, read_at = ledger_queries.platform(session, who.context_id)
    people = ledger_queries.people(session, who.context_id, MOST_PEOPLE + 1)
    quiet, groups = platform.quiet_until, by_group(counts)
    return Page(
        wanted,
        number,
        pages,
        total,
        count_again(wanted, counts),
        _lines(session, who, wanted, number) if total else (),
        groups,
        _reasons(counts),
        nodes,
        tuple(people) if len(people) <= MOST_PEOPLE else (),
        _days(session, who, wanted, now, zone),
        doctor.family_of(platform),
        quiet if quiet and quiet > now and groups["waiting"] else None,
        read_at,
    )


def export(session: Session, who: Who, wanted: Filter) -> Iterator[Line]:
    """All lines of the filter, a few people at a time. Raises AccessDenied (not staff)."""
    require_staff(who)
    found = ledger_queries.everything(session, who.context_id, wanted, _states(wanted))
    return (line for rows in found for line in _as_lines(session, rows))


def history(session: Session, who: Who, report_id: int) -> History:
    """How one grade came where it is. Raises AccessDenied (not staff), NotFound (of another course)."""
    require_staff(who)
    row = ledger_queries.report(session, who.context_id, report_id)
    if row is None:
        raise NotFound(str(report_id))
    tries = ledger_queries.tries(session, report_id, MOST_TRIES)
    (line,) = _as_lines(session, [row])
    platform, _read_at = ledger_queries.platform(session, who.context_id)
    by = ledger_queries.name_by_sub(session, who.context_id, row.shown_by) if row.shown_by else ""
    again = rules.sent_again(row.state, row.reason)
    return History(line, tuple(tries), again, by, doctor.family_of(platform))


def by_group(counts: Sequence[ledger_queries.Count]) -> Counter[Group]:
    """How many grades are in each group; every group is named."""
    groups: Counter[Group] = Counter(dict.fromkeys(rules.GROUPS, 0))
    for count in counts:
        groups[rules.group_of(count.state, count.reason)] += count.amount
    return groups


def needing(session: Session, who: Who) -> int:
    """How many grades of the course wait for a person to act; for anybody but staff none do."""
    return ledger_queries.needing(session, who.context_id) if who.staff else 0


def _states(wanted: Filter) -> list[States]:
    """The same as what the database has; nothing where everything is wanted."""
    if not wanted.state:
        return []
    by_reason = {"drifted": True, "kept": False}
    return [
        States(rules.STATES[group], rules.KEPT, other=by_reason[group])
        if group in by_reason
        else States(rules.STATES[group])
        for group in rules.groups_in(wanted.state)
    ]


def _reasons(counts: Sequence[ledger_queries.Count]) -> Mapping[str, int]:
    """Why grades are held, and how many, the most frequent reason first."""
    found: Counter[str] = Counter()
    for count in counts:
        if count.state == "held":
            found[count.reason] += count.amount
    return dict(found.most_common())


def _lines(session: Session, who: Who, wanted: Filter, number: int) -> tuple[Line, ...]:
    skip = (number - 1) * PAGE
    rows = ledger_queries.page(session, who.context_id, wanted, _states(wanted), skip, PAGE)
    return tuple(_as_lines(session, rows))


def _as_lines(session: Session, rows: Sequence[ScoreReport]) -> Iterator[Line]:
    answers = score_queries.newest_answers(session, [row.id for row in rows])
    for row in rows:
        yield Line(
            row.id,
            row.person_id,
            row.person.name,
            row.line_item.node,
            row.percent,
            row.state,
            row.reason,
            rules.group_of(row.state, row.reason),
            row.timestamp,
            row.submitted_at,
            row.delivered_at,
            row.next_try_at,
            row.tries,
            answers.get(row.id, ""),
            row.shown,
            row.shown_words,
            row.shown_at,
            row.shown_since,
            row.origin,
        )


def _days(session: Session, who: Who, wanted: Filter, now: datetime, zone: ZoneInfo) -> tuple[Day, ...]:
    days = rules.days_until(now, zone)
    found: Counter[tuple[date, str]] = Counter()
    for day, state, reason, amount in ledger_queries.by_day(session, who.context_id, wanted, days):
        group = rules.group_of(state, reason)
        where = "waiting" if group == "waiting" else "needing" if group in rules.NEEDING else "settled"
        found[day, where] += amount
    return tuple(
        Day(day, *(found[day, where] for where in ("settled", "waiting", "needing"))) for day in days
    )
