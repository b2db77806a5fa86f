"""What must hold of the grades of a room, whatever happened there."""

from collections import defaultdict
from itertools import pairwise

from harness.room import STRANGER, Room

from lti_tool.demo.people import BY_ID
from lti_tool.storage.db import transaction
from lti_tool.storage.scores import LineItem, ScoreReport

FINE = {"delivered", "confirmed"}


def keeps(room: Room) -> None:
    """At every moment: nothing older follows what the LMS took, times rise, only students are graded."""
    with transaction(room.school.engine) as session:
        drifted = session.query(ScoreReport).filter_by(state="drifted").count()
    assert not drifted, "the LMS is said to show a grade that nobody entered there"
    taken = defaultdict(list)
    for grade in room.lms.accepted:
        assert BY_ID[grade.person].gradable
        taken[grade.column, grade.person].append(grade)
    for grades in taken.values():
        for sooner, later in pairwise(grades):
            assert int(later.timestamp) > int(sooner.timestamp), "a time did not rise"
            assert _number(later.comment) >= _number(sooner.comment), "an older grade after a newer one"


def moving(room: Room) -> int:
    """How many grades are on their way."""
    with transaction(room.school.engine) as session:
        return session.query(ScoreReport).filter(ScoreReport.state.in_(("queued", "sending"))).count()


def waiting(room: Room) -> int:
    """How many grades are on their way or need a person, and how many columns are to be made or dropped."""
    with transaction(room.school.engine) as session:
        wished = session.query(LineItem).filter(LineItem.wish != "").count()
        states = ScoreReport.state.in_(("queued", "sending", "held"))
        return wished + session.query(ScoreReport).filter(states).count()


def shows(room: Room) -> None:
    """At the end: the LMS holds the newest grade of everybody who can be graded, and one column of ours a node."""
    assert not waiting(room), "grades are still on their way"
    with room.lms.state.read() as data:
        own = [column.resource_id for column in data.columns.values() if column.link_id is None]
    assert len(own) == len(set(own)), "a column was made twice"
    for (sub, node), made in room.wishes.items():
        _compare(room, sub, node, *made[-1])


def _compare(room: Room, sub: str, node: str, percent: int, comment: str) -> None:
    row = room.school.report(room.people[sub], node)
    assert (row.percent, row.comment) == (percent, comment), "the ledger does not want the newest grade"
    if sub == STRANGER:
        assert row.state == "not_applicable", row.state
        return
    with transaction(room.school.engine) as session:
        column = session.get_one(LineItem, row.line_item_id)
    if not column.wanted:
        assert row.state in FINE or (row.state, row.reason) == ("not_applicable", "not-chosen")
        return
    assert row.state in FINE, f"{row.state} {row.reason}"
    with room.lms.state.read() as data:
        (there,) = [item for item in data.columns.values() if room.lms.lineitem_url(item) == column.url]
        grade = data.grade(there.id, sub)
    assert there.resource_id == node
    assert grade is not None, "the LMS has no grade"
    assert (grade.score, grade.comment) == (percent, comment), "the LMS has another grade"


def _number(comment: str) -> int:
    return int(comment.removeprefix("#")) if comment.startswith("#") else 0
