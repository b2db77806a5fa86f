"""What the LMS shows of our grades, read back: confirmed, drifted, missing - and what a teacher chooses then."""

from support.delivering import School, answering, lost, through

from lti_tool.demo.state import Grade
from lti_tool.services import readings
from lti_tool.services.who import Who
from lti_tool.storage.scores import ScoreReport

RESULTS = "/lineitem/results"


def sweep(school: School, **pause: float) -> int:
    """Some time later, read back what is due."""
    school.forward(**(pause or {"seconds": 61}))
    return readings.sweep(school.engine, school.http, school.course, lambda: school.now)


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


# --- on the way ---------------------------------------------------------------------------------------------


def test_a_newer_grade_is_not_sent_over_one_that_a_person_gave_since(school: School):
    """No sweep has seen it yet: the LMS is asked before anything is sent there."""
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
