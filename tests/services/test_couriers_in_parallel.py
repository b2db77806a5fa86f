"""Many scores at once: how many, whose turn it is, and what a silent LMS may hold up."""

import threading
from typing import Any

import pytest
from support.delivering import BASE, School, answering, cut, give_key
from support.parallel import PATIENCE, Quick, add_platform, eventually, sending, states

from lti_tool.lti.claims import SCOPE_SCORE
from lti_tool.lti.http import Answer
from lti_tool.services import delivery
from lti_tool.storage.db import transaction
from lti_tool.storage.people import Context
from lti_tool.storage.platforms import Platform
from lti_tool.storage.scores import AccessToken, LineItem, ScoreDelivery, ScoreReport


@pytest.mark.parametrize("at_once", [1, 8])
def test_so_many_are_sent_at_once_and_no_more(school: School, at_once):
    add_platform(school, "a", {"one": 40})
    together = threading.Barrier(at_once)
    school.http = Quick(lambda _url: together.wait(PATIENCE))
    assert school.courier(at_once=at_once).send_due() == 40, "each waits until so many are there"
    assert school.http.most == {"a.test": at_once}
    assert states(school) == {"delivered": 40}


def test_two_workers_keep_to_the_cap_together(school: School):
    add_platform(school, "a", {"one": 30})
    go_on = threading.Event()
    http = Quick(lambda _url: go_on.wait(PATIENCE))
    with sending(school, http, at_once=4):
        eventually(lambda: http.sent("a.test") == 4)
        assert school.courier(at_once=4).send_due() == 0
        assert http.sent("a.test") == 4
        go_on.set()
    assert (http.most, states(school)) == ({"a.test": 4}, {"delivered": 30})


def test_two_workers_share_the_platforms(school: School, monkeypatch):
    """Who is busy at one leaves the others to whoever comes."""
    monkeypatch.setattr(delivery, "LOOK", 1000.0)
    add_platform(school, "a", {"one": 1})
    go_on = threading.Event()
    http = Quick(lambda url: "a.test" not in url or go_on.wait(PATIENCE))
    with sending(school, http):
        eventually(lambda: http.sent("a.test") == 1)
        add_platform(school, "b", {"one": 3})
        assert school.courier().send_due() == 3
        go_on.set()
    assert (http.sent("b.test"), states(school)) == (3, {"delivered": 4})


def test_a_course_with_many_scores_keeps_no_other_waiting(school: School):
    add_platform(school, "a", {"large": 300, "small": 1, "middle": 3})
    school.http = Quick()
    school.courier(at_once=1).send_due()
    small = next(number for number, url in enumerate(school.http.urls) if "small" in url)
    middle = [number for number, url in enumerate(school.http.urls) if "middle" in url]
    assert small < 3
    assert middle[-1] < 9


def test_a_score_that_comes_in_the_middle_of_a_backlog_takes_its_turn(school: School, monkeypatch):
    monkeypatch.setattr(delivery, "LOOK", 0.0)
    monkeypatch.setattr(delivery, "MODERATION", 0.0)
    add_platform(school, "a", {"large": 200})
    came = threading.Event()

    def gate(_url: str) -> None:
        if not came.is_set() and school.http.sent("large") == 20:
            came.set()
            with transaction(school.engine) as session:
                platform = session.query(Platform).filter_by(issuer="http://a.test").one()
                context = Context(
                    deployment=platform.deployments[0],
                    context_id="new",
                    scopes=[SCOPE_SCORE],
                    created_at=school.now,
                )
                column = LineItem(context=context, node="n", url="http://a.test/new")
                session.add(column)
                session.flush()
                row = session.query(ScoreReport).order_by(ScoreReport.id.desc()).first()
                row.line_item_id = column.id

    school.http = Quick(gate)
    assert school.courier(at_once=1).send_due() == 200
    place = next(number for number, url in enumerate(school.http.urls) if "/new" in url)
    assert place < 60


def test_one_silent_lms_of_ten_holds_up_its_own_calls_only(school: School):
    """Acceptance 3: the nine others have everything while the tenth still hangs in its own calls."""
    for number in range(9):
        add_platform(school, f"well{number}", {"one": 20})
    add_platform(school, "silent", {"one": 20})
    answer = threading.Event()
    http = Quick(lambda url: "silent" not in url or answer.wait(PATIENCE))
    with sending(school, http, at_once=4):
        eventually(lambda: states(school).get("delivered", 0) == 180)
        assert http.sent("silent") == 4
        answer.set()
    assert states(school) == {"delivered": 200}


