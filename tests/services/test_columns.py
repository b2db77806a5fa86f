"""Which column a score goes to: the one launched from, one found, one made - and never two."""

from datetime import timedelta

import pytest
from support.delivering import School, answering, lost, through

from lti_tool.demo.messages import AGS_SCOPES
from lti_tool.lti.claims import SCOPE_LINEITEM, SCOPE_SCORE
from lti_tool.services import columns
from lti_tool.services.who import Who
from lti_tool.storage import delivery_queries
from lti_tool.storage.db import transaction
from lti_tool.storage.people import Context
from lti_tool.storage.scores import AccessToken, LineItem

NEVER_PLACED = "a102-quiz"


def test_a_column_that_the_lms_moved_is_found_again(school: School):
    """AGS-36: 404, and another column of the same resourceId is there."""
    student = school.student()
    school.want(student, 80)
    old = school.column().id
    with school.lms.state.change() as data:
        column = data.columns.pop(old)
        column.id = data.next_id()
        data.columns[column.id] = column
    school.send()
    assert school.report(student).state == "delivered"
    assert school.shown().score == 80
    school.want(student, 90)
    school.http.asked.clear()
    school.send()
    assert "GET /services/2/lineitems" not in school.http.asked, "it remembers where"
    assert school.shown().score == 90


def test_all_grades_follow_a_column_that_one_of_them_found(school: School):
    """AGS-36: nobody's grade is left behind in the column that went."""
    first, second = school.student("5"), school.student("6")
    school.want(first, 80)
    school.send()
    with school.lms.state.change() as data:
        column = data.columns.pop(school.column().id)
        data.grades.clear()
        column.id = data.next_id()
        data.columns[column.id] = column
    school.want(second, 60)
    school.send()
    school.send()
    assert (school.shown("5").score, school.shown("6").score) == (80, 60)
    assert school.send() == 0, "and all is quiet again"


def test_a_deleted_column_is_not_made_anew_unasked(school: School):
    student = school.student()
    school.want(student, 80)
    with school.lms.state.change() as data:
        data.columns.clear()
    school.send()
    assert (school.report(student).state, school.report(student).reason) == ("held", "column-gone")
    with school.lms.state.read() as data:
        assert data.columns == {}


def test_two_columns_that_are_both_gone_are_told_as_gone(school: School):
    student = school.student()
    school.want(student, 80)
    school.change(LineItem, url=f"{school.lms.url('/services/2/lineitems/99/lineitem')}?type_id=1")
    school.http.faults.extend([answering(404), through, answering(404)])
    school.send()
    assert (school.report(student).state, school.report(student).reason) == ("held", "column-gone")


def test_a_node_that_was_never_placed_gets_one_column_for_all(school: School):
    """AGS-03, CERT-A01."""
    students = [school.student("5"), school.student("6")]
    for student in students:
        school.want(student, 70, NEVER_PLACED)
    school.send()
    column = school.column(NEVER_PLACED)
    assert (column.maximum, column.tag) == (100, "grade")
    assert "A102" in column.label
    assert [school.shown(sub, NEVER_PLACED).score for sub in ("5", "6")] == [70, 70]
    assert school.http.asked.count("POST /services/2/lineitems") == 1


def test_a_column_whose_making_was_not_answered_is_not_made_twice(school: School):
    """AGS-03, AGS-36."""
    student = school.student()
    school.want(student, 70, NEVER_PLACED)
    school.http.faults.extend([through, lost])
    school.send()
    assert school.report(student, NEVER_PLACED).state == "queued"
    school.forward(minutes=15)
    school.send()
    assert school.shown("5", NEVER_PLACED).score == 70


def test_of_scores_sent_at_once_one_makes_the_column_for_all(school: School):
    students = [school.student("5"), school.student("6"), school.student("7")]
    for student in students:
        school.want(student, 70, NEVER_PLACED)
    assert school.courier(at_once=8).send_due() == 3
    assert [school.shown(sub, NEVER_PLACED).score for sub in ("5", "6", "7")] == [70, 70, 70]
    assert [school.report(student, NEVER_PLACED).tries for student in students] == [1, 1, 1]
    assert school.http.asked.count("GET /services/2/lineitems") == 1


