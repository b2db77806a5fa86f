"""A grade that a person changed in the LMS: nothing is sent over it until a teacher says so."""

from datetime import timedelta

import pytest
from support.delivering import School, answering, cut, lost, through
from support.reading import drifted, enter, override, posts, release, sent, shown, stands, sweep, teacher

from lti_tool.demo.state import Grade
from lti_tool.errors import AccessDenied, NotFound
from lti_tool.services import drift, passback
from lti_tool.services.who import Who
from lti_tool.storage.audit import AuditEntry
from lti_tool.storage.db import transaction
from lti_tool.storage.platforms import Platform
from lti_tool.storage.scores import LineItem, ScoreReport


def keep(school: School, who: Who, student: Who) -> None:
    """Somebody keeps the LMS's grade."""
    with transaction(school.engine) as session:
        drift.keep(session, who, school.report(student).id, school.now)


def send_ours(school: School, who: Who, student: Who) -> None:
    """Somebody has ours sent over it."""
    with transaction(school.engine) as session:
        drift.send_ours(session, who, school.report(student).id, school.now)


def deeds(school: School) -> list[str]:
    """What the audit log holds."""
    with transaction(school.engine) as session:
        return [row.action for row in session.query(AuditEntry).order_by(AuditEntry.id)]


# --- the choice ---------------------------------------------------------------------------------------------


def test_the_lmss_grade_is_kept_and_that_is_remembered(school: School):
    student, who = drifted(school), teacher(school)
    for _ in range(2):
        keep(school, who, student)
    assert stands(school, student) == ("drifted", "kept", 95)
    sweep(school, hours=25)
    assert stands(school, student) == ("drifted", "kept", 95)
    assert (posts(school), school.send(), deeds(school)) == (1, 0, ["lms-grade-kept"])


def test_ours_is_sent_over_the_lmss_with_a_later_time_and_nobody_elses(school: School):
    student, who, other = drifted(school), teacher(school), sent(school, 60, "6")
    entered = school.now + timedelta(minutes=1)
    school.change(ScoreReport, shown_since=entered)
    school.change(Platform, clock_ahead=300)
    for _ in range(2):
        send_ours(school, who, student)
    school.send()
    row = school.report(student)
    assert (row.state, school.shown().score) == ("delivered", 80)
    assert row.timestamp > entered
    assert school.shown("6").score == 60
    sweep(school)
    assert stands(school, student) == ("confirmed", "", 80)
    assert stands(school, other) == ("confirmed", "", 60)
    assert deeds(school) == ["lms-grade-replaced"]


def test_a_grade_that_the_lms_keeps_against_ours_needs_somebody_there(school: School):
    """Moodle answers 200, and the grade a teacher entered stays. It is not sent again and again."""
    student, who = shown(school), teacher(school)
    override(school, 95)
    sweep(school, hours=25)
    send_ours(school, who, student)
    school.send()
    sweep(school)
    assert stands(school, student) == ("drifted", "overridden", 95)
    before = posts(school)
    sweep(school, hours=25)
    assert (school.send(), posts(school), stands(school, student)) == (
        0,
        before,
        ("drifted", "overridden", 95),
    )
    release(school)
    sweep(school, hours=25)
    assert stands(school, student) == ("confirmed", "", 80)


@pytest.mark.parametrize("choose", [keep, send_ours])
def test_a_newer_grade_asks_the_teacher_anew(school: School, choose):
    student, who = drifted(school), teacher(school)
    override(school, 95)
    choose(school, who, student)
    school.want(student, 90)
    before = posts(school)
    school.send()
    assert stands(school, student) == ("drifted", "", 95)
    assert (school.report(student).percent, posts(school)) == (90, before)


def test_nothing_but_the_choice_sends_a_drifted_grade(school: School):
    student = drifted(school)
    for state in ("", "kept"):
        school.change(ScoreReport, reason=state)
        with transaction(school.engine) as session:
            column = session.query(LineItem).one()
            passback.follow(session, column.id, 0, school.now)
            passback.refill(session, school.course, column, school.now)
            passback.heal(session, school.course, school.context_id, column, school.now)
        school.want(student, 80)
        assert stands(school, student) == ("drifted", state, 95)
    assert school.send() == 0


