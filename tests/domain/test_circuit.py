"""An LMS that fails is left alone, and one call finds out whether it is back."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.circuit import Gate
from lti_tool.domain.delivery import LONGEST_PAUSE, LONGEST_WISH, PATIENCE

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def failing(gate: Gate, times: int, *, at_once: int = 8, retry_after: float | None = None) -> Gate:
    """After so many failures of calls begun just then."""
    for _ in range(times):
        gate = gate.after_failure(gate.era, retry_after, NOW, at_once, 1.0)
    return gate


def test_every_connection_may_fail_once_before_the_gate_shuts():
    assert failing(Gate(), 7).width(NOW, 8) == 8
    assert failing(Gate(), 8).width(NOW, 8) == 0
    assert failing(Gate(), PATIENCE, at_once=1).width(NOW, 1) == 0, "but a lone one more than once"


def test_an_answer_in_between_begins_the_count_anew():
    gate = failing(failing(Gate(), 7).after_success(0), 7)
    assert gate.width(NOW, 8) == 8


def test_when_the_pause_is_over_one_call_goes_out_and_its_success_opens_the_gate():
    shut = failing(Gate(), 8)
    later = shut.quiet_until
    assert later is not None
    assert shut.width(later, 8) == 1
    assert shut.after_success(shut.era).width(later, 8) == 8
    again = shut.after_failure(shut.era, None, later, 8, 1.0)
    assert again.width(later, 8) == 0
    assert again.quiet_until - later > shut.quiet_until - NOW, "and its failure makes the pause longer"


def test_what_comes_back_of_calls_begun_before_opens_nothing_and_counts_for_nothing():
    shut = failing(Gate(), 8)
    assert shut.after_success(0) == shut
    assert shut.after_failure(0, None, NOW, 8, 1.0) == shut


def test_an_lms_that_asks_for_time_gets_it_at_once_and_the_longest_wish_counts():
    shut = failing(Gate(), 1, retry_after=60)
    assert shut.quiet_until == NOW + timedelta(seconds=60)
    assert shut.width(NOW + timedelta(seconds=60), 8) == 1, "then one call asks"
    assert shut.after_failure(0, 90, NOW, 8, 1.0).quiet_until == NOW + timedelta(seconds=90)
    assert shut.after_failure(0, 30, NOW, 8, 1.0) == shut


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 3), st.none() | st.floats(0, 1e9), st.integers(0, 4000)),
        max_size=60,
    ),
    st.integers(1, 64),
    st.floats(0, 1),
)
def test_whatever_comes_back_the_gate_is_never_shut_for_ever(calls, at_once, jitter):
    """And no result of an older era makes it wider."""
    gate, now = Gate(), NOW
    for good, age, retry_after, seconds in calls:
        now += timedelta(seconds=seconds)
        era = max(0, gate.era - age)
        width = gate.width(now, at_once)
        after = (
            gate.after_success(era) if good else gate.after_failure(era, retry_after, now, at_once, jitter)
        )
        assert after.width(now, at_once) <= width or (good and era == gate.era)
        gate = after
    assert gate.width(now + timedelta(seconds=max(LONGEST_PAUSE, LONGEST_WISH)), at_once) >= 1
