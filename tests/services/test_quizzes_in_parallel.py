"""Double clicks and two windows: what is done twice at the same moment happens once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from support.answers import answer
from support.people import make_person
from support.tables import empty

from lti_tool.domain.course import Course
from lti_tool.errors import Conflict
from lti_tool.services import lessons, passback, quizzes
from lti_tool.services.who import Who
from lti_tool.storage.db import transaction
from lti_tool.storage.work import Answer, Attempt, LessonRead, QuizVersion

CROWD = 6


@pytest.fixture
def learner(engine: Engine) -> Iterator[Who]:
    """Somebody who is really in the database, for all connections to see."""
    with transaction(engine) as session:
        who = make_person(session)
    yield who
    empty(engine)


def together(engine: Engine, act: Callable[[Session], Any]) -> list[Any]:
    """What everybody in the crowd got who did the same in a transaction of their own at the same moment."""
    ready = Barrier(CROWD)

    def one(_number: int) -> Any:
        ready.wait()
        with transaction(engine) as session:
            return act(session)

    with ThreadPoolExecutor(CROWD) as crowd:
        return list(crowd.map(one, range(CROWD)))


def test_many_starts_make_one_attempt(engine: Engine, course: Course, learner: Who, now: datetime) -> None:
    ids = together(engine, lambda session: quizzes.start(session, course, learner, "a101-quiz", now))
    with transaction(engine) as session:
        assert {row.id for row in session.query(Attempt)} == set(ids)
        assert (len(set(ids)), session.query(QuizVersion).count()) == (1, 1)


def test_many_submits_mark_and_report_once(
    engine: Engine, course: Course, learner: Who, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AGS-41."""
    reports: list[object] = []
    monkeypatch.setattr(passback, "report", lambda *about: reports.append(about))
    with transaction(engine) as session:
        attempt_id = quizzes.start(session, course, learner, "a101-quiz", now)
        answer(session, course, learner, attempt_id, now)
    together(engine, lambda session: quizzes.submit(session, course, learner, attempt_id, now))
    assert len(reports) == 1


def test_the_worker_and_the_student_do_not_both_hand_in(
    engine: Engine, course: Course, learner: Who, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports: list[object] = []
    monkeypatch.setattr(passback, "report", lambda *about: reports.append(about))
    with transaction(engine) as session:
        attempt_id = quizzes.start(session, course, learner, "a101-quiz", now)
        session.get_one(Attempt, attempt_id).due_at = now.replace(year=now.year - 1)

    def either(session: Session) -> None:
        quizzes.close_overdue(session, course, now)
        quizzes.submit(session, course, learner, attempt_id, now)

    together(engine, either)
    assert len(reports) == 1


def test_no_answer_slips_in_after_marking(
    engine: Engine, course: Course, learner: Who, now: datetime
) -> None:
    with transaction(engine) as session:
        attempt_id = quizzes.start(session, course, learner, "a101-quiz", now)

    def save_and_submit(session: Session) -> None:
        try:
            answer(session, course, learner, attempt_id, now)
        except Conflict:
            return
        quizzes.submit(session, course, learner, attempt_id, now)

    together(engine, save_and_submit)
    with transaction(engine) as session:
        assert [row.credit for row in session.query(Answer)] == [100] * 6
        assert session.get_one(Attempt, attempt_id).percent == 100


def test_a_lesson_finished_in_many_windows_is_read_once(
    engine: Engine, course: Course, learner: Who, now: datetime
) -> None:
    together(engine, lambda session: lessons.finish(session, course, learner, "a101-why", now))
    with transaction(engine) as session:
        assert session.query(LessonRead).count() == 1
