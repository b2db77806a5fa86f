"""Steps of tests in which what the LMS shows is read back."""

from support.delivering import School

from lti_tool.demo import editing
from lti_tool.services import readings
from lti_tool.services.who import Who
from lti_tool.storage.db import transaction
from lti_tool.storage.people import Membership


def sweep(school: School, **pause: float) -> int:
    """Some time later - 61 seconds - read back what is due; how many columns."""
    school.forward(**(pause or {"seconds": 61}))
    return readings.sweep(school.engine, school.http, school.course, lambda: school.now)


def reads(school: School) -> int:
    """How often results were asked for so far."""
    return sum(line.endswith("/lineitem/results") for line in school.http.asked)


def posts(school: School) -> int:
    """How often a score was sent so far."""
    return sum(line.endswith("/lineitem/scores") for line in school.http.asked)


def stands(school: School, who: Who) -> tuple[str, str, float | None]:
    """Where a grade is, and what the LMS was seen to show."""
    row = school.report(who)
    return row.state, row.reason, row.shown


def enter(school: School, score: float, sub: str = "5", comment: str | None = None) -> None:
    """A person gives a grade in an LMS that lets the next score replace it."""
    with school.lms.state.change() as data:
        grade = data.grade(school.column().id, sub)
        grade.score, grade.comment = score, grade.comment if comment is None else comment


def override(school: School, score: float, sub: str = "5") -> None:
    """A person gives a grade as Moodle has it: it stays, whatever is sent."""
    with school.lms.state.change() as data:
        editing.override(data, school.column(), sub, score, "", school.now.timestamp())


def release(school: School, sub: str = "5") -> None:
    """The person takes that grade off again."""
    with school.lms.state.change() as data:
        editing.release(data, school.column(), sub)


def erase(school: School, sub: str = "5") -> None:
    """A person deletes a grade."""
    with school.lms.state.change() as data:
        data.erase_grade(school.column().id, sub)


def sent(school: School, percent: int = 80, sub: str = "5") -> Who:
    """A student whose grade the LMS has."""
    student = school.student(sub)
    school.want(student, percent)
    school.send()
    return student


def shown(school: School, percent: int = 80) -> Who:
    """A student whose grade the LMS has and shows."""
    student = sent(school, percent)
    sweep(school)
    return student


def drifted(school: School, to: float = 95) -> Who:
    """A student whose grade was changed in the LMS, and seen to be."""
    student = shown(school)
    enter(school, to)
    sweep(school, hours=25)
    return student


def teacher(school: School) -> Who:
    """A teacher of the course."""
    return Who(school.student("3").person_id, school.context_id, "instructor")


def on_the_list(school: School, who: Who, status: str) -> None:
    """The class list has the person, or has it no more."""
    with transaction(school.engine) as session:
        session.query(Membership).filter_by(person_id=who.person_id).update({"status": status})
