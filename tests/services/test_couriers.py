"""Several workers, workers that die, and grades that change while one is being sent."""

import threading
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.delivering import QUIZ, School, answering, begin_anew, cut, lost, through

from lti_tool.services import passback_admin
from lti_tool.storage.db import transaction
from lti_tool.storage.scores import LineItem, ScoreReport


def test_a_better_grade_that_comes_while_one_is_sent_wins(school: School):
    """AGS-21."""
    student = school.student()
    school.want(student, 70)

    def meanwhile(go):
        school.want(student, 90)
        return go()

    school.http.faults.append(meanwhile)
    assert school.send() == 2
    assert [line.percent for line in school.tries(student)] == [70, 90]
    assert (school.report(student).state, school.shown().score) == ("delivered", 90)


def test_a_failure_says_nothing_about_the_better_grade_that_came_meanwhile(school: School):
    student = school.student()
    school.want(student, 70)

    def meanwhile(_go):
        school.want(student, 90)
        return answering(403)(_go)

    school.http.faults.append(meanwhile)
    assert school.send() == 2, "it is not held as the first was"
    assert (school.report(student).state, school.report(student).tries) == ("delivered", 1)
    assert school.shown().score == 90


def test_times_of_scores_rise_by_whole_seconds(school: School):
    """AGS-18, AGS-19: Moodle compares them so, whatever happens within one second."""
    student = school.student()
    stamps = []
    for percent in (10, 20, 30):
        school.want(student, percent)
        stamps.append(school.report(student).timestamp)
        school.forward(milliseconds=10)
    assert [later - sooner for sooner, later in pairwise(stamps)] == [timedelta(seconds=1)] * 2
    assert all(stamp.microsecond == 0 for stamp in stamps)
    school.send()
    assert school.shown().score == 30


def test_the_row_of_a_worker_that_died_is_taken_over_when_its_claim_is_over(school: School):
    student = school.student()
    school.want(student, 80)

    def killed(_go):
        raise KeyboardInterrupt

    school.http.faults.append(killed)
    with pytest.raises(KeyboardInterrupt):
        school.send()
    assert school.report(student).state == "sending"
    assert school.send() == 0
    school.forward(minutes=6)
    assert school.send() == 1
    assert school.shown().score == 80


def test_a_worker_that_died_after_the_score_arrived_costs_nothing(school: School):
    student = school.student()
    school.want(student, 80)

    def killed(go):
        go()
        raise KeyboardInterrupt

    school.http.faults.append(killed)
    with pytest.raises(KeyboardInterrupt):
        school.send()
    school.forward(minutes=6)
    school.send()
    assert school.report(student).state == "delivered"
    assert len(school.tries(student)) == 1


def test_a_worker_that_slept_too_long_does_not_spoil_what_another_did(school: School):
    student = school.student()
    school.want(student, 80)

    def asleep(_go):
        school.forward(minutes=6)
        assert school.send() == 1, "another worker takes over"
        return answering(503)(_go)

    school.http.faults.extend([asleep, through])
    school.send()
    assert school.report(student).state == "delivered"
    assert [line.outcome for line in school.tries(student)] == ["delivered", "retry"]


def test_a_worker_that_lost_its_post_begins_nothing_more(school: School):
    students = [school.student(sub) for sub in ("5", "6", "7")]
    for student in students:
        school.want(student, 80)
    others: list[int] = []

    def asleep(go):
        school.forward(minutes=2)
        others.append(school.send())
        return go()

    school.http.faults.append(asleep)
    assert school.send() == 1
    assert others == [3], "another worker took over all, and what was under way"
    assert [len(school.tries(student)) for student in students] == [2, 1, 1]
    assert {school.report(student).state for student in students} == {"delivered"}


def test_a_worker_stays_at_its_post_however_long_a_backlog_takes(school: School):
    students = [school.student(sub) for sub in ("5", "6", "7")]
    for student in students:
        school.want(student, 80)
    others: list[int] = []

    def slow(go):
        school.forward(seconds=50)
        school.http.always = None
        others.append(school.send())
        school.http.always = slow
        return go()

    school.http.always = slow
    assert school.send() == 3
    assert others == [0, 0, 0]
    assert all(len(school.tries(student)) == 1 for student in students)


def test_workers_at_the_same_moment_send_every_score_once(school: School, monkeypatch):
    students = [school.student(f"{number}") for number in range(100, 120)]
    for student in students:
        school.want(student, 80)
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        while school.courier().send_due():
            pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(school.tries(student)) for student in students] == [1] * len(students)
    assert {school.report(student).state for student in students} == {"not_applicable"}, "the LMS knows none"


def test_a_column_that_a_launch_moves_while_a_score_is_sent_gets_the_score_too(school: School):
    student = school.student()
    school.want(student, 80)
    with school.lms.state.change() as data:
        old = school.column()
        new = type(old)(data.next_id(), "2", "Quiz", 100, resource_id="new")
        data.columns[new.id] = new

    def meanwhile(go):
        with transaction(school.engine) as session:
            session.query(LineItem).update({"url": school.lms.lineitem_url(new)})
        return go()

    school.http.faults.append(meanwhile)
    assert school.send() == 2
    assert (school.report(student).state, school.shown("5", "new").score) == ("delivered", 80)


FAULTS = {
    "through": through,
    "lost": lost,
    "cut": cut,
    "busy": answering(503),
    "late": answering(409),
    "asleep": answering(429, retry_after=30),
}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("want"), st.sampled_from(["5", "6"]), st.integers(0, 100)),
        st.tuples(st.just("fault"), st.sampled_from(sorted(FAULTS)), st.just(0)),
        st.tuples(st.just("tick"), st.just(""), st.integers(0, 1200)),
    ),
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_happens_the_lms_ends_with_the_newest_score(school: School, steps):
    """AGS-21: submissions, faults and ticks in any order; then the LMS is well again."""
    fresh = begin_anew(school)
    pupils = {sub: fresh.student(sub) for sub in ("5", "6")}
    wanted: dict[str, int] = {}
    for kind, name, number in steps:
        if kind == "want":
            wanted[name] = number
            fresh.want(pupils[name], number)
        elif kind == "fault":
            fresh.http.faults.append(FAULTS[name])
        else:
            fresh.send()
            fresh.forward(seconds=number)
    fresh.http.faults.clear()
    with transaction(fresh.engine) as session:
        passback_admin.retry(session, None, fresh.now)  # a person looks at what the LMS called late for ever
    for _ in range(3):
        fresh.forward(hours=2)
        fresh.send()
    with transaction(fresh.engine) as session:
        assert {row.state for row in session.query(ScoreReport)} <= {"delivered"}
    column = fresh.column(QUIZ).id
    with fresh.lms.state.read() as data:
        assert {sub: data.grade(column, sub).score for sub in wanted} == wanted
