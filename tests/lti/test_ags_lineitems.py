"""Line items as Moodle and others list them, over pages or filtered, and make them."""

from typing import Any

import pytest
from support.access import ALL, access
from support.stub import Stub, serving

from lti_tool.errors import BadAnswer
from lti_tool.lti.ags import LineItem, create_lineitem, find_lineitem
from lti_tool.lti.claims import SCOPE_LINEITEM_READONLY
from lti_tool.lti.http import Http


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
    assert find_lineitem(http, access(SCOPE_LINEITEM_READONLY), f"{lms.url}/lineitems", "m101-quiz") is None


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