def test_only_staff_of_the_course_choose(school: School):
    student, who = drifted(school), teacher(school)
    for choose in (keep, send_ours):
        with pytest.raises(AccessDenied):
            choose(school, student, student)
        with pytest.raises(NotFound):
            choose(school, Who(who.person_id, school.context_id + 1, "instructor"), student)
    with transaction(school.engine) as session, pytest.raises(AccessDenied):
        drift.request(session, student, school.now)
    assert stands(school, student) == ("drifted", "", 95)


def test_what_is_not_drifted_is_no_matter_of_choice(school: School):
    student, who = shown(school), teacher(school)
    keep(school, who, student)
    send_ours(school, who, student)
    assert stands(school, student) == ("confirmed", "", 80)
    assert deeds(school) == []


# --- on the way ---------------------------------------------------------------------------------------------


def test_a_newer_grade_is_not_sent_over_one_that_a_person_gave_since(school: School):
    """AGS-35. No sweep has seen it yet: the LMS is asked before anything is sent there."""
    student = sent(school)
    sweep(school)
    enter(school, 60, comment="Cheated")
    school.want(student, 90)
    posts = sum(line.endswith("/scores") for line in school.http.asked)
    school.send()
    assert stands(school, student) == ("drifted", "", 60)
    assert (school.report(student).percent, school.report(student).shown_words) == (90, "Cheated")
    assert sum(line.endswith("/scores") for line in school.http.asked) == posts
    assert (school.shown().score, school.tries(student)[-1].outcome) == (60, "drifted")


def test_the_choice_goes_over_what_the_teacher_saw_and_over_nothing_of_later(school: School):
    student, who = drifted(school, to=95), teacher(school)
    enter(school, 20)
    send_ours(school, who, student)
    school.send()
    assert stands(school, student) == ("drifted", "", 20)
    assert school.shown().score == 20
    send_ours(school, who, student)
    school.send()
    assert school.shown().score == 80


def test_an_lms_too_busy_to_tell_what_it_shows_is_asked_again_before_anything_is_sent(school: School):
    student = sent(school)
    enter(school, 60)
    school.want(student, 90)
    before = posts(school)
    for fault in (cut, answering(503)):
        school.http.faults.append(fault)
        school.send()
        school.forward(minutes=20)
    assert (stands(school, student)[0], posts(school)) == ("queued", before)
    school.send()
    assert (stands(school, student), posts(school)) == (("drifted", "", 60), before)


def test_a_newer_grade_goes_out_where_the_lms_shows_ours_or_does_not_tell(school: School):
    student = sent(school)
    school.want(student, 90)
    school.send()
    assert school.shown().score == 90
    school.want(student, 95)
    school.http.faults.append(answering(500))
    school.send()
    assert school.shown().score == 95


def test_a_grade_that_a_person_gave_at_a_later_time_is_met_as_a_conflict(school: School):
    """AGS-20: 409, and what is there was never ours."""
    student = school.student()
    school.want(student, 80)
    school.http.faults.append(answering(503))
    school.send()
    with school.lms.state.change() as data:
        later = school.report(student).timestamp.timestamp() + 60
        data.keep_grade(Grade(school.column().id, "5", 70, "By hand", later, later))
    school.forward(minutes=1)
    school.send()
    assert stands(school, student) == ("drifted", "", 70)
    assert [(line.outcome, line.status) for line in school.tries(student)] == [
        ("retry", 503),
        ("drifted", 409),
    ]


def test_a_grade_whose_worker_died_is_known_as_ours_after_a_newer_wish(school: School):
    """The LMS has it, and nobody wrote that down."""
    student = sent(school)
    school.want(student, 90)
    school.http.faults.extend([through, lost])
    school.send()
    school.change(ScoreReport, state="queued", next_try_at=school.now, tries=0)
    school.want(student, 95)
    school.send()
    assert (school.report(student).state, school.shown().score) == ("delivered", 95)
