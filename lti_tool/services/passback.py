"""Grades on their way to the LMS: what we want it to show, as rows. Sending them is `delivery`'s work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool import tracing
from lti_tool.domain.course import COURSE_NODE, Course
from lti_tool.domain.drift import OWN_LIMIT
from lti_tool.domain.ledger import NOT_CHOSEN
from lti_tool.domain.results import course_percent, stage_percent
from lti_tool.services import signals
from lti_tool.services.gating import progress
from lti_tool.services.who import Who
from lti_tool.storage import launch_queries, score_queries
from lti_tool.storage.db import Session, call_worker
from lti_tool.storage.scores import LineItem, ScoreReport

SO_FAR = "ここまでの平均 {done}/{all} - mean so far, {done} of {all} results"
"""Goes with every total: without it a mean of three results reads like one of all."""
CURABLE = ("no-service", "no-scope", "no-column", "column-gone")
"""Reasons for which a report is held until a launch brings the missing piece."""


@dataclass(frozen=True)
class GradeState:
    """Where one person's grade of one node is. Times are UTC."""

    state: str
    reason: str
    percent: int
    delivered_at: datetime | None
    queued_at: datetime
    seen_at: datetime | None
    """When the LMS was first seen to show what it shows."""


def report(
    session: Session,
    course: Course,
    person_id: int,
    context_id: int,
    node_id: str,
    percent: int,
    submitted_at: datetime,
    comment: str,
    now: datetime,
) -> None:
    """Want the LMS to show `percent` (0-100) for a node - and for its stage, once that is complete.

    Called in the transaction that makes the grade, so that both are kept or neither.
    """
    # Two last results of a stage at one moment: the second to come here sees the first, and reports the stage.
    score_queries.hold_person(session, person_id, context_id)
    _want(session, person_id, context_id, node_id, percent, submitted_at, comment, now)
    stage, _module = course.places[node_id]
    who = Who(person_id, context_id, "learner")
    total = stage_percent(stage, progress(session, course, who))
    if total is not None:
        _want(session, person_id, context_id, stage.id, total, submitted_at, "", now)
    whole = score_queries.line_item(session, context_id, COURSE_NODE)
    if whole is not None and whole.wanted:
        _want_total(session, course, person_id, context_id, now)


def _want_total(session: Session, course: Course, person_id: int, context_id: int, now: datetime) -> None:
    """Want the LMS to show the mean of a person's results so far, and of how many."""
    parts = tuple(part for module in course.modules for part in (module.quiz, module.assignment) if part)
    found = score_queries.reports_of_person(session, person_id, context_id)
    results = {row.line_item.node: row.percent for row in found}
    total = course_percent(results, [part.id for part in parts])
    if total is None:
        return
    submitted_at = max(row.submitted_at for row in found)
    comment = SO_FAR.format(done=total[1], all=len(parts))
    _want(session, person_id, context_id, COURSE_NODE, total[0], submitted_at, comment, now)


def want_totals(session: Session, course: Course, context_id: int, now: datetime) -> None:
    """The total has a column now: want it to show everybody's."""
    for person_id in score_queries.graded_people(session, context_id):
        _want_total(session, course, person_id, context_id, now)


def _want(
    session: Session,
    person_id: int,
    context_id: int,
    node_id: str,
    percent: int,
    submitted_at: datetime,
    comment: str,
    now: datetime,
) -> None:
    column = column_of(session, context_id, node_id)
    row = score_queries.report_of(session, column.id, person_id)
    whole = now.replace(microsecond=0)
    if row is None:
        row = ScoreReport(line_item_id=column.id, person_id=person_id, timestamp=whole)
        session.add(row)
    elif (row.percent, row.comment) != (percent, comment):
        # Any of these the LMS may show until it takes the new one: none of them was entered by a person there.
        row.overtaken = [*row.overtaken, [row.percent, row.comment]][-OWN_LIMIT:]
        row.overrule = False  # a teacher chose it for another grade, and chooses again
        row.reason = "" if row.state == "drifted" else row.reason
        # Platforms order scores by this, Moodle by its whole seconds (AGS 2.0 §3.4.9).
        row.timestamp = max(whole, row.timestamp + timedelta(seconds=1))
    elif row.state not in {"held", "not_applicable"}:
        return  # the LMS shows, or is about to show, just this
    row.percent, row.comment, row.submitted_at = percent, comment, submitted_at
    row.origin = tracing.current()
    requeue(row, now)
    if not column.wanted:
        row.state, row.reason = "not_applicable", NOT_CHOSEN
    session.flush()
    signals.wanted(row)


def requeue(row: ScoreReport, now: datetime) -> None:
    """Have a report sent as soon as a worker is free - unless a person changed the grade in the LMS: that stands
    until a teacher chooses otherwise."""
    if row.state == "drifted":
        return
    row.state, row.reason, row.tries, row.next_try_at = "queued", "", 0, now
    call_worker(row)


def column_of(session: Session, context_id: int, node_id: str) -> LineItem:
    """The line item row of a node, made when there is none; its address may still be unknown."""
    return launch_queries.find_or_make(
        session,
        lambda: score_queries.line_item(session, context_id, node_id),
        lambda: LineItem(context_id=context_id, node=node_id, url="", from_launch=False),
    )


def follow(session: Session, line_item_id: int, found_by: int, now: datetime) -> None:
    """A column was found at another address while a grade was sent: send all the others there too.

    Those that somebody else has locked are being sent, or renewed, and look at the address themselves.
    """
    for row in score_queries.others_of_column(session, line_item_id, found_by):
        requeue(row, now)


def forgo(session: Session, column: LineItem) -> None:
    """A column is not wanted any more: what is still on its way to it stays here, and nobody need look at it."""
    for row in score_queries.reports_of_columns(session, [column.id]):
        if row.state in {"queued", "sending", "held", "not_applicable"}:
            row.state, row.reason = "not_applicable", NOT_CHOSEN


def refill(session: Session, course: Course, column: LineItem, now: datetime) -> None:
    """A column is wanted (again): send it all its grades, and those of the total that are not there yet."""
    for row in score_queries.reports_of_columns(session, [column.id]):
        requeue(row, now)
    session.flush()
    if column.node == COURSE_NODE:
        want_totals(session, course, column.context_id, now)


def heal(session: Session, course: Course, context_id: int, moved: LineItem | None, now: datetime) -> None:
    """A launch brought new service addresses: try again what was held for want of them.

    `moved`: a column that has another address now, which has to show all its scores.
    """
    columns = [moved.id] if moved else []
    for row in score_queries.unsettled_in_context(session, context_id, CURABLE, columns):
        requeue(row, now)
    if moved is not None and moved.node == COURSE_NODE:
        want_totals(session, course, context_id, now)


def grades(session: Session, person_id: int, context_id: int) -> Mapping[str, GradeState]:
    """Where a person's grades are, by node."""
    return {
        row.line_item.node: GradeState(
            row.state, row.reason, row.percent, row.delivered_at, row.timestamp, row.shown_at
        )
        for row in score_queries.reports_of_person(session, person_id, context_id)
    }


def column_nodes(course: Course) -> frozenset[str]:
    """Ids of all nodes that can have a grade column: the graded ones, and the course for its total."""
    return course.graded | {COURSE_NODE}
