"""Line items, scores and results as Moodle and others serve them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.stub import Stub, resolver, serving

from lti_tool.errors import BadAnswer, Unreachable
from lti_tool.lti.ags import (
    LineItem,
    Score,
    create_lineitem,
    find_lineitem,
    read_result,
    results_url,
    scores_url,
    send_score,
)
from lti_tool.lti.claims import SCOPE_LINEITEM, SCOPE_LINEITEM_READONLY, SCOPE_RESULT, SCOPE_SCORE
from lti_tool.lti.http import Http
from lti_tool.lti.links import next_link
from lti_tool.lti.tokens import Token

LATER = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
AT = datetime(2026, 11, 24, 5, 3, 7, 123456, tzinfo=UTC)


def _token(*scopes: str) -> Token:
    return Token("opaque-token", frozenset(scopes), LATER)


ALL = _token(SCOPE_SCORE, SCOPE_RESULT, SCOPE_LINEITEM)


@pytest.fixture
def lms() -> Iterator[Stub]:
    with serving() as stub:
        yield stub


@pytest.fixture(scope="module")
def http() -> Http:
    return Http(("127.0.0.1",), resolver())


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
    readonly = _token(SCOPE_LINEITEM_READONLY)
    for call in (
        lambda: send_score(http, readonly, lms.url, Score("5", 1, AT)),
        lambda: read_result(http, readonly, lms.url, "5"),
        lambda: create_lineitem(http, readonly, lms.url, "Quiz", "q", "grade"),
        lambda: find_lineitem(http, _token(SCOPE_SCORE), lms.url, "q"),
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


# --- line items --------------------------------------------------------------------------------------------


def _item(lms: Stub, number: int, resource: object = "m101-quiz", **more: Any) -> dict[str, Any]:
    return {
        "id": f"{lms.url}/lineitems/{number}/lineitem?type_id=1",
        "label": "Quiz",
        "scoreMaximum": 100,
        "resourceId": resource,
        **more,
    }


def test_a_line_item_is_looked_for_by_resource_id(lms: Stub, http: Http) -> None:
    """AGS-03, AGS-08, AGS-15, AGS-36: filtered, one media type, no limit."""
    lms.tell("/lineitems", [_item(lms, 7, tag="grade")])
    found = find_lineitem(http, ALL, f"{lms.url}/lineitems?type_id=1", "m101-quiz", "grade")
    assert found == LineItem(f"{lms.url}/lineitems/7/lineitem?type_id=1", "Quiz", "m101-quiz", "grade")
    assert lms.asked[0].path == "/lineitems?type_id=1&resource_id=m101-quiz&tag=grade"
    assert lms.asked[0].headers["accept"] == "application/vnd.ims.lis.v2.lineitemcontainer+json"


def test_reading_needs_no_more_than_the_readonly_scope(lms: Stub, http: Http) -> None:
    """OAU-05."""
    lms.tell("/lineitems", [])
    assert find_lineitem(http, _token(SCOPE_LINEITEM_READONLY), f"{lms.url}/lineitems", "m101-quiz") is None


def test_a_platform_that_ignores_filters_fools_nobody(lms: Stub, http: Http) -> None:
    """AGS-12, AGS-36, AGS-37: what it sends is compared; null and absent members are no match."""
    lms.tell(
        "/lineitems",
        [
            _item(lms, 1, "other"),
            _item(lms, 2, None),
            _item(lms, 3, "M101-quiz"),
            "junk",
            _item(lms, 4, tag="extra"),
            _item(lms, 5, tag=None),
            _item(lms, 6, tag="grade"),
        ],
    )
    tagged = find_lineitem(http, ALL, f"{lms.url}/lineitems", "m101-quiz", "grade")
    assert tagged is not None
    assert "/6/" in tagged.url
    untagged = find_lineitem(http, ALL, f"{lms.url}/lineitems", "m101-quiz")
    assert untagged is not None
    assert "/4/" in untagged.url
    assert find_lineitem(http, ALL, f"{lms.url}/lineitems", "absent") is None


def test_moodles_pages_are_followed(lms: Stub, http: Http) -> None:
    """AGS-13, AGS-14: curly quotes in UTF-8, `&amp;`, case kept, no filter added anew."""
    link = f"<{lms.url}/LineItems?type_id=1&amp;from=Ab%2F2>; rel=“next”".encode().decode("latin-1")
    lms.tell("/lineitems", [_item(lms, 1, "other")], headers={"Link": link})
    lms.tell("/LineItems?type_id=1&from=Ab%2F2", [_item(lms, 2)])
    found = find_lineitem(http, ALL, f"{lms.url}/lineitems?type_id=1", "m101-quiz")
    assert found is not None
    assert "/2/" in found.url
    assert lms.asked[1].path == "/LineItems?type_id=1&from=Ab%2F2"


def test_pages_that_go_in_circles_end(lms: Stub, http: Http) -> None:
    """AGS-13: what was read once is not read again."""
    lms.tell("/lineitems", [], headers={"Link": "</page>; rel=next"})
    lms.tell("/page", [], headers={"Link": "</page>; rel=next"})
    assert find_lineitem(http, ALL, f"{lms.url}/lineitems", "m101-quiz") is None
    assert len(lms.asked) == 2


def test_pages_without_end_are_given_up(lms: Stub, http: Http) -> None:
    """AGS-13: and not taken for "there is none", which would make a second column."""
    for number in range(60):
        lms.tell("/p", [], headers={"Link": f"</p?n={number}>; rel=next"})
    with pytest.raises(BadAnswer, match="pages"):
        find_lineitem(http, ALL, f"{lms.url}/p", "m101-quiz")
    assert len(lms.asked) == 50


def test_the_token_does_not_follow_a_page_to_another_origin(lms: Stub, http: Http) -> None:
    """AGS-13, OAU-12: another port of the same machine is another origin."""
    with serving() as other:
        other.tell("/", [])
        lms.tell("/lineitems", [], headers={"Link": f"<{other.url}/>; rel=next"})
        with pytest.raises(BadAnswer, match="another host"):
            find_lineitem(http, ALL, f"{lms.url}/lineitems", "m101-quiz")
        assert other.asked == []


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{}", 200), (b"null", 200), (b"<html>", 200), (b"[]", 404), (b"[]", 401), (b"[]", 500)],
)
def test_what_is_no_list_is_an_error_not_an_empty_list(
    lms: Stub, http: Http, body: bytes, status: int
) -> None:
    """AGS-42."""
    lms.tell("/lineitems", body, status)
    with pytest.raises(BadAnswer) as failure:
        find_lineitem(http, ALL, f"{lms.url}/lineitems", "m101-quiz")
    assert failure.value.exchange.status == status


@pytest.mark.parametrize("status", [200, 201])
def test_a_column_is_made_out_of_100(lms: Stub, http: Http, status: int) -> None:
    """AGS-08, AGS-09: whole maximum, resourceId and tag; the id that comes back is the truth."""
    lms.tell("/lineitems", _item(lms, 9, tag="grade", label="小テスト"), status)
    made = create_lineitem(
        http, ALL, f"{lms.url}/lineitems?type_id=1", "小テスト" * 100, "m101-quiz", "grade"
    )
    assert made == LineItem(f"{lms.url}/lineitems/9/lineitem?type_id=1", "小テスト", "m101-quiz", "grade")
    (asked,) = lms.asked
    assert (asked.method, asked.path) == ("POST", "/lineitems?type_id=1")
    assert asked.headers["content-type"] == "application/vnd.ims.lis.v2.lineitem+json"
    assert asked.headers["accept"] == "application/vnd.ims.lis.v2.lineitem+json"
    assert asked.json == {
        "label": ("小テスト" * 100)[:255],
        "scoreMaximum": 100,
        "resourceId": "m101-quiz",
        "tag": "grade",
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"error": "no"}, 403),
        ([], 201),
        ({}, 201),
        ({"id": 7}, 201),
        ({"id": "/relative"}, 201),
        ({"id": "https://evil.example/lineitem"}, 201),
        ({"id": "javascript:x"}, 201),
    ],
)
def test_a_column_without_a_usable_address_is_an_error(lms: Stub, http: Http, body: Any, status: int) -> None:
    """AGS-10, OAU-12: later calls take the token to that address."""
    lms.tell("/lineitems", body, status)
    with pytest.raises(BadAnswer):
        create_lineitem(http, ALL, f"{lms.url}/lineitems", "Quiz", "m101-quiz", "grade")


# --- the Link header ---------------------------------------------------------------------------------------

BASE = "https://m.example/lineitems?type_id=1"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('<https://m.example/p?A=b>; rel="next"', "https://m.example/p?A=b"),
        ("<https://m.example/p>;rel=next", "https://m.example/p"),
        ("<https://m.example/p> ; REL = 'Next'", "https://m.example/p"),
        ('<https://m.example/p>; title="a, b"; rel="last next"; x=y', "https://m.example/p"),
        ('<https://m.example/1>; rel="prev",<https://m.example/2>; rel="next"', "https://m.example/2"),
        ('<https://m.example/2>; rel="next", <https://m.example/9>; rel="last"', "https://m.example/2"),
        ("<https://m.example/2>; rel=next,<https://m.example/9>; rel=last", "https://m.example/2"),
        ("<https://m.example/p?a=1&amp;b=2>; rel=“next”", "https://m.example/p?a=1&b=2"),
        ("<https://m.example/p>; rel=“next”".encode().decode("latin-1"), "https://m.example/p"),
        ("<?from=2>; rel=next", "https://m.example/lineitems?from=2"),
        ("<https://m.example/p,q;r>; rel=next", "https://m.example/p,q;r"),
        ('<https://m.example/p>; rel="nextish"', None),
        ('<https://m.example/next>; rel="prev"', None),
        ('<https://m.example/p>; title="rel=next"', None),
        ("https://m.example/p; rel=next", None),
        ("<https://m.example/p; rel=next", None),
        ("<https://[/>; rel=next", None),
        ("", None),
    ],
)
def test_the_next_page_in_a_link_header(header: str, found: str | None) -> None:
    """AGS-14: as the standard has it, as platforms write it, and not where it only looks so."""
    assert next_link(header, BASE) == found


@given(st.text(alphabet='<>;,="“”& relnxta\xe2\x80', max_size=300))
def test_any_link_header_is_survived(header: str) -> None:
    """ATK-26."""
    assert next_link(header, BASE) is None or isinstance(next_link(header, BASE), str)


@pytest.mark.parametrize("header", ["<" * 60_000, ";" * 60_000, '<a>;rel="' + " " * 60_000, "<a>" * 20_000])
def test_a_hostile_link_header_is_read_once(header: str) -> None:
    """ATK-26: no pattern is matched against it, so nothing can run away."""
    assert next_link(header, BASE) is None
