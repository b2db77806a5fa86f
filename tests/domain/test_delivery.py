"""What an LMS's answer to a score means, and how long to wait."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.delivery import (
    LONGEST_WAIT,
    LONGEST_WISH,
    MOST_RESTAMPS,
    PATIENCE,
    Verdict,
    hopeless,
    judge,
    quiet,
    restamp,
    stamp,
    wait,
)


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, "", Verdict("delivered")),
        (201, "{}", Verdict("delivered")),
        (204, "", Verdict("delivered")),
        (200, "\n<!DOCTYPE", Verdict("retry")),
        (200, "<html lang", Verdict("retry")),
        (400, "[]", Verdict("not_applicable", "not-gradable")),
        (401, "", Verdict("new_token")),
        (403, "", Verdict("held", "refused")),
        (404, "", Verdict("find_column")),
        (408, "", Verdict("retry")),
        (409, "[]", Verdict("restamp")),
        (413, "", Verdict("held", "refused")),
        (422, "", Verdict("held", "refused")),
        (429, "", Verdict("retry")),
        (302, "", Verdict("held", "refused")),
        (500, " []\n", Verdict("held", "column-locked")),
        (500, "<html>", Verdict("retry")),
        (503, "[]", Verdict("retry")),
        (599, "", Verdict("retry")),
    ],
)
def test_every_answer_has_its_verdict(status, body, verdict):
    assert judge(status, body) == verdict


@given(st.integers(100, 999), st.text())
def test_an_answer_never_leaves_a_score_without_a_verdict(status, body):
    verdict = judge(status, body)
    assert (verdict.outcome in {"held", "not_applicable"}) == bool(verdict.reason)


def test_waiting_doubles_up_to_a_quarter_of_an_hour():
    assert [wait(tries, None, 1.0) for tries in range(4)] == [5, 10, 20, 40]
    assert wait(50, None, 1.0) == LONGEST_WAIT


def test_waiting_is_spread_so_that_not_all_come_at_once():
    assert wait(3, None, 0.0) == 20
    assert wait(3, None, 0.5) == 30


def test_the_lms_may_ask_for_more_time_but_not_for_ever():
    assert wait(0, 120, 0.0) == 120
    assert wait(6, 1, 1.0) == 320, "never sooner than we would ourselves"
    assert wait(0, 1e9, 0.0) == LONGEST_WISH


def test_a_platform_is_left_alone_after_some_failures_in_a_row():
    assert [quiet(failures, None, 1.0) for failures in range(1, PATIENCE)] == [None] * (PATIENCE - 1)
    assert quiet(PATIENCE, None, 1.0) == 5
    assert quiet(PATIENCE + 2, None, 1.0) == 20
    assert quiet(1, 60, 1.0) == 60, "or at once when it asks for it"


def test_only_refusals_without_end_are_hopeless():
    assert hopeless([409] * MOST_RESTAMPS)
    assert not hopeless([409] * (MOST_RESTAMPS - 1))
    assert not hopeless([*[409] * (MOST_RESTAMPS - 1), 503])
    assert hopeless([*[409] * MOST_RESTAMPS, 503])


NOW = datetime(2026, 11, 24, 3, 0, 0, 400_000, tzinfo=UTC)
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(  # noqa: DTZ001 - made aware at once
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)


def test_a_score_keeps_its_time_unless_that_lies_in_the_future_of_the_lms():
    earlier, later = NOW - timedelta(days=1), NOW + timedelta(minutes=5)
    assert stamp(earlier, NOW, None) == earlier
    assert stamp(later, NOW, None) == NOW.replace(microsecond=0)


@given(TIMES, TIMES, st.none() | TIMES)
def test_the_time_of_a_score_rises_and_is_not_ahead_of_the_lms_if_that_can_be(wanted, there, sent):
    wanted = wanted if sent is None else max(wanted, sent + timedelta(seconds=1))  # as every wish is
    found = stamp(wanted, there, sent)
    assert found <= wanted
    assert sent is None or found > sent
    assert found <= there or (sent is not None and found == sent + timedelta(seconds=1))


@given(TIMES, TIMES)
def test_a_score_called_late_gets_a_later_time_and_the_lms_s_own_at_least(refused, there):
    found = restamp(refused, there)
    assert found > refused
    assert found >= there
