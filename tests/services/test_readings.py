"""What the LMS shows of our grades, read back: when, how often, and what becomes of each report."""

from datetime import timedelta
from json import dumps

import pytest
from support.delivering import School
from support.reading import enter, erase, on_the_list, posts, reads, sent, shown, stands, sweep, teacher

from lti_tool.lti.claims import SCOPE_RESULT
from lti_tool.lti.http import Answer
from lti_tool.services import drift, readings
from lti_tool.storage.db import transaction
from lti_tool.storage.people import Context, Membership
from lti_tool.storage.platforms import Platform
from lti_tool.storage.scores import Reading, ScoreReport


def reading(school: School) -> Reading:
    """How the one column was read."""
    with transaction(school.engine) as session:
        return session.query(Reading).one()


# --- what becomes of a report -------------------------------------------------------------------------------


def test_a_grade_is_confirmed_when_the_lms_shows_it_and_not_before(school: School):
    student = sent(school)
    assert sweep(school, seconds=30) == 0
    assert stands(school, student) == ("delivered", "", None)
    assert sweep(school, seconds=31) == 1
    assert stands(school, student) == ("confirmed", "", 80)
    assert school.report(student).shown_at == school.now


def test_a_grade_changed_in_the_lms_drifts_within_one_sweep_and_is_ours_again_when_changed_back(
    school: School,
):
    student = shown(school)
    enter(school, 95, comment="Well argued")
    assert sweep(school, hours=25) == 1
    row = school.report(student)
    assert (row.state, row.reason, row.shown, row.shown_words) == ("drifted", "", 95, "Well argued")
    assert row.shown_since is not None
    enter(school, 80, comment="")
    assert sweep(school, minutes=11) == 1
    assert stands(school, student) == ("confirmed", "", 80)
    assert posts(school) == 1


def test_a_grade_that_never_appears_needs_somebody_and_is_confirmed_when_it_does(school: School):
    """Moodle answers 200 to scores for a column that keeps only text."""
    with school.lms.state.change() as data:
        data.columns[school.column().id].text = True
    student = sent(school)
    sweep(school)
    assert stands(school, student) == ("delivered", "", None), "an LMS may need a moment"
    sweep(school, minutes=11)
    assert stands(school, student) == ("held", "not-shown", None)
    with school.lms.state.change() as data:
        data.columns[school.column().id].text = False
    sweep(school, hours=25)
    assert stands(school, student) == ("confirmed", "", 80)


def test_a_deleted_grade_has_drifted(school: School):
    student = shown(school)
    erase(school)
    sweep(school, hours=25)
    assert stands(school, student) == ("drifted", "", None)


def test_a_student_who_left_has_no_grade_and_gets_it_when_back(school: School):
    """Moodle deletes the grades of who is unenrolled."""
    student = shown(school)
    erase(school)
    on_the_list(school, student, "left")
    sweep(school, hours=25)
    assert stands(school, student) == ("not_applicable", "left", None)
    on_the_list(school, student, "active")
    sweep(school, hours=25)
    school.send()
    assert school.shown().score == 80


def test_a_grade_that_changes_while_the_column_is_read_is_left_alone(school: School):
    student = sent(school)

    def meanwhile(go):
        answer = go()
        school.want(student, 90)
        school.send()
        return answer

    school.http.faults.append(meanwhile)
    sweep(school)
    assert stands(school, student) == ("delivered", "", None)
    assert sweep(school) == 1
    assert stands(school, student) == ("confirmed", "", 90)


def test_a_whole_class_is_read_in_one_request_and_pages_are_followed(school: School):
    students = [sent(school, percent, sub) for percent, sub in ((80, "5"), (70, "6"), (60, "7"))]
    asked: list[str] = []

    def two_pages(go):
        whole = go()
        members = whole.json()
        second = "http://lms.test/more?page=2"
        school.http.faults.append(lambda _go: page(members[1:], {}))
        return page(members[:1], {"Link": f'<{second}>; rel="next"'})

    def page(members, headers):
        asked.append("page")
        return Answer("GET", "http://lms.test", 200, "", headers, dumps(members).encode())

    school.http.faults.append(two_pages)
    sweep(school)
    assert [stands(school, one) for one in students] == [
        ("confirmed", "", percent) for percent in (80, 70, 60)
    ]
    assert len(asked) == 2
    before = reads(school)
    sweep(school, hours=25)
    assert reads(school) == before + 1


def test_hundreds_are_compared_a_part_at_a_time(school: School, monkeypatch):
    monkeypatch.setattr(readings, "BATCH", 2)
    students = [sent(school, 80, sub) for sub in ("5", "6", "7")]
    sweep(school)
    assert [stands(school, one)[0] for one in students] == ["confirmed"] * 3


# --- when ---------------------------------------------------------------------------------------------------


def test_a_column_is_read_soon_after_its_grades_and_then_once_a_night(school: School):
    shown(school)
    for _ in range(19):
        assert sweep(school, hours=1) == 0
    assert sum(sweep(school, hours=1) for _ in range(6)) == 1


def test_a_busy_column_is_read_once_a_minute_at_most(school: School):
    sent(school)
    assert sweep(school) == 1
    sent(school, 70, "6")
    school.change(ScoreReport, next_try_at=school.now)
    assert sweep(school, seconds=30) == 0
    assert sweep(school, seconds=31) == 1


def test_a_teacher_has_it_read_now(school: School):
    student, who = shown(school), teacher(school)
    enter(school, 95)
    assert sweep(school, hours=1) == 0
    with transaction(school.engine) as session:
        drift.request(session, who, school.now)
    assert sweep(school, seconds=1) == 1
    assert stands(school, student)[0] == "drifted"


def test_what_changed_is_looked_at_again_soon(school: School):
    shown(school)
    enter(school, 95)
    sweep(school, hours=25)
    assert sweep(school, minutes=9) == 0
    assert sweep(school, minutes=2) == 1
    assert sweep(school, minutes=11) == 0, "it has not changed again"


def test_a_course_that_nobody_opens_is_left_alone(school: School):
    student = sent(school)
    school.change(Membership, last_launch_at=school.now - timedelta(days=31))
    before = reads(school)
    sweep(school)
    assert (reads(school), stands(school, student)[0]) == (before, "delivered")
    assert sweep(school) == 0, "it is not even looked at for a while"
    school.change(Membership, last_launch_at=school.now)
    assert sweep(school, hours=25) == 1


def test_an_lms_that_does_not_let_us_read_is_not_asked(school: School):
    student = sent(school)
    with transaction(school.engine) as session:
        context = session.get_one(Context, school.context_id)
        context.scopes = [scope for scope in context.scopes if scope != SCOPE_RESULT]
    before = len(school.http.asked)
    sweep(school)
    assert (len(school.http.asked), reading(school).reason) == (before, "scope")
    assert (sweep(school), stands(school, student)[0]) == (0, "delivered")


@pytest.mark.parametrize("column", ["disabled_at", "quiet_until"])
def test_an_lms_that_is_off_or_left_alone_is_not_asked(school: School, column):
    sent(school)
    school.change(Platform, **{column: school.now + timedelta(days=1)})
    assert sweep(school) == 0
