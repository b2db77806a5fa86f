"""What the LMS shows of our grades, read back: confirmed, drifted, missing - and what a teacher chooses then."""

from support.delivering import School

from lti_tool.services import drift
from lti_tool.services.who import Who

RESULTS = "/lineitem/results"


def sweep(school: School, **pause: float) -> int:
    """Some time later, read back what is due."""
    school.forward(**(pause or {"seconds": 61}))
    return drift.sweep(school.engine, school.http, school.course, lambda: school.now)


def reads(school: School) -> int:
    """How often results were asked for so far."""
    return sum(line.endswith(RESULTS) for line in school.http.asked)


def stands(school: School, who: Who) -> tuple[str, str, float | None]:
    """Where a grade is, and what the LMS was seen to show."""
    row = school.report(who)
    return row.state, row.reason, row.shown


def enter(school: School, score: float, sub: str = "5", comment: str | None = None) -> None:
    """A person gives a grade in the LMS."""
    with school.lms.state.change() as data:
        grade = data.grade(school.column().id, sub)
        grade.score, grade.comment = score, grade.comment if comment is None else comment


def sent(school: School, percent: int = 80, sub: str = "5") -> Who:
    """A student whose grade the LMS has."""
    student = school.student(sub)
    school.want(student, percent)
    school.send()
    return student


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
    student = sent(school)
    sweep(school)
    enter(school, 95)
    assert sweep(school, hours=25) == 1
    assert stands(school, student) == ("drifted", "", 95)
    enter(school, 80)
    assert sweep(school, minutes=11) == 1
    assert stands(school, student) == ("confirmed", "", 80)
