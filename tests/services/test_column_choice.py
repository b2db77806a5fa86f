"""Columns that a teacher chooses: made, filled, kept or deleted - and what a total is."""

import pytest
from support.delivering import QUIZ, School, answering, cut

from lti_tool.demo.state import Column
from lti_tool.errors import AccessDenied, NotFound
from lti_tool.lti.claims import SCOPE_SCORE
from lti_tool.services import columns, passback
from lti_tool.services.who import Who
from lti_tool.storage.db import open_session, transaction
from lti_tool.storage.people import Context
from lti_tool.storage.scores import LineItem, ScoreReport

TOTAL, STAGE, WORK = "course", "stage1", "a101-work"


@pytest.fixture
def teacher(school: School) -> Who:
    student = school.student("3")
    return Who(student.person_id, student.context_id, "instructor")


@pytest.fixture
def bare(school: School) -> School:
    """A course whose only link is the course home: the LMS has no column yet."""
    with school.lms.state.change() as data:
        data.columns.clear()
    with transaction(school.engine) as session:
        session.query(LineItem).delete()
    return school


def choose(school: School, teacher: Who, *nodes: str, drop: bool = False, language: str = "ja") -> None:
    """Choose, and let a worker do what follows."""
    with transaction(school.engine) as session:
        columns.choose(session, school.course, teacher, nodes, language, school.now, drop=drop)
    columns.fulfil(school.engine, school.http, school.course, lambda: school.now)


def leaving(school: School, teacher: Who, *nodes: str) -> tuple[str, ...]:
    with open_session(school.engine, writes=False) as session:
        return columns.leaving(session, teacher, nodes)


def there(school: School) -> dict[str | None, str]:
    """The LMS's columns: node -> name."""
    with school.lms.state.read() as data:
        return {column.resource_id: column.label for column in data.columns.values()}


def page(school: School, teacher: Who) -> columns.Choices:
    with open_session(school.engine, writes=False) as session:
        services = columns.services_of(session, school.context_id)
        found = columns.read(school.engine, school.http, services, school.now)
        return columns.choices(session, school.course, teacher, found)


def test_one_link_is_enough(bare: School, teacher: Who):
    """AGS-03: the columns are made at once, empty, and fill as results come."""
    choose(bare, teacher, TOTAL, STAGE, QUIZ)
    assert set(there(bare)) == {TOTAL, STAGE, QUIZ}
    assert "総合" in there(bare)[TOTAL]
    student = bare.student()
    bare.want(student, 81)
    bare.want(student, 70, WORK)
    bare.send()
    assert bare.shown("5", QUIZ).score == 81
    assert bare.shown("5", TOTAL).score == 75
    assert "2/6" in bare.shown("5", TOTAL).comment
    assert WORK not in there(bare), "not chosen"
    assert (bare.report(student, WORK).state, bare.report(student, WORK).reason) == (
        "not_applicable",
        "not-chosen",
    )


def test_columns_are_named_in_the_language_of_the_teacher(bare: School, teacher: Who):
    choose(bare, teacher, TOTAL, language="en")
    assert there(bare) == {TOTAL: "Tiny course (total)"}
    choose(bare, teacher, TOTAL, WORK, language="en")
    bare.want(bare.student(), 70, WORK)
    bare.send()
    assert there(bare)[WORK] == "A101 Work a101"


def test_a_column_chosen_later_shows_what_was_earned_before(bare: School, teacher: Who):
    choose(bare, teacher, QUIZ)
    student = bare.student()
    bare.want(student, 81)
    bare.want(student, 70, WORK)
    bare.send()
    choose(bare, teacher, TOTAL, WORK, QUIZ)
    bare.send()
    assert (bare.shown("5", WORK).score, bare.shown("5", TOTAL).score) == (70, 75)


def test_no_result_no_total(bare: School, teacher: Who):
    bare.student()
    choose(bare, teacher, TOTAL)
    bare.send()
    assert bare.shown("5", TOTAL) is None


