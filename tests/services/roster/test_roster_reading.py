"""When the class list of the LMS is read, by whom, and what is told when it cannot be."""

import threading
import time
from datetime import datetime, timedelta

import pytest
from support.courses import tiny_course
from support.rosters import Classroom, members_page
from werkzeug.wrappers import Response

from lti_tool.demo.messages import AGS_SCOPES, SCOPES
from lti_tool.errors import AccessDenied, Conflict
from lti_tool.lti import nrps
from lti_tool.lti.claims import SCOPE_NRPS
from lti_tool.services import roster
from lti_tool.services.roster import RosterState
from lti_tool.services.who import Who
from lti_tool.storage import roster_queries
from lti_tool.storage.db import transaction
from lti_tool.storage.platforms import Platform
from lti_tool.worker import Works, run

# --- differences -------------------------------------------------------------------------------------------


def test_between_whole_lists_only_differences_are_read(room: Classroom) -> None:
    """NRP-06, NRP-09: who is not among them has not left; who is deleted there has."""
    address = room.lms.memberships_url("2")
    room.gate.broken[1] = members_page("5", "6", link=f'<{address}?Since=1>; rel="differences"')
    room.gate.broken[2] = members_page("6", status="Deleted")
    room.read()
    room.forward(hours=21)
    room.read()
    assert room.gate.asked == ["limit=500", "Since=1"]
    found = room.members()
    assert {sub: found[sub].status for sub in ("5", "6")} == {"5": "active", "6": "left"}
    assert room.state() == RosterState("read", "", 1, room.now)
    room.forward(days=7)
    room.launch("3", "instructor")
    room.read()
    assert room.gate.asked[2] == "limit=500", "once a week the whole list shows who is missing"


def test_when_differences_fail_the_whole_list_is_read(room: Classroom) -> None:
    """NRP-09."""
    address = room.lms.memberships_url("2")
    room.gate.broken[1] = members_page("5", link=f'<{address}?Since=1>; rel="differences"')
    room.gate.broken[2] = Response("", 404)
    room.read()
    room.forward(hours=21)
    room.read()
    assert room.gate.asked == ["limit=500", "Since=1", "limit=500"]
    assert room.state() == RosterState("read", "", 4, room.now)


# --- when --------------------------------------------------------------------------------------------------


def test_a_list_is_read_once_a_night(room: Classroom) -> None:
    assert [room.read(), room.read()] == [1, 0]
    room.forward(hours=19)
    assert room.read() == 0
    room.forward(hours=1)
    assert room.read() == 1


def test_a_course_nobody_opens_is_left_alone_until_somebody_does(room: Classroom) -> None:
    room.forward(days=31)
    assert room.read() == 0
    assert room.gate.asked == []
    room.launch("3", "instructor")
    room.forward(hours=21)
    assert room.read() == 1


def test_a_failure_is_tried_again_an_hour_later_or_when_the_lms_says(room: Classroom) -> None:
    room.lms.faults.set("unavailable")
    assert room.read() == 1
    assert room.state() == RosterState("failed", "token", 0, None)
    room.lms.faults.set("none")
    room.forward(minutes=59)
    assert room.read() == 0
    room.gate.broken[1] = Response("", 503, {"Retry-After": "7200"})
    room.forward(minutes=1)
    assert room.read() == 1
    assert room.state().reason == "unreachable"
    room.gate.mend()
    room.forward(minutes=119)
    assert room.read() == 0
    room.forward(minutes=1)
    assert room.read() == 1
    assert room.state().state == "read"


def test_the_teacher_has_it_read_at_once(room: Classroom) -> None:
    room.read()
    room.forward(minutes=5)
    room.wish()
    room.wish()
    assert room.state() == RosterState("running", "", 4, room.now - timedelta(minutes=5))
    assert room.read() == 1
    assert room.state().synced_at == room.now
    assert room.read() == 0


def test_of_several_workers_one_reads(room: Classroom) -> None:
    start, done = threading.Barrier(3), []

    def work() -> None:
        start.wait()
        done.append(roster.sync(room.engine, room.http, room.context_id, room.now))

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done) == [False, False, True]
    assert len(room.gate.asked) == 1


def test_a_list_whose_worker_died_is_read_by_another(room: Classroom) -> None:
    with transaction(room.engine) as session:
        assert roster_queries.claim(session, room.context_id, room.now, room.now + roster.CLAIM)
    assert room.read() == 0
    assert room.state().state == "running"
    room.forward(minutes=10, seconds=1)
    assert room.read() == 1


