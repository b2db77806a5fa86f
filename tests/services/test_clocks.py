"""The LMS's clock and ours tell different times: scores arrive all the same, and in their order."""

from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import pytest
from support.delivering import School
from support.parallel import Quick, add_platform, states

from lti_tool.lti.http import Answer
from lti_tool.storage.db import transaction
from lti_tool.storage.platforms import Platform
from lti_tool.storage.scores import ScoreReport


class Strict(Quick):
    """An LMS with a clock of its own: it refuses scores of its future, and late ones by 409."""

    def __init__(self, school: School, ahead: timedelta) -> None:
        super().__init__()
        self.school, self.ahead = school, ahead
        self.kept: dict[tuple[str, str], tuple[int, datetime]] = {}
        self.refused = 0

    @property
    def time(self) -> datetime:
        return self.school.now + self.ahead

    def post(self, url: str, *, json: Any, **about: object) -> Answer:
        self.headers = {"Date": format_datetime(self.time, usegmt=True)}
        answer = super().post(url, json=json, **about)
        at, key = datetime.fromisoformat(json["timestamp"]), (url, json["userId"])
        submitted = datetime.fromisoformat(json["submission"]["submittedAt"])
        kept = self.kept.get(key)
        if max(at, submitted) > self.time + timedelta(seconds=1):
            self.refused += 1
            return Answer("POST", url, 400, "", self.headers, b"")
        if kept is not None and at <= kept[1]:
            return Answer("POST", url, 409, "", self.headers, b"")
        self.kept[key] = (json["scoreGiven"], at)
        return answer

    def given(self, url: str, sub: str, percent: int) -> None:
        """Somebody gave a grade there, by the LMS's clock."""
        self.kept[url + "/scores", sub] = (percent, self.time)


def better(school: School, percent: int) -> None:
    """A newer wish for every report."""
    with transaction(school.engine) as session:
        for row in session.query(ScoreReport):
            whole = school.now.replace(microsecond=0)
            row.timestamp = max(whole, row.timestamp + timedelta(seconds=1))
            row.percent, row.submitted_at, row.state, row.next_try_at = (
                percent,
                school.now,
                "queued",
                school.now,
            )


def settle(school: School, at_once: int = 2) -> None:
    """Rounds until nothing waits any more."""
    for _ in range(6):
        school.courier(at_once=at_once).send_due()
        if set(states(school)) == {"delivered"}:
            return
        school.forward(minutes=1)


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_clock_five_minutes_off_ends_well(school: School, minutes):
    add_platform(school, "a", {"one": 6})
    school.http = lms = Strict(school, timedelta(minutes=minutes))
    settle(school)
    assert states(school) == {"delivered": 6}
    for percent in (70, 90):
        school.forward(seconds=20)
        better(school, percent)
        settle(school)
    assert {score for score, _at in lms.kept.values()} == {90}
    assert lms.refused <= 6, "only those that were made ready before its clock was known"
    with transaction(school.engine) as session:
        ahead = session.query(Platform).filter_by(issuer="http://a.test").one().clock_ahead
        assert abs(ahead - minutes * 60) <= 1


def test_a_clock_that_is_known_is_heeded_by_the_next_worker_from_its_first_score_on(school: School):
    add_platform(school, "a", {"one": 1})
    school.http = lms = Strict(school, timedelta(minutes=-5))
    settle(school)
    refused = lms.refused
    school.forward(hours=1)
    better(school, 90)
    school.send()
    assert (lms.refused, states(school)) == (refused, {"delivered": 1})


def test_a_grade_of_the_lms_s_own_later_time_is_overtaken_by_one_new_stamp(school: School):
    """Our clock is behind: what was given there a minute ago lies in our future."""
    add_platform(school, "a", {"one": 1})
    school.http = lms = Strict(school, timedelta(minutes=5))
    lms.given("http://a.test/one", "one-0", 10)
    settle(school)
    assert states(school) == {"delivered": 1}
    assert len(lms.stamps) == 2


def test_times_rise_while_both_clocks_are_off_and_wishes_come_quickly(school: School):
    add_platform(school, "a", {"one": 1})
    school.http = lms = Strict(school, timedelta(minutes=-5))
    for percent in (10, 20, 30, 40):
        better(school, percent)
        settle(school)
        school.forward(seconds=3)
    taken = sorted(set(lms.stamps[lms.refused :]), key=datetime.fromisoformat)
    assert taken == list(dict.fromkeys(lms.stamps[lms.refused :])), "in the order in which they went out"
    assert all(sooner < later for sooner, later in pairwise(taken))
    assert [score for score, _at in lms.kept.values()] == [40]


def test_a_clock_that_is_a_day_off_is_not_believed(school: School):
    add_platform(school, "a", {"one": 1})
    school.http = Strict(school, timedelta(days=400))
    settle(school)
    with transaction(school.engine) as session:
        assert session.query(Platform).filter_by(issuer="http://a.test").one().clock_ahead == 0
        assert session.query(ScoreReport).one().timestamp <= school.now