def test_removing_is_asked_about_and_keeps_the_column(bare: School, teacher: Who):
    choose(bare, teacher, QUIZ, WORK)
    student = bare.student()
    bare.want(student, 81)
    bare.send()
    assert leaving(bare, teacher, WORK) == (QUIZ,)
    assert leaving(bare, teacher, WORK, QUIZ) == ()
    choose(bare, teacher, WORK)
    assert bare.shown("5", QUIZ).score == 81, "as it was"
    bare.want(student, 90)
    bare.send()
    assert bare.shown("5", QUIZ).score == 81, "nothing more is sent"
    choose(bare, teacher, WORK, QUIZ)
    bare.send()
    assert bare.shown("5", QUIZ).score == 90
    assert bare.http.asked.count("POST /services/2/lineitems") == 2, "no column twice"


def test_a_grade_on_its_way_to_a_column_that_is_not_wanted_any_more_stays_here(bare: School, teacher: Who):
    choose(bare, teacher, QUIZ)
    student, tutor = bare.student(), bare.student("4")
    bare.want(tutor, 70)
    bare.send()  # the LMS refuses: a tutor holds no grade
    bare.http.always = answering(503)
    bare.want(student, 81)
    bare.send()
    bare.http.always = None
    choose(bare, teacher)
    bare.forward(hours=1)
    assert bare.send() == 0
    for who in (student, tutor):
        assert (bare.report(who).state, bare.report(who).reason) == ("not_applicable", "not-chosen")
    choose(bare, teacher, QUIZ)
    bare.send()
    assert bare.shown("5", QUIZ).score == 81


def test_a_column_that_is_given_up_while_a_grade_is_sent_to_it_gets_it_no_more(bare: School, teacher: Who):
    choose(bare, teacher, QUIZ)
    student = bare.student()
    bare.want(student, 81)

    def meanwhile(go):
        with transaction(bare.engine) as session:
            columns.choose(session, bare.course, teacher, (), "ja", bare.now, drop=False)
        return answering(503)(go)

    bare.http.faults.append(meanwhile)
    bare.send()
    bare.forward(hours=1)
    assert bare.send() == 0
    assert (bare.report(student).state, bare.report(student).reason) == ("not_applicable", "not-chosen")


def test_removing_can_delete_the_column_and_choosing_again_fills_it(bare: School, teacher: Who):
    choose(bare, teacher, QUIZ)
    student = bare.student()
    bare.want(student, 81)
    bare.send()
    choose(bare, teacher, drop=True)
    assert there(bare) == {}
    assert bare.report(student).percent == 81, "kept in the tool"
    choose(bare, teacher, QUIZ)
    bare.forward(seconds=1)
    bare.send()
    assert bare.shown("5", QUIZ).score == 81


def test_the_column_of_an_activity_is_never_touched(school: School, teacher: Who):
    choose(school, teacher, drop=True)
    assert QUIZ in there(school)
    student = school.student()
    school.want(student, 80)
    school.send()
    assert school.shown().score == 80


def test_a_column_that_went_with_its_activity_can_be_had_again(school: School, teacher: Who):
    with school.lms.state.change() as data:
        data.columns.clear()
    student = school.student()
    school.want(student, 80)
    school.send()
    assert school.report(student).reason == "column-gone"
    assert (page(school, teacher).by_node[QUIZ].owner, page(school, teacher).by_node[QUIZ].chosen) == (
        "",
        True,
    )
    choose(school, teacher, QUIZ)
    school.send()
    assert school.shown().score == 80


def test_a_column_that_an_activity_took_over_is_not_deleted(bare: School, teacher: Who):
    choose(bare, teacher, QUIZ)
    with bare.lms.state.change() as data:
        (column,) = data.columns.values()
        column.link_id = "77"
    choose(bare, teacher, drop=True)
    assert QUIZ in there(bare)


def test_what_the_lms_refuses_is_tried_again_later(bare: School, teacher: Who):
    bare.http.always = answering(503)
    choose(bare, teacher, QUIZ)
    bare.http.always = None
    assert columns.fulfil(bare.engine, bare.http, bare.course, lambda: bare.now) == 0, "not at once"
    bare.forward(minutes=11)
    columns.fulfil(bare.engine, bare.http, bare.course, lambda: bare.now)
    assert QUIZ in there(bare)


