"""Scores as Moodle and others take them, and results as they show them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from support.access import ALL, access
from support.stub import Stub

from lti_tool.errors import BadAnswer, Unreachable
from lti_tool.lti.ags import (
    Score,
    create_lineitem,
    find_lineitem,
    read_result,
    results_url,
    scores_url,
    send_score,
)
from lti_tool.lti.claims import SCOPE_LINEITEM_READONLY, SCOPE_SCORE
from lti_tool.lti.http import Http

AT = datetime(2026, 11, 24, 5, 3, 7, 123456, tzinfo=UTC)


# --- addresses ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lineitem", "scores"),
    [
        ("https://m/2/lineitems/17/lineitem?type_id=1", "https://m/2/lineitems/17/lineitem/scores?type_id=1"),
        ("https://m/17/lineitem", "https://m/17/lineitem/scores"),
        ("https://m/17/lineitem/", "https://m/17/lineitem/scores"),
        ("https://m/17/lineitem/?a=%2F&b=?&a=", "https://m/17/lineitem/scores?a=%2F&b=?&a="),
        ("https://m/17/LineItem?T=x#part", "https://m/17/LineItem/scores?T=x"),
    ],
)
def test_scores_and_results_lie_below_the_line_item(lineitem: str, scores: str) -> None:
    """AGS-06, AGS-07: the path grows, the query stays behind it."""
    assert scores_url(lineitem) == scores
    assert results_url(lineitem) == scores.replace("/scores", "/results")


# --- scores ------------------------------------------------------------------------------------------------


def test_a_score_is_complete_and_final(lms: Stub, http: Http) -> None:
    """AGS-08, AGS-16, AGS-17, AGS-22, AGS-26, AGS-28, AGS-29: media type, vocabulary, times and comment."""
    lms.tell("/lineitem/scores", b"")
    score = Score("5", 80, AT, submitted_at=AT - timedelta(minutes=1), comment="よくできました <b>")
    answer = send_score(http, ALL, f"{lms.url}/lineitem?type_id=1", score)
    assert answer.ok
    (asked,) = lms.asked
    assert (asked.method, asked.path) == ("POST", "/lineitem/scores?type_id=1")
    assert asked.headers["content-type"] == "application/vnd.ims.lis.v1.score+json"
    assert asked.headers["accept"] == "application/vnd.ims.lis.v1.score+json"
    assert asked.headers["authorization"] == "Bearer opaque-token"
    assert asked.json == {
        "userId": "5",
        "scoreGiven": 80,
        "scoreMaximum": 100,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": "2026-11-24T05:03:07.123Z",
        "submission": {"submittedAt": "2026-11-24T05:02:07.123Z"},
        "comment": "よくできました <b>",
    }


def test_zero_is_a_score_and_nothing_absent_is_sent(lms: Stub, http: Http) -> None:
    """AGS-24, AGS-25: 0 is sent as 0; scoreGiven is never left out, which would erase the grade."""
    lms.tell("/scores", b"")
    send_score(http, ALL, lms.url, Score("5", 0, AT))
    body = lms.asked[0].json
    assert body["scoreGiven"] == 0
    assert {"comment", "submission", "scoringUserId"}.isdisjoint(body)


def test_times_are_sent_in_utc_whatever_zone_they_come_in(lms: Stub, http: Http) -> None:
    """AGS-17."""
    lms.tell("/scores", b"")
    tokyo = datetime(2026, 11, 24, 14, 3, tzinfo=timezone(timedelta(hours=9)))
    send_score(http, ALL, lms.url, Score("5", 1, tokyo))
    assert lms.asked[0].json["timestamp"] == "2026-11-24T05:03:00.000Z"
    with pytest.raises(ValueError, match="zone"):
        send_score(http, ALL, lms.url, Score("5", 1, tokyo.replace(tzinfo=None)))


@pytest.mark.parametrize("status", [200, 201, 202, 204, 400, 401, 403, 404, 409, 429, 500, 503])
def test_every_status_comes_back_to_be_judged(lms: Stub, http: Http, status: int) -> None:
    """AGS-32, AGS-34: with or without a body."""
    lms.tell("/scores", b"" if status == 204 else b"[]", status, headers={"Retry-After": "5"})
    answer = send_score(http, ALL, lms.url, Score("5", 1, AT))
    assert (answer.status, answer.ok, answer.retry_after) == (status, status < 300, 5.0)


def test_no_answer_is_unreachable(lms: Stub, http: Http) -> None:
    """AGS-34."""
    lms.tell("/scores", write=lambda _: None)
    with pytest.raises(Unreachable):
        send_score(http, ALL, lms.url, Score("5", 1, AT))


def test_nothing_is_sent_without_the_scope(lms: Stub, http: Http) -> None:
    """OAU-06: a token that does not cover a call is not tried on it."""
    readonly = access(SCOPE_LINEITEM_READONLY)
    for call in (
        lambda: send_score(http, readonly, lms.url, Score("5", 1, AT)),
        lambda: read_result(http, readonly, lms.url, "5"),
        lambda: create_lineitem(http, readonly, lms.url, "Quiz", "q", "grade"),
        lambda: find_lineitem(http, access(SCOPE_SCORE), lms.url, "q"),
    ):
        with pytest.raises(BadAnswer, match="did not grant") as failure:
            call()
        assert failure.value.code == "scope"
    assert lms.asked == []


# --- results -----------------------------------------------------------------------------------------------


def test_one_persons_result_is_asked_for(lms: Stub, http: Http) -> None:
    """AGS-08, AGS-35: with the user filter, the exact media type and no limit (Moodle answers that with 404)."""
    lms.tell("/lineitem/results", [{"userId": "a+b/c", "resultScore": 0, "resultMaximum": 100}])
    found = read_result(http, ALL, f"{lms.url}/lineitem?type_id=1", "a+b/c")
    assert found == {"userId": "a+b/c", "resultScore": 0, "resultMaximum": 100}
    assert lms.asked[0].path == "/lineitem/results?type_id=1&user_id=a%2Bb%2Fc"
    assert lms.asked[0].headers["accept"] == "application/vnd.ims.lis.v2.resultcontainer+json"


def test_a_whole_list_is_read_through(lms: Stub, http: Http) -> None:
    """AGS-35: for platforms that ignore the filter, or write ids as numbers."""
    lms.tell(
        "/results",
        [None, {"userId": "4"}, {"resultScore": 1}],
        headers={"Link": '</results?p=2>; rel="next"'},
    )
    lms.tell("/results?p=2", [{"userId": 5, "resultScore": None}])
    assert read_result(http, ALL, lms.url, "5") == {"userId": 5, "resultScore": None}
    assert read_result(http, ALL, lms.url, "6") is None
