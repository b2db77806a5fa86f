"""What goes on at a platform, counted for the operator."""

from datetime import timedelta

from support.people import make_person

from lti_tool.services import passback, platforms
from lti_tool.storage.people import Membership
from lti_tool.storage.platforms import Platform
from lti_tool.storage.scores import ScoreReport


def test_last_launch_last_grade_and_grades_on_their_way_are_told(session, course, now):
    people = [make_person(session, name) for name in ("Aoi", "Ren", "Yui", "Sora")]
    states = ("delivered", "held", "queued", "sending")
    for who in people:
        passback.report(session, course, who.person_id, who.context_id, "a101-quiz", 80, now, "", now)
    for hours, (row, state) in enumerate(zip(session.query(ScoreReport), states, strict=True)):
        row.state, row.delivered_at = state, now + timedelta(hours=hours) if state == "delivered" else None
    last = now + timedelta(days=1)
    session.query(Membership).filter_by(person_id=people[1].person_id).one().last_launch_at = last
    session.flush()
    line = platforms.detail(session, session.query(Platform).one().id).line
    assert (line.waiting, line.held, line.last_score_at, line.last_launch_at) == (2, 1, now, last)
    assert [each.last_launch_at for each in line.deployments] == [last]
    assert line.asking == 0


def test_the_last_grade_counts_also_while_it_is_sent_again(session, course, now):
    who = make_person(session, "Aoi")
    passback.report(session, course, who.person_id, who.context_id, "a101-quiz", 80, now, "", now)
    row = session.query(ScoreReport).one()
    row.state, row.delivered_at = "queued", now
    session.flush()
    (line,) = platforms.page(session, 0).lines
    assert (line.waiting, line.held, line.last_score_at) == (1, 0, now)