def test_a_column_is_named_without_losing_anything(school: School, teacher: Who):
    """AGS-11: what the LMS knows of it besides goes back as it was."""
    with school.lms.state.change() as data:
        column = next(iter(data.columns.values()))
        column.resource_id, column.link_id, column.maximum = None, None, 40
        data.columns["50"] = Column("50", "2", "Other", 10)
    school.change(LineItem, wish="name")
    columns.fulfil(school.engine, school.http, school.course, lambda: school.now)
    with school.lms.state.read() as data:
        found = next(column for column in data.columns.values() if column.resource_id == QUIZ)
        assert (found.label, found.maximum, found.tag) == ("Quiz", 40, "grade")
    with transaction(school.engine) as session:
        assert session.query(LineItem.wish).scalar() == ""
    asked = len(school.http.asked)
    school.change(LineItem, wish="name")
    columns.fulfil(school.engine, school.http, school.course, lambda: school.now)
    assert [call.split()[0] for call in school.http.asked[asked:]] == ["GET"], "nothing to change"


def test_several_columns_of_one_thing_are_told_never_multiplied(school: School, teacher: Who):
    with school.lms.state.change() as data:
        data.columns["50"] = Column("50", "2", "Quiz again", 100, resource_id=QUIZ, link_id="9")
    found = page(school, teacher).by_node[QUIZ]
    assert (found.doubles, found.receives) == (("Quiz", "Quiz again"), "Quiz")
    student = school.student()
    school.want(student, 80)
    school.send()
    with school.lms.state.read() as data:
        assert [grade.column for grade in data.grades.values()] != ["50"]
        assert len(data.grades) == 1


def test_an_lms_that_is_silent_or_mean_is_told(school: School, teacher: Who):
    school.http.always = cut
    assert not page(school, teacher).told
    school.change(Context, scopes=[SCOPE_SCORE])
    assert not page(school, teacher).may_make


def test_a_copied_course_offers_the_choice_of_its_source(bare: School, teacher: Who):
    choose(bare, teacher, TOTAL)
    with transaction(bare.engine) as session:
        source = session.get_one(Context, bare.context_id)
        copy = Context(
            deployment_id=source.deployment_id,
            context_id="9",
            scopes=[],
            created_at=bare.now,
            copied_from_id=source.id,
        )
        session.add(copy)
        session.flush()
        here = Who(teacher.person_id, copy.id, "instructor")
        found = columns.choices(session, bare.course, here, ()).by_node
        assert [node for node, each in found.items() if each.chosen] == [TOTAL]
        assert session.query(LineItem).filter_by(context_id=copy.id).count() == 0


def test_only_teachers_choose_and_only_what_can_have_a_column(school: School, teacher: Who):
    with transaction(school.engine) as session:
        with pytest.raises(NotFound):
            columns.choose(session, school.course, teacher, ["a101"], "ja", school.now, drop=False)
        for role in ("assistant", "learner", "observer"):
            other = Who(teacher.person_id, teacher.context_id, role)
            with pytest.raises(AccessDenied):
                columns.choose(session, school.course, other, [], "ja", school.now, drop=False)
            with pytest.raises(AccessDenied):
                columns.leaving(session, other, [])
            with pytest.raises(AccessDenied):
                columns.choices(session, school.course, other, None)


def test_the_total_of_one_is_not_that_of_another(bare: School, teacher: Who):
    choose(bare, teacher, TOTAL)
    first, second = bare.student("5"), bare.student("6")
    bare.want(first, 80)
    bare.want(second, 40)
    bare.send()
    assert (bare.shown("5", TOTAL).score, bare.shown("6", TOTAL).score) == (80, 40)
    with transaction(bare.engine) as session:
        passback.want_totals(session, bare.course, bare.context_id, bare.now)
        assert {row.state for row in session.query(ScoreReport) if row.line_item.node == TOTAL} == {
            "delivered"
        }
