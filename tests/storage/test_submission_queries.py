"""A submission begun in two tabs at once is one submission, and a held one shows what others committed."""

import threading
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from support.people import make_person
from support.tables import empty

from lti_tool.services.who import Who
from lti_tool.storage import submission_queries
from lti_tool.storage.db import transaction
from lti_tool.storage.work import Submission


@pytest.fixture
def student(engine: Engine) -> Iterator[Who]:
    """A learner whom every connection sees; all tables are emptied afterwards."""
    with transaction(engine) as session:
        who = make_person(session)
    yield who
    empty(engine)


def begin(session: Session, who: Who) -> Submission:
    return submission_queries.begin_submission(session, who.person_id, who.context_id, "a101-work")


def test_beginning_twice_gives_the_same_submission(engine: Engine, student: Who) -> None:
    with transaction(engine) as session:
        first = begin(session, student).id
    with transaction(engine) as session:
        again = begin(session, student)
        assert (again.id, again.state, again.versions) == (first, "draft", [])


def test_many_tabs_begin_one_submission(engine: Engine, student: Who) -> None:
    ready = threading.Barrier(6)
    ids: list[int] = []

    def tab() -> None:
        ready.wait()
        with transaction(engine) as session:
            ids.append(begin(session, student).id)

    tabs = [threading.Thread(target=tab) for _ in range(6)]
    for each in tabs:
        each.start()
    for each in tabs:
        each.join()
    assert len(ids) == 6
    assert len(set(ids)) == 1


def test_the_loser_of_a_race_takes_the_winners_submission(
    engine: Engine, student: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(engine) as session:
        winner = begin(session, student).id
    with transaction(engine) as session:
        monkeypatch.setattr(submission_queries, "hold_submission", lambda *_args: None)
        assert begin(session, student).id == winner


def test_holding_forgets_what_was_known_before(engine: Engine, student: Who, now: datetime) -> None:
    with transaction(engine) as session:
        known = begin(session, student)
        session.expunge(known)
        stale = session.merge(known, load=False)
        stale_state = stale.state
        session.connection().exec_driver_sql("UPDATE submission SET state = 'graded'")
        held = submission_queries.hold_submission_in(session, known.id, student.context_id)
        assert held is stale
        assert (stale_state, held.state) == ("draft", "graded")
