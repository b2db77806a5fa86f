"""A worker that does not run, or hangs, is known by what is due and by when anybody moved."""

from datetime import timedelta

from support.delivering import School, answering

from lti_tool.services import beats
from lti_tool.services.beats import STILL
from lti_tool.storage.beats import WorkerBeat
from lti_tool.storage.db import transaction
from lti_tool.storage.platforms import Platform

LONG = STILL + timedelta(seconds=1)


def stuck(school: School) -> bool:
    """What is said of the workers now."""
    with transaction(school.engine) as session:
        return beats.state(session, school.now).stuck


def beat(school: School) -> None:
    """A worker comes round."""
    with transaction(school.engine) as session:
        beats.beat(session, school.now)


def test_where_nothing_is_due_nobody_need_move(school):
    assert not stuck(school)
    student = school.student()
    school.want(student, 80)
    assert school.send() == 1
    school.now += 100 * LONG
    assert not stuck(school)


def test_what_is_due_and_nobody_takes_is_told_after_a_while(school):
    school.want(school.student(), 80)
    school.now += STILL
    assert not stuck(school)
    school.now += timedelta(seconds=1)
    assert stuck(school)
    beat(school)
    assert not stuck(school)
    school.now += LONG
    assert stuck(school), "it came round once, and no more"


def test_a_worker_in_a_long_round_moves_with_each_try(school):
    school.want(school.student(), 80)
    school.want(school.student("6"), 70)
    school.now += LONG
    assert stuck(school)
    assert school.courier(stopping=lambda: bool(school.http.asked)).send_due() == 1
    assert not stuck(school), "one of them still waits, but somebody has just tried"


def test_an_lms_that_is_left_alone_or_switched_off_makes_no_worker_look_stuck(school):
    school.want(school.student(), 80)
    school.now += LONG
    school.change(Platform, quiet_until=school.now + timedelta(minutes=1))
    assert not stuck(school)
    school.change(Platform, quiet_until=None, disabled_at=school.now)
    assert not stuck(school)
    school.change(Platform, disabled_at=None)
    assert stuck(school)


def test_a_score_that_waits_for_its_next_try_is_not_due(school):
    school.want(school.student(), 80)
    school.http.always = answering(503)
    school.send()
    assert not stuck(school)


def test_workers_note_seldom_that_they_live_and_are_forgotten_after_a_day(school):
    def rows() -> list[WorkerBeat]:
        with transaction(school.engine) as session:
            return session.query(WorkerBeat).all()

    began = school.now
    beat(school)
    school.forward(seconds=5)
    beat(school)
    assert [(row.started_at, row.beat_at) for row in rows()] == [(began, began)]
    school.forward(seconds=5)
    beat(school)
    assert [(row.started_at, row.beat_at) for row in rows()] == [(began, school.now)]
    with transaction(school.engine) as session:
        session.query(WorkerBeat).update({"name": "a machine that is gone/1"})
        assert beats.state(session, school.now).living == 1
        assert beats.state(session, school.now + LONG).living == 0
    school.forward(hours=25)
    beat(school)
    assert len(rows()) == 1
