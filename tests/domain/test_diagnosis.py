"""From facts to findings: whatever the facts are, every line is there and says which setting to change."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain import diagnosis
from lti_tool.domain.diagnosis import (
    Asked,
    Failed,
    Finding,
    Told,
    Trial,
    connection,
    diagnose,
    family,
    of_failed,
    of_trial,
)

SCOPES = frozenset({"score", "lineitem", "lineitem.readonly", "result.readonly"})
WELL = Told(
    secure=True,
    framed=True,
    in_frame=True,
    names=True,
    email=True,
    roster=True,
    scopes=SCOPES,
    lineitems=True,
    graded=True,
    lineitem=True,
    waiting=0,
    held=0,
)
ANSWERS = Asked(keys=1, skew=0, granted=SCOPES, column="found")
CHECKS = [
    *("cookies", "names", "email", "roster", "service", "making"),
    *("column", "keys", "clock", "token", "scores"),
]


def line(check: str, asked: Asked | None = ANSWERS, **changes: object) -> Finding:
    """One line of a page on which all is well but `changes`."""
    (found,) = [one for one in diagnose(replace(WELL, **changes), asked) if one.check == check]
    return found


def test_where_all_is_well_no_setting_is_named():
    assert {one.state for one in diagnose(WELL, ANSWERS)} == {"ok"}
    assert {one.setting for one in diagnose(WELL, ANSWERS)} == {""}


@pytest.mark.parametrize(
    ("check", "changes", "state", "reason", "setting"),
    [
        ("cookies", {"secure": False}, "broken", "plain", "https"),
        ("cookies", {"in_frame": False}, "look", "window-instead", "window"),
        ("cookies", {"in_frame": None}, "ok", "window", ""),
        ("names", {"names": False}, "look", "missing", "names"),
        ("email", {"email": False}, "ok", "missing", ""),
        ("roster", {"roster": False}, "look", "missing", "roster"),
        ("service", {"scopes": frozenset(), "lineitems": False}, "broken", "missing", "grades"),
        ("service", {"scopes": SCOPES - {"score"}}, "broken", "no-score", "grades"),
        ("making", {"scopes": frozenset({"score"})}, "look", "missing", "columns"),
        ("column", {"graded": False, "lineitem": False}, "ok", "ungraded", ""),
        ("column", {"lineitem": False}, "ok", "made-later", ""),
        ("column", {"lineitem": False, "scopes": frozenset({"score"})}, "broken", "missing", "accept"),
        ("scores", {"held": 3}, "look", "held", "ledger"),
        ("scores", {"waiting": 3}, "ok", "waiting", ""),
    ],
)
def test_what_launches_tell(check, changes, state, reason, setting):
    found = line(check, **changes)
    assert (found.state, found.reason, found.setting) == (state, reason, setting)


@pytest.mark.parametrize(
    ("check", "answer", "state", "reason", "setting"),
    [
        ("keys", {"keys": 0, "keys_failure": "unreachable"}, "broken", "unreachable", "reach"),
        ("keys", {"keys": 0}, "broken", "none", "reach"),
        ("clock", {"skew": None}, "look", "unknown", ""),
        ("clock", {"skew": -9}, "ok", "right", ""),
        ("clock", {"skew": 60}, "look", "ahead", "clock"),
        ("clock", {"skew": -61}, "broken", "behind", "clock"),
        ("token", {"token_failure": "token"}, "broken", "token", "token"),
        ("token", {"token_failure": "scope"}, "broken", "scope", "grades"),
        ("token", {"granted": SCOPES - {"score"}}, "broken", "no-score", "grades"),
        ("token", {"granted": SCOPES - {"lineitem"}}, "look", "partly", "columns"),
        ("service", {"token_failure": "scope"}, "broken", "withdrawn", "grades"),
        ("roster", {"roster_withdrawn": True}, "look", "withdrawn", "roster"),
        ("column", {"column": "gone"}, "broken", "gone", "replace"),
        ("column", {"column": ""}, "ok", "named", ""),
    ],
)
def test_what_the_lms_answers(check, answer, state, reason, setting):
    found = line(check, replace(ANSWERS, **answer))
    assert (found.state, found.reason, found.setting) == (state, reason, setting)


def test_an_lms_without_a_course_has_its_keys_its_clock_and_its_access():
    found = connection(replace(ANSWERS, granted=frozenset({"score"})))
    assert [(one.check, one.state, one.reason) for one in found] == [
        ("keys", "ok", "there"),
        ("clock", "ok", "right"),
        ("token", "look", "partly"),
    ]


@pytest.mark.parametrize(
    ("failed", "lines"),
    [
        (Failed(None, False, None, None), []),
        (Failed(True, True, True, 0), ["known", "lost-in-frame", "right"]),
        (Failed(False, True, None, -90), ["unknown", "lost", "behind"]),
    ],
)
def test_a_launch_that_failed(failed, lines):
    assert [one.reason for one in of_failed(failed)] == lines


def test_before_the_lms_is_asked_nothing_is_claimed_of_it():
    unasked = {one.check for one in diagnose(WELL, None) if one.state == "unasked"}
    assert unasked == {"keys", "clock", "token"}


@pytest.mark.parametrize(
    ("trial", "state", "reason"),
    [
        (Trial("done", True), "ok", "done"),
        (Trial("refused", True, 400), "ok", "refused"),
        (Trial("read", True), "look", "read"),
        (Trial("scope", True), "look", "scope"),
        (Trial("score", True, 500), "broken", "score"),
        (Trial("done", False), "broken", "left-behind"),
    ],
)
def test_a_test_score(trial, state, reason):
    found = of_trial(trial)
    assert (found.state, found.reason, found.number) == (
        state,
        reason,
        trial.status if trial.removed else None,
    )


TOLD = st.builds(
    Told,
    scopes=st.frozensets(st.sampled_from(sorted(SCOPES)) | st.text(max_size=5)),
    waiting=st.integers(0, 10**6),
    held=st.integers(0, 10**6),
)
ASKED = st.builds(
    Asked,
    keys=st.integers(0, 100),
    keys_failure=st.sampled_from(["", "unreachable", "address", "answer"]),
    granted=st.frozensets(st.sampled_from(sorted(SCOPES))),
    token_failure=st.sampled_from(["", "scope", "token", "unreachable", "address", "answer", "not-offered"]),
)


@given(TOLD, st.none() | ASKED)
def test_every_check_has_one_line_whatever_the_facts(told, asked):
    found = diagnose(told, asked)
    assert [one.check for one in found] == CHECKS
    assert all(
        (one.state == "unasked") == (asked is None and one.check in {"keys", "clock", "token"})
        for one in found
    )
    assert all(one.setting for one in found if one.state == "broken")


@pytest.mark.parametrize(
    ("product", "issuer", "jwks", "found"),
    [
        ("moodle", "https://a.example", "https://a.example/x", "moodle"),
        ("", "https://a.example", "https://a.example/mod/lti/certs.php", "moodle"),
        ("canvas", "", "", "canvas"),
        ("", "https://canvas.instructure.com", "https://sso.canvaslms.com/api/lti/security/jwks", "canvas"),
        ("BlackboardLearn", "", "", "blackboard"),
        ("", "https://blackboard.com", "https://developer.blackboard.com/x/jwks.json", "blackboard"),
        ("desire2learn", "", "", "brightspace"),
        (
            "",
            "https://school.brightspace.com",
            "https://school.brightspace.com/d2l/.well-known/jwks",
            "brightspace",
        ),
        ("sakai", "https://a.example", "https://a.example/mod/lti/certs.php", "other"),
        ("", "https://a.example", "https://a.example/jwks", "other"),
    ],
)
def test_the_lms_is_known_by_its_word_or_its_addresses(product, issuer, jwks, found):
    assert family(product, issuer, jwks) == found


@given(st.text(), st.from_regex(r"https?://[^\s\[\]]{0,20}"), st.from_regex(r"https?://[^\s\[\]]{0,20}"))
def test_any_lms_has_a_family(product, issuer, jwks):
    assert family(product, issuer, jwks) in diagnosis.Family.__args__