def test_no_transaction_is_open_while_the_lms_is_asked(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow LMS must not keep anybody from the database."""
    read_all, held = nrps.read_all, []

    def watched(*about: object) -> nrps.Roster:
        held.append(room.engine.pool.checkedout())  # type: ignore[attr-defined]
        return read_all(*about)  # type: ignore[arg-type]

    monkeypatch.setattr(nrps, "read_all", watched)
    room.read()
    assert held == [0]


def test_a_mistake_with_one_list_is_told_and_keeps_no_other_from_being_read(
    room: Classroom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*about: object) -> nrps.Roster:
        raise ZeroDivisionError

    monkeypatch.setattr(nrps, "read_all", broken)
    assert room.read() == 1
    assert room.state().reason == "fault"
    assert "could not be kept" in caplog.text


def test_a_worker_told_to_stop_begins_no_list(room: Classroom) -> None:
    assert roster.sync_due(room.engine, room.http, lambda: room.now, lambda: True) == 0
    assert room.gate.asked == []


def test_the_worker_reads_lists_beside_its_other_work(room: Classroom) -> None:
    """A list that takes long keeps no grade waiting; at the end it is let finish."""
    stop, ticks = threading.Event(), []
    both = threading.Barrier(2, timeout=20)

    def clock() -> datetime:
        ticks.append(threading.current_thread().name)
        return room.now

    def work() -> None:
        run(Works(room.engine, room.http, tiny_course(), clock), stop)

    room.gate.arrived = both.wait  # the list is asked for ...
    worker = threading.Thread(target=work)
    worker.start()
    while not room.gate.asked:
        time.sleep(0.01)
    seen = ticks.count(worker.name)
    while ticks.count(worker.name) <= seen:  # ... and the worker goes on meanwhile
        time.sleep(0.01)
    stop.set()
    both.wait()
    worker.join()
    assert room.state().state == "read"


def test_a_platform_that_is_switched_off_or_silent_is_left_alone(room: Classroom) -> None:
    for values in (
        {"disabled_at": room.now},
        {"disabled_at": None, "quiet_until": room.now + timedelta(hours=1)},
    ):
        with transaction(room.engine) as session:
            session.query(Platform).update(values)
        assert room.read() == 0
    room.forward(hours=1)
    assert room.read() == 1


# --- permission --------------------------------------------------------------------------------------------


def test_an_lms_that_offers_no_list_is_not_asked(room: Classroom) -> None:
    """NRP-01: there is nothing to read, and nothing to press."""
    room.change(memberships_url="")
    assert room.read() == 0
    assert room.state() == RosterState("off")
    with pytest.raises(Conflict, check=lambda error: error.code == "no-list"):
        room.wish()


@pytest.mark.parametrize("refusal", ["invalid_scope", "fewer"])
def test_a_scope_that_is_not_granted_is_told(
    room: Classroom, refusal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CERT-N05: as the LMS says it, or as it grants something else; and all is well once it is granted."""
    room.grant(*AGS_SCOPES)
    if refusal == "fewer":
        monkeypatch.setattr(nrps, "SCOPES", frozenset({SCOPE_NRPS, *AGS_SCOPES}))
    room.read()
    assert room.state().reason == {"invalid_scope": "scope", "fewer": "refused"}[refusal]
    room.grant(*SCOPES)
    room.wish()
    room.read()
    assert room.state().state == "read"


def test_a_token_that_the_lms_does_not_know_any_more_is_replaced(room: Classroom) -> None:
    """CERT-N04."""
    room.read()
    room.lms.tokens._held.clear()
    room.wish()
    room.read()
    assert room.state() == RosterState("read", "", 4, room.now)
    assert len(room.gate.asked) == 3


def test_an_lms_at_a_forbidden_address_is_not_called(room: Classroom) -> None:
    """ATK-03: the address of the list is checked like every other."""
    room.read()
    room.change(memberships_url="http://192.168.0.1/memberships")
    room.wish()
    room.read()
    assert room.state().reason == "address"


def test_a_dropped_connection_is_told(room: Classroom) -> None:
    room.read()
    room.lms.faults.set("drop")
    room.wish()
    room.read()
    assert room.state().reason == "unreachable"


@pytest.mark.parametrize("role", ["learner", "observer"])
def test_the_list_is_for_staff(room: Classroom, role: str) -> None:
    """NRP-16."""
    with transaction(room.engine) as session, pytest.raises(AccessDenied):
        roster.state(session, Who(1, room.context_id, role))


@pytest.mark.parametrize("role", ["learner", "observer", "assistant"])
def test_teachers_only_have_it_read(room: Classroom, role: str) -> None:
    """NRP-16."""
    with transaction(room.engine) as session, pytest.raises(AccessDenied):
        roster.request(session, Who(1, room.context_id, role), room.now)
