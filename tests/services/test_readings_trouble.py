"""LMSs that do not answer, answer strangely or too slowly, columns that are gone, and many platforms at once."""

import pytest
from support.delivering import QUIZ, School, answering, cut, give_key
from support.reading import enter, sent, shown, stands, sweep

from lti_tool.demo.state import Column
from lti_tool.lti.claims import SCOPE_RESULT
from lti_tool.services import readings
from lti_tool.storage import drift_queries
from lti_tool.storage.db import transaction
from lti_tool.storage.people import Context, Membership
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.scores import LineItem, Reading


def reading(school: School) -> Reading:
    """How the one column was read."""
    with transaction(school.engine) as session:
        return session.query(Reading).one()


# --- trouble ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "reason", "hours"),
    [
        (cut, "unreachable", 1),
        (answering(503), "unreachable", 1),
        (answering(503, retry_after=7200), "unreachable", 3),
        (answering(403), "refused", 21),
        (answering(200, b"<!doctype html>"), "answer", 1),
        (answering(200, b'[{"userId": "5", "resultScore": '), "answer", 1),
        (answering(200, b'{"userId": "5"}'), "answer", 1),
    ],
)
def test_what_cannot_be_read_changes_nothing_and_is_read_later(school: School, fault, reason, hours):
    student = shown(school)
    school.http.always = fault
    sweep(school, hours=25)
    assert (stands(school, student), reading(school).reason) == (("confirmed", "", 80), reason)
    assert sweep(school, minutes=20) == 0
    school.http.always = None
    enter(school, 95)
    assert sweep(school, hours=hours) == 1
    assert (stands(school, student)[0], reading(school).reason) == ("drifted", "")


def test_strange_results_are_no_fault_of_the_others(school: School):
    students = [sent(school, 80, sub) for sub in ("5", "6")]
    strange = b'[3, null, {"userId": "5", "resultScore": "NaN"}, {"userId": 6, "resultScore": 0.8}, {"resultScore": 1}]'
    school.http.faults.append(answering(200, strange))
    sweep(school)
    assert [stands(school, one)[0] for one in students] == ["delivered", "confirmed"]


def test_a_mistake_of_ours_with_one_column_does_not_stop_the_others(school: School, monkeypatch, caplog):
    sent(school)
    monkeypatch.setattr(readings.rules, "judge", lambda *_about: 1 / 0)
    sweep(school)
    assert reading(school).reason == "fault"
    assert "could not be compared" in caplog.text


def test_a_column_that_is_gone_holds_its_grades_for_a_person(school: School):
    """The activity was removed, or it accepts grades no more."""
    student = shown(school)
    with school.lms.state.change() as data:
        data.columns.clear()
    sweep(school, hours=25)
    assert stands(school, student)[:2] == ("held", "column-gone")


def test_a_column_that_moved_gets_its_grades_again(school: School):
    student = shown(school)
    with school.lms.state.change() as data:
        data.columns.clear()
        data.columns["77"] = Column("77", "2", "Quiz", 100, resource_id=QUIZ)
    sweep(school, hours=25)
    school.send()
    assert school.shown().score == 80
    assert stands(school, student)[0] == "delivered"


def test_a_404_alone_is_no_proof_that_a_column_is_gone(school: School):
    student = shown(school)
    school.http.faults.append(answering(404))
    sweep(school, hours=25)
    assert (stands(school, student)[0], reading(school).reason) == ("confirmed", "gone")


def test_two_workers_read_a_column_once(school: School):
    student = sent(school)

    def second(go):
        assert readings.sweep(school.engine, school.http, school.course, lambda: school.now) == 0
        return go()

    school.http.faults.append(second)
    assert sweep(school) == 1
    assert stands(school, student)[0] == "confirmed"


def test_a_worker_that_died_is_followed_by_another(school: School):
    student = sent(school)
    school.forward(seconds=61)
    with transaction(school.engine) as session:
        assert drift_queries.claim(session, line_item_of(school), school.now, school.now + readings.CLAIM)
    assert sweep(school, minutes=9) == 0
    assert sweep(school, minutes=2) == 1
    assert stands(school, student)[0] == "confirmed"


def test_who_is_told_to_stop_begins_no_other_column(school: School):
    sent(school)
    school.forward(seconds=61)
    assert readings.sweep(school.engine, school.http, school.course, lambda: school.now, lambda: True) == 0


def line_item_of(school: School) -> int:
    """Number of the one column."""
    with transaction(school.engine) as session:
        return session.query(LineItem).one().id


# --- many platforms -----------------------------------------------------------------------------------------


def columns_of(school: School, issuer: str, count: int) -> int:
    """Another LMS with so many columns to read."""
    with transaction(school.engine) as session:
        urls = {"auth_url": f"{issuer}/a", "token_url": f"{issuer}/t", "jwks_url": f"{issuer}/k"}
        platform = Platform(issuer=issuer, client_id="c", created_at=school.now, **urls)
        deployment = Deployment(platform=platform, deployment_id="1", created_at=school.now)
        context = Context(deployment=deployment, context_id="1", scopes=[SCOPE_RESULT], created_at=school.now)
        session.add(context)
        session.flush()
        for number in range(count):
            column = LineItem(context_id=context.id, node=f"n{number}", url=f"{issuer}/{number}/lineitem")
            session.add(column)
            session.flush()
            session.add(Reading(line_item_id=column.id, due_at=school.now, rest_until=school.now))
        return platform.id


def test_a_large_school_leaves_room_for_a_small_one(school: School):
    large = columns_of(school, "https://large.test", 30)
    small = columns_of(school, "https://small.test", 1)
    with transaction(school.engine) as session:
        found = drift_queries.due(session, school.now, 5, 20)
    assert [one.platform_id for one in found] == [large, small, *[large] * 4]


def test_an_lms_that_is_silent_is_asked_once_and_rests_with_all_its_columns(school: School, monkeypatch):
    give_key(school, monkeypatch)
    silent = columns_of(school, "https://silent.test", 30)
    student = sent(school)
    with transaction(school.engine) as session:
        context = session.query(Context).filter(Context.deployment.has(platform_id=silent)).one()
        session.add(
            Membership(
                person_id=student.person_id, context_id=context.id, role="learner", last_launch_at=school.now
            )
        )
    school.forward(seconds=61)
    before = len(school.http.asked)
    real = school.http._call

    def call(method, url, *about, **more):
        if url.startswith("https://silent.test"):
            school.http.asked.append(url)
            cut(None)
        return real(method, url, *about, **more)

    monkeypatch.setattr(school.http, "_call", call)
    assert sweep(school, seconds=0) == 2
    assert sum("silent" in line for line in school.http.asked[before:]) == 1
    assert stands(school, student)[0] == "confirmed"
    assert sweep(school, minutes=10) == 0