def test_a_score_waits_while_its_column_is_made_beside(school: School):
    """A worker makes the columns that the teacher chose while another sends the scores."""
    student = school.student()
    school.want(student, 70, NEVER_PLACED)
    with transaction(school.engine) as session:
        number = session.query(LineItem.id).filter_by(node=NEVER_PLACED).scalar()
        assert delivery_queries.claim_column(session, number, school.now, school.now + timedelta(minutes=5))
    assert school.send() == 1
    assert school.report(student, NEVER_PLACED).state == "queued"
    assert "POST" not in "".join(school.http.asked)
    with transaction(school.engine) as session:
        delivery_queries.release_column(session, number)
    school.forward(seconds=10)
    school.send()
    assert (school.report(student, NEVER_PLACED).tries, school.shown("5", NEVER_PLACED).score) == (1, 70)


def test_a_worker_that_died_while_making_a_column_blocks_it_for_minutes_only(school: School):
    student = school.student()
    school.want(student, 70, NEVER_PLACED)
    school.change(LineItem, making_until=school.now + timedelta(minutes=5))
    school.send()
    row = school.report(student, NEVER_PLACED)
    assert (row.state, row.tries) == ("queued", 0)
    school.forward(minutes=6)
    school.send()
    assert school.shown("5", NEVER_PLACED).score == 70


@pytest.mark.parametrize("missing", ["lineitems", "scope"])
def test_where_the_tool_may_make_no_column_the_score_is_held(school: School, missing):
    """DR-13, OAU-06."""
    student = school.student()
    school.want(student, 70, NEVER_PLACED)
    if missing == "lineitems":
        school.change(Context, lineitems_url="")
    else:
        school.change(Context, scopes=[scope for scope in AGS_SCOPES if scope != SCOPE_LINEITEM])
        kept = " ".join(sorted(scope for scope in AGS_SCOPES if scope != SCOPE_LINEITEM))
        school.change(AccessToken, scopes=kept, granted=kept)
    school.send()
    row = school.report(student, NEVER_PLACED)
    assert (row.state, row.reason) == ("held", "no-column")


def test_an_lms_without_grade_service_is_told_so(school: School):
    """AGS-01."""
    student = school.student()
    school.want(student, 80)
    school.change(Context, scopes=[])
    school.send()
    assert (school.report(student).state, school.report(student).reason) == ("held", "no-service")
    assert school.http.asked == []


def test_a_column_and_the_right_to_write_scores_are_enough(school: School):
    """AGS-02: no list of columns was offered, so none is asked for."""
    student = school.student()
    school.want(student, 80)
    school.change(Context, lineitems_url="", scopes=[SCOPE_SCORE])
    school.change(AccessToken, scopes=SCOPE_SCORE, granted=SCOPE_SCORE)
    school.send()
    assert (school.report(student).state, school.shown().score) == ("delivered", 80)
    assert school.http.asked == ["POST /services/2/lineitems/1/lineitem/scores"]


def test_a_grade_of_what_the_course_no_longer_has_is_not_tried_for_ever(school: School):
    student = school.student()
    school.want(student, 80)
    with transaction(school.engine) as session:
        session.query(LineItem).filter_by(node="a101-quiz").update(
            {"node": "gone-quiz", "url": "", "from_launch": False}
        )
    assert school.send() == 1
    row = school.report(student, "gone-quiz")
    assert (row.state, row.reason) == ("not_applicable", "no-node")
    assert not any(line.endswith("/scores") for line in school.http.asked)


def test_a_column_chosen_again_while_it_is_being_deleted_is_made_anew(school: School):
    """The worker died between the LMS's answer and its own note: the address it leaves is that of nothing."""

    def choose(*nodes: str) -> None:
        with transaction(school.engine) as session:
            columns.choose(session, school.course, teacher, nodes, "ja", school.now, drop=True)

    student, staff = school.student("5"), school.student("3")
    teacher = Who(staff.person_id, staff.context_id, "instructor")
    choose(NEVER_PLACED)
    school.want(student, 81, NEVER_PLACED)
    school.send()
    old = school.column(NEVER_PLACED).id
    choose()
    with school.lms.state.change() as data:
        del data.columns[old]
    choose(NEVER_PLACED)
    school.send()
    columns.fulfil(school.engine, school.http, school.course, lambda: school.now)
    school.forward(seconds=60)
    school.send()
    assert school.column(NEVER_PLACED).id != old
    assert school.shown("5", NEVER_PLACED).score == 81
