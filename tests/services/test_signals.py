"""What is counted and logged of a grade on its way."""

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs
from support.delivering import School, answering
from support.reading import enter, sent, sweep

from lti_tool import tracing
from lti_tool.services import signals
from lti_tool.services.signals import Gauge
from lti_tool.storage.db import open_session
from lti_tool.storage.scores import ScoreReport


@pytest.fixture(autouse=True)
def _outside_of_any_launch() -> None:
    """What another test did in this thread is forgotten."""
    tracing.begin("", "")


def counted(name: str, **labels: str) -> float:
    """A counter of this process."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def gauges(school: School) -> dict[str, Gauge]:
    """The figures of the database."""
    with open_session(school.engine, writes=False) as session:
        return {gauge.name: gauge for gauge in signals.gauges(session, school.now)}


def test_every_try_is_logged_under_the_trace_of_the_launch_that_brought_the_grade(school, monkeypatch):
    student = school.student()
    with tracing.following("0123456789abcdef"):
        school.want(student, 80)
    school.http.faults.append(answering(503))
    told: list[tuple[str, dict]] = []
    monkeypatch.setattr(signals.log, "info", lambda _event, **said: told.append((tracing.current(), said)))
    school.send()
    school.forward(hours=1)
    school.send()
    assert [trace for trace, _ in told] == ["0123456789abcdef"] * 2
    report = school.report(student)
    assert [(said["report"], said["outcome"], said["status"]) for _, said in told] == [
        (report.id, "retry", 503),
        (report.id, "delivered", 200),
    ]
    assert tracing.current() == "", "the next score is another story"


def test_the_same_trace_goes_on_when_what_the_lms_shows_is_read(school, monkeypatch):
    told: list[tuple[str, str, str]] = []

    def note(event: str, **said: object) -> None:
        told.append((tracing.current(), event, str(said["state"])))

    changed = counted("lti_tool_scores_read_total", state="drifted")
    with tracing.following("0123456789abcdef"):
        student = sent(school)
    monkeypatch.setattr(signals.log, "info", note)
    sweep(school)
    enter(school, 95)
    sweep(school, hours=25)
    sweep(school, hours=25)
    assert told == [
        ("0123456789abcdef", "score read", "confirmed"),
        ("0123456789abcdef", "score read", "drifted"),
    ], "once each, and nothing when it stands as before"
    assert school.report(student).state == "drifted"
    assert counted("lti_tool_scores_read_total", state="drifted") == changed + 1


def test_a_newer_grade_is_of_the_newer_launch_and_sending_again_is_not(school):
    student = school.student()
    with tracing.following("a" * 16):
        school.want(student, 80)
    with tracing.following("b" * 16):
        school.want(student, 80)
    assert school.report(student).origin == "a" * 16, "the same grade: nothing new came to be"
    with tracing.following("c" * 16):
        school.want(student, 90)
    assert school.report(student).origin == "c" * 16


def test_no_line_holds_a_name_an_address_or_what_the_lms_said(school):
    student = school.student()
    with capture_logs() as lines:
        school.want(student, 80, comment="for Person 5")
        school.http.faults.append(answering(400, b"User 5 (Hanako) cannot be graded"))
        school.send()
    assert [line["event"] for line in lines] == ["score wanted", "score tried"]
    assert [word for word in ("Person", "Hanako", "http", "comment") if word in str(lines)] == []


def test_tries_are_counted_by_platform_and_outcome(school):
    platform = str(school.platform_id)

    def figures() -> list[float]:
        return [
            counted("lti_tool_deliveries_total", platform=platform, outcome="retry"),
            counted("lti_tool_deliveries_total", platform=platform, outcome="delivered"),
            counted("lti_tool_delivery_seconds_count", platform=platform),
            counted("lti_tool_score_delay_seconds_count", platform=platform),
            counted("lti_tool_score_delay_seconds_sum", platform=platform),
        ]

    before = figures()
    school.want(school.student(), 80)
    school.http.faults.append(answering(503))
    school.send()
    school.forward(hours=1)
    school.send()
    assert [new - old for new, old in zip(figures(), before, strict=True)] == [1, 1, 2, 1, 3600]


def test_what_waits_and_what_is_held_is_told_by_platform(school):
    labels = (str(school.platform_id), "lms.test")
    first, second = school.student("5"), school.student("6")
    school.want(first, 80)
    school.forward(seconds=30)
    school.want(second, 70)
    school.forward(seconds=10)
    found = gauges(school)
    assert found["lti_tool_scores_waiting"].values == [(labels, 2)]
    assert found["lti_tool_oldest_waiting_seconds"].values == [(labels, 40.0)]
    assert found["lti_tool_score_overdue_seconds"].values == [((), 40.0)]
    assert found["lti_tool_scores_held"].values == []
    school.change(ScoreReport, state="held", reason="no-scope")
    found = gauges(school)
    assert found["lti_tool_scores_waiting"].values == [(labels, 0)]
    assert found["lti_tool_oldest_waiting_seconds"].values == [(labels, 0.0)]
    assert found["lti_tool_scores_held"].values == [((*labels, "no-scope"), 2)]
    school.change(ScoreReport, state="drifted", reason="")
    assert gauges(school)["lti_tool_scores_held"].values == [((*labels, "drifted"), 2)]
    school.change(ScoreReport, state="drifted", reason="kept")
    assert gauges(school)["lti_tool_scores_held"].values == [], "a person has decided"


def test_a_platform_that_is_switched_off_has_no_figures(school):
    """Nothing is sent there, so nothing of it can be late."""
    school.want(school.student(), 80)
    with open_session(school.engine, writes=True) as session:
        session.connection().exec_driver_sql("UPDATE platform SET disabled_at = '2026-11-24'")
        assert [gauge.values for gauge in signals.gauges(session, school.now)][1:4] == [[], [], []]
        session.rollback()
