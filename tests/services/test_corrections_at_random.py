"""Submissions, corrections in the LMS, choices, sweeps and faults in any order: no correction is ever lost silently."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.delivering import School, answering, begin_anew, cut, lost, through
from support.reading import stands, sweep, teacher

from lti_tool.demo.state import Grade
from lti_tool.services import drift
from lti_tool.services.who import Who
from lti_tool.storage.db import transaction
from lti_tool.storage.scores import ScoreReport

HOURS = 25

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("want"), st.integers(0, 100)),
        st.tuples(st.just("correct"), st.integers(0, 99)),
        st.tuples(st.just("delete"), st.just(0)),
        st.tuples(st.just("keep"), st.just(0)),
        st.tuples(st.just("send_ours"), st.just(0)),
        st.tuples(st.just("send"), st.integers(1, 1200)),
        st.tuples(st.just("sweep"), st.sampled_from([61, 700, HOURS * 3600])),
        st.tuples(st.just("fault"), st.sampled_from(["lost", "cut", "busy", "late"])),
    ),
    max_size=20,
)
"""Whatever may happen, in any order. Four of five stories have a correction that was seen."""


@dataclass
class Story:
    """One student, one teacher, an LMS in which the next score replaces any grade."""

    school: School
    student: Who
    who: Who
    given: float | None = None
    """What a person entered, as long as nobody has chosen to send ours over it."""
    done: list[str] = field(default_factory=list)

    def take(self, kind: str, what: Any) -> None:
        """One thing happens."""
        self.done.append(f"{kind} {what}")
        getattr(self, kind)(what)

    def fault(self, name: str) -> None:
        def late(go):
            """Only a score can be late."""
            return (answering(409) if self.school.http.asked[-1].endswith("/scores") else through)(go)

        faults = {"lost": lost, "cut": cut, "busy": answering(503), "late": late}
        self.school.http.faults.append(faults[name])

    def want(self, percent: int) -> None:
        self.school.want(self.student, percent)

    def correct(self, whole: int) -> None:
        """No grade of ours has a fraction."""
        self._write(whole + 0.25)

    def delete(self, _number: int) -> None:
        self.given = None
        with self.school.lms.state.change() as data:
            data.erase_grade(self.school.column().id, "5")

    def send(self, seconds: int) -> None:
        self.school.send()
        self.school.forward(seconds=seconds)

    def sweep(self, seconds: int) -> None:
        sweep(self.school, seconds=seconds)

    def keep(self, _number: int) -> None:
        self._choose(drift.keep)

    def send_ours(self, _number: int) -> None:
        row = self._choose(drift.send_ours)
        if row is not None and row.shown == self.given:
            self.given = None

    def _choose(self, choose) -> ScoreReport | None:
        with transaction(self.school.engine) as session:
            row = session.query(ScoreReport).one_or_none()
            if row is None or row.state != "drifted":
                return None
            choose(session, self.who, row.id, self.school.now)
            return row

    def _write(self, score: float) -> None:
        """Where the LMS has a grade of ours: nobody corrects what is not there."""
        with self.school.lms.state.change() as data:
            grade = data.grade(self.school.column().id, "5")
            if grade is not None:
                data.keep_grade(Grade(grade.column, "5", score, "", grade.timestamp, grade.received))
                self.given = score


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, seen=st.integers(0, 4))
def test_a_correction_stands_until_somebody_chooses_otherwise(school: School, steps, seen):
    fresh = begin_anew(school)
    story = Story(fresh, fresh.student(), teacher(fresh))
    if seen:
        for kind, number in (("want", 80), ("send", 1), ("correct", 60), ("sweep", HOURS * 3600)):
            story.take(kind, number)
    for kind, number in steps:
        story.take(kind, number)
        shown = fresh.shown()
        if story.given is not None:
            assert shown is not None
            assert shown.score == story.given, story.done
    fresh.http.faults.clear()
    for _ in range(4):
        fresh.forward(hours=25)
        fresh.send()
        sweep(fresh, minutes=11)
    if story.given is not None:
        assert fresh.shown().score == story.given, story.done
        assert stands(fresh, story.student)[::2] == ("drifted", story.given), story.done
