"""The start check: answered part by part, worked out once, seen by teachers, and without any effect on grades."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from support.people import make_context, make_person

from lti_tool.curriculum.load import load
from lti_tool.domain.course import Course
from lti_tool.errors import AccessDenied, Conflict, MalformedMessage, NotFound
from lti_tool.services import gating, start_checks
from lti_tool.services.who import Who
from lti_tool.storage.scores import ScoreReport
from lti_tool.storage.work import Attempt, StartTry

TALK = {"start-greet": 0, "start-doubt": 1, "start-limits": 1}
LAW = {"start-label": 0, "start-claim": 0}


@pytest.fixture
def course() -> Course:
    """The tiny course, which has a check of two areas."""
    found, problems = load(Path(__file__).parents[1] / "courses" / "tiny")
    assert found, problems
    return found


def take(session: Session, course: Course, who: Who, now: datetime, route: str = "retail") -> None:
    start_checks.begin(session, course, who, route, now)
    start_checks.save(session, course, who, 1, TALK, now)
    start_checks.save(session, course, who, 2, LAW, now)
    start_checks.finish(session, course, who, now)


def test_the_answers_lead_to_a_path(session: Session, course: Course, student: Who, now: datetime) -> None:
    take(session, course, student, now)
    found = start_checks.outcome(session, course, student)

    assert [(each.area.id, each.percent, each.pace) for each in found.path.areas] == [
        ("law", 66, "care"),
        ("talk", 100, "quick"),
    ]
    assert found.path.modules == {"care": ("t201",), "usual": (), "quick": ("t101",)}
    assert found.chosen == TALK | LAW
    assert found.open_modules == {"t101"}, "the rest opens as it always does"
    creator = start_checks.outcome(session, course, student, "creator")
    assert creator.path.modules["care"] == ("t101", "t201")
    assert start_checks.outcome(session, course, student, "astronaut").route.id == "retail"


def test_parts_are_kept_and_may_be_changed(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    start_checks.begin(session, course, student, "creator", now)
    start_checks.save(session, course, student, 1, TALK, now)
    start_checks.save(session, course, student, 2, LAW, now)
    start_checks.save(session, course, student, 1, {"start-greet": 1, "start-label": 1}, now)

    assert start_checks.sheet(session, course, student, 1).chosen == LAW | {"start-greet": 1}
    page = start_checks.entrance(session, course, student)
    assert (page.running, page.finished_at, page.route) == (True, None, "creator")


def test_it_may_be_taken_again_and_the_old_result_stays_until_then(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    take(session, course, student, now)
    start_checks.begin(session, course, student, "creator", now + timedelta(days=1))
    assert start_checks.outcome(session, course, student).route.id == "retail"

    start_checks.finish(session, course, student, now + timedelta(days=1))
    again = start_checks.outcome(session, course, student)
    assert (again.route.id, {each.percent for each in again.path.areas}) == ("creator", {0})
    assert session.scalar(select(func.count()).select_from(StartTry)) == 1, "nothing older is kept"


def test_nothing_is_graded_sent_or_opened_by_it(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    before = gating.standing(session, course, student).states
    take(session, course, student, now)

    assert gating.standing(session, course, student).states == before
    assert not gating.progress(session, course, student).begun
    for rows in (Attempt, ScoreReport):
        assert session.scalar(select(func.count()).select_from(rows)) == 0


def test_answers_to_older_questions_are_not_gone_on_with(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    assert course.start_check
    edited = replace(course, start_check=replace(course.start_check, digest="another"))
    start_checks.begin(session, course, student, "retail", now)
    with pytest.raises(Conflict, match="running"):
        start_checks.sheet(session, edited, student, 1)

    take(session, course, student, now)
    assert start_checks.outcome(session, edited, student).chosen is None
    assert [each.percent for each in start_checks.outcome(session, edited, student).path.areas] == [66, 100]


def test_what_no_page_sends_is_refused(session: Session, course: Course, student: Who, now: datetime) -> None:
    with pytest.raises(Conflict):
        start_checks.save(session, course, student, 1, TALK, now)
    start_checks.begin(session, course, student, "astronaut", now)
    for option in (-1, 2):
        with pytest.raises(MalformedMessage):
            start_checks.save(session, course, student, 1, {"start-greet": option}, now)
    for number in (0, 3):
        with pytest.raises(NotFound):
            start_checks.sheet(session, course, student, number)
    with pytest.raises(NotFound):
        start_checks.outcome(session, course, student)
    with pytest.raises(NotFound):
        start_checks.entrance(session, replace(course, start_check=None), student)


def test_teachers_see_their_own_class_and_nobody_else_does(
    session: Session, course: Course, student: Who, teacher: Who, now: datetime
) -> None:
    stranger = make_person(session, "Mio", context=make_context(session, "course-2"))
    for who in (student, teacher, stranger):
        take(session, course, who, now, "creator")
    start_checks.begin(session, course, make_person(session, "Ren"), "retail", now)

    (line,) = start_checks.of_class(session, course, teacher)
    assert line.route
    assert (line.name, line.route.id, line.percents) == ("Aoi", "creator", {"talk": 100, "law": 66})
    with pytest.raises(AccessDenied):
        start_checks.of_class(session, course, student)