def test_when_the_pause_is_over_one_call_alone_finds_out_whether_the_lms_is_back(school: School):
    number = add_platform(school, "a", {"one": 30, "two": 30})
    failing = {"on": True}

    def gate(_url: str) -> None:
        if failing["on"]:
            cut(lambda: Answer("POST", BASE, 200, "", {}, b""))

    school.http = Quick(gate)
    school.courier(at_once=8).send_due()
    assert 8 <= school.http.sent("a.test") < 24, "those under way when the gate shut"
    for _ in range(3):
        sent = school.http.sent("a.test")
        assert school.courier(at_once=8).send_due() == 0
        school.forward(minutes=6)
        assert school.courier(at_once=8).send_due() == 1
        assert school.http.sent("a.test") == sent + 1
    failing["on"] = False
    school.forward(hours=1)
    alone = school.http.sent("a.test")
    first = threading.Event()

    def probe(_url: str) -> None:
        if school.http.sent("a.test") == alone + 1:
            assert not first.wait(0.3), "nobody else goes while it is under way"
        else:
            first.set()

    school.http.gate = probe
    school.courier(at_once=8).send_due()
    assert states(school) == {"delivered": 60}
    with transaction(school.engine) as session:
        platform = session.get_one(Platform, number)
        assert (platform.failures, platform.quiet_until, platform.sender) == (0, None, "")


def test_many_that_need_a_token_fetch_one(school: School, monkeypatch):
    give_key(school, monkeypatch)
    students = [school.student(str(number)) for number in range(5, 25)]
    for student in students:
        school.want(student, 80)
    school.change(AccessToken, token="forgotten")
    assert school.courier(at_once=8).send_due() == 20
    assert school.http.asked.count("POST /token") == 1


def test_many_that_get_no_token_ask_once_a_round(school: School, monkeypatch):
    """They wait for one answer, and hear it together: the LMS is not asked by each of them in turn."""
    give_key(school, monkeypatch)
    for number in range(5, 13):
        school.want(school.student(str(number)), 80)
    school.change(AccessToken, expires_at=school.now)
    school.http.always = answering(503)
    school.courier(at_once=8).send_due()
    assert school.http.asked.count("POST /token") <= 8
    assert states(school) == {"queued": 8}


def test_a_worker_told_to_stop_begins_nothing_and_lets_what_is_under_way_arrive(school: School):
    add_platform(school, "a", {"one": 50})
    stop, go_on = threading.Event(), threading.Event()
    http = Quick(lambda _url: go_on.wait(PATIENCE))
    with sending(school, http, stop, at_once=4):
        eventually(lambda: http.sent("a.test") == 4)
        stop.set()
        eventually(lambda: states(school) == {"sending": 4, "queued": 46})
        go_on.set()
    assert http.sent("a.test") == 4
    assert states(school) == {"delivered": 4, "queued": 46}
    with transaction(school.engine) as session:
        assert {row.sender for row in session.query(Platform)} == {""}
        assert not session.query(ScoreReport).filter(ScoreReport.claimed_until.is_not(None)).count()


def test_calls_that_never_end_do_not_keep_a_worker_from_stopping(school: School, monkeypatch):
    monkeypatch.setattr(delivery, "GRACE", 0.1)
    add_platform(school, "a", {"one": 5})
    stop, never = threading.Event(), threading.Event()
    http = Quick(lambda _url: never.wait(PATIENCE))
    with sending(school, http, stop, at_once=2):
        eventually(lambda: http.sent("a.test") == 2)
        stop.set()
    assert states(school) == {"sending": 2, "queued": 3}
    never.set()
    school.forward(minutes=6)
    school.http = Quick()
    assert school.send() == 5
    assert states(school) == {"delivered": 5}


def test_an_outcome_that_no_database_takes_costs_no_other(school: School, monkeypatch, caplog):
    add_platform(school, "a", {"one": 6})
    from_row = delivery.outcomes._try

    def broken(job: Any, result: Any, now: Any) -> dict[str, object]:
        values = from_row(job, result, now)
        return {**values, "outcome": None} if job.sub == "one-3" else values

    monkeypatch.setattr(delivery.outcomes, "_try", broken)
    school.http = Quick()
    together = threading.Barrier(6)
    school.http.gate = lambda _url: together.wait(PATIENCE)
    school.courier(at_once=6).send_due()
    assert states(school) == {"delivered": 5, "sending": 1}
    assert "could not be recorded" in caplog.text
    with transaction(school.engine) as session:
        assert session.query(ScoreDelivery).count() == 5
