"""What the LMS shows against what was sent: the same in other words, another grade, or nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain import drift
from lti_tool.domain.drift import LAG, NOTHING, Report, Shown, arrived, foreign, judge, read, same

NOW = datetime(2026, 11, 24, 5, 3, tzinfo=UTC)
PERCENTS = st.integers(0, 100)
MAXIMA = st.one_of(st.sampled_from([1, 3, 7.5, 10, 33.5, 100, 500]), st.integers(1, 1000))
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(["", "80", "1e999", "NaN", "0x1", "９"]),
    st.floats(),
    st.integers(),
    st.lists(st.integers(), max_size=2),
)


def report(state: str = "confirmed", reason: str = "", **parts: object) -> Report:
    """80% was sent an hour ago, with words, and the LMS showed it."""
    usual = {"percent": 80, "comment": "Good.", "delivered_at": NOW - timedelta(hours=1), "overrule": False}
    return Report(state, reason, **{**usual, "shown": 80.0, "shown_words": "Good.", "left": False, **parts})


def result(score: object, maximum: object = 100, comment: object = "Good.") -> Shown:
    """What a result with these says."""
    return read({"resultScore": score, "resultMaximum": maximum, "comment": comment})


# --- reading ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_result", "is_ours"),
    [
        ({"resultScore": 80, "resultMaximum": 100}, True),
        ({"resultScore": 32, "resultMaximum": 40}, True),
        ({"resultScore": 0.8}, True),
        ({"resultScore": "80", "resultMaximum": "100"}, True),
        ({"resultScore": 79, "resultMaximum": 100}, False),
        ({"resultScore": 80.4, "resultMaximum": 100}, False),
        ({"resultScore": 80, "resultMaximum": 100, "comment": "Read again"}, False),
        ({"resultScore": 80, "resultMaximum": 0}, False),
        ({"resultScore": 80, "resultMaximum": -100}, False),
        ({"resultScore": "eighty"}, False),
        ({"resultScore": True}, False),
        ({"resultScore": None, "resultMaximum": 100}, False),
        ({"resultScore": [80], "resultMaximum": {}}, False),
        ({}, False),
    ],
)
def test_a_result_is_compared_whatever_an_lms_writes(given_result, is_ours):
    assert arrived(read(given_result), 80, "") is is_ours


def test_a_result_with_an_older_comment_has_not_arrived():
    """A second grading with the same percent and another comment must still arrive."""
    shown = {"resultScore": 80, "resultMaximum": 100, "comment": "Good.\r\n Go on"}
    assert arrived(read(shown), 80, "Good. Go on")
    assert not arrived(read(shown), 80, "Better.")
    assert not arrived(read({**shown, "comment": None}), 80, "Good. Go on")


@given(
    st.dictionaries(
        st.sampled_from(["resultScore", "resultMaximum", "comment", "timestamp", "scoringUserId"]), JUNK
    )
)
def test_no_result_is_too_strange_to_be_read(members):
    shown = read(members)
    assert judge(report(), shown, NOW)[0] in {"confirmed", "drifted"}


def test_when_and_by_whom_is_read_where_the_lms_tells():
    shown = read(
        {
            "resultScore": 1,
            "timestamp": "2026-11-24T14:00:00+09:00",
            "scoringUserId": 7,
            "comment": "<p>A&amp;B</p>",
        }
    )
    assert (shown.since, shown.by, shown.words) == (datetime(2026, 11, 24, 5, tzinfo=UTC), "7", "A&B")
    assert read({"resultScore": 1, "timestamp": "yesterday"}).since is None
    assert read({"resultScore": 1, "timestamp": "2026-11-24T14:00:00"}).since is None, "of which zone?"


# --- the same -----------------------------------------------------------------------------------------------


@given(PERCENTS, MAXIMA, st.integers(2, 10))
def test_ours_is_recognised_out_of_any_maximum_and_rounded_to_two_decimals_or_more(
    percent, maximum, decimals
):
    score = round(percent * maximum / 100, decimals)
    assert same(result(score, maximum), percent, "Good.")


@given(PERCENTS, PERCENTS, MAXIMA)
def test_another_percent_is_never_taken_for_ours(ours, theirs, maximum):
    if ours != theirs:
        assert not same(result(theirs * maximum / 100, maximum), ours, "Good.")


@given(PERCENTS, st.sampled_from([1, 5, 10]))
def test_a_small_scale_does_not_hide_a_correction(percent, maximum):
    """A teacher gives the next whole point; as if it had been rounded."""
    given_points = round(percent * maximum / 100)
    assert same(result(given_points, maximum), percent, "Good.") == (given_points * 100 == percent * maximum)


@given(
    st.text("ab é 。<>&;", max_size=300),
    st.sampled_from(["{}", "<p>{}</p>", " {}\r\n", "<div><b>{}</b></div>\0"]),
)
def test_a_comment_is_ours_in_other_markup(words, markup):
    plain = drift.plain(words)
    assert same(result(80, 100, markup.format(plain)), 80, plain) or plain != drift.plain(plain)


def test_comments_that_differ():
    long = "A long comment. " * 40
    assert same(result(80, 100, None), 80, "Good."), "many tell no comments"
    assert same(result(80, 100, long[:255]), 80, long), "cut short"
    assert not same(result(80, 100, "Goo"), 80, "Good.")
    assert not same(result(80, 100, "See me."), 80, "")


# --- foreign ------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(PERCENTS, st.sampled_from(["", "Good."])), min_size=1), MAXIMA, st.data())
def test_none_of_our_own_is_foreign(own, maximum, data):
    percent, comment = data.draw(st.sampled_from(own))
    assert not foreign(result(percent * maximum / 100, maximum, comment), own)


def test_what_was_never_ours_is_foreign_and_nothing_is_not():
    assert foreign(result(70), [(80, "Good."), (60, "")])
    assert foreign(result(80, comment="Better."), [(80, "Good.")])
    assert not foreign(NOTHING, [(80, "Good.")])


# --- judgement ----------------------------------------------------------------------------------------------

STATES = [
    ("delivered", ""),
    ("confirmed", ""),
    ("drifted", ""),
    ("drifted", "kept"),
    ("drifted", "overridden"),
    ("held", "not-shown"),
    ("not_applicable", "left"),
]


@pytest.mark.parametrize(("state", "reason"), STATES)
def test_ours_is_confirmed_wherever_it_was(state, reason):
    assert judge(report(state, reason), result(80), NOW) == ("confirmed", "")


@pytest.mark.parametrize(("state", "reason"), STATES)
def test_another_grade_has_drifted_and_only_what_a_teacher_kept_stays_kept(state, reason):
    assert judge(report(state, reason), result(95), NOW) == ("drifted", "kept" if reason == "kept" else "")


def test_a_grade_that_the_lms_keeps_against_the_teachers_choice_says_so():
    chosen = report("delivered", overrule=True, shown=95.0)
    assert judge(chosen, result(95), NOW) == ("drifted", "overridden")
    assert judge(chosen, result(95, comment=None), NOW) == ("drifted", "overridden")
    assert judge(chosen, result(70), NOW) == ("drifted", ""), "somebody gave another one since"
    assert judge(chosen, result(95, comment="Now with words"), NOW) == ("drifted", "")


def test_an_lms_may_need_a_moment_to_show_a_grade_but_not_longer():
    before, after = (
        report("delivered", delivered_at=NOW - LAG / 2),
        report("delivered", delivered_at=NOW - LAG),
    )
    assert judge(before, NOTHING, NOW) == ("delivered", "")
    assert judge(after, NOTHING, NOW) == ("held", "not-shown")
    assert judge(report("held", "not-shown"), NOTHING, NOW) == ("held", "not-shown")


def test_a_grade_that_was_shown_and_is_no_more_has_drifted():
    assert judge(report(), NOTHING, NOW) == ("drifted", "")
    assert judge(report("drifted", "kept", shown=None), NOTHING, NOW) == ("drifted", "kept"), "none was kept"
    assert judge(report("drifted", "kept", shown=95.0), NOTHING, NOW) == ("drifted", ""), "that was not kept"


def test_who_left_has_no_grade_and_gets_it_back_with_the_place():
    assert judge(report(left=True), NOTHING, NOW) == ("not_applicable", "left")
    assert judge(report("drifted", left=True), NOTHING, NOW) == ("not_applicable", "left")
    assert judge(report("not_applicable", "left", left=True), NOTHING, NOW) == ("not_applicable", "left")
    assert judge(report("not_applicable", "left"), NOTHING, NOW) == ("queued", "")
    assert judge(report(left=True), result(80), NOW) == ("confirmed", ""), "the LMS still shows it"


@given(
    st.sampled_from(STATES),
    PERCENTS,
    st.booleans(),
    st.booleans(),
    st.one_of(st.none(), PERCENTS.map(float)),
    PERCENTS,
)
def test_a_grade_of_a_person_is_never_sent_over_by_a_look(where, ours, overrule, left, before, theirs):
    """Only a place that shows nothing is filled again; whatever else is there, a person decides."""
    seen = report(*where, percent=ours, overrule=overrule, left=left, shown=before)
    state, _reason = judge(seen, result(theirs), NOW)
    assert state == ("confirmed" if ours == theirs else "drifted")
