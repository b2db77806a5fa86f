"""The class list as Moodle and others serve it: pages, roles, gaps, and what is no list at all."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from support.stub import Stub, resolver, serving

from lti_tool.errors import BadAnswer, Unreachable
from lti_tool.lti import nrps
from lti_tool.lti.claims import SCOPE_NRPS
from lti_tool.lti.http import Http
from lti_tool.lti.nrps import Member, read_all, read_differences
from lti_tool.lti.paging import pages
from lti_tool.lti.tokens import Token

TOKEN = Token("opaque-token", frozenset({SCOPE_NRPS}), datetime(2026, 11, 24, 6, 3, tzinfo=UTC))
LIS = "http://purl.imsglobal.org/vocab/lis/v2/"
LEARNER = f"{LIS}membership#Learner"
INSTRUCTOR = f"{LIS}membership#Instructor"


@pytest.fixture
def lms() -> Iterator[Stub]:
    with serving() as stub:
        yield stub


@pytest.fixture(scope="module")
def http() -> Http:
    return Http(("127.0.0.1",), resolver())


def tell(lms: Stub, *members: dict[str, Any], path: str = "/members", link: str = "") -> None:
    """Answer with a page of these members."""
    headers = {"Link": link} if link else {}
    lms.tell(path, {"id": lms.url, "context": {"id": "2"}, "members": list(members)}, headers=headers)


def read(lms: Stub, http: Http) -> dict[str, Member]:
    """Everybody on the list by id."""
    return {member.user_id: member for member in read_all(http, TOKEN, f"{lms.url}/members").members}


def learner(user_id: object, **more: object) -> dict[str, Any]:
    return {"user_id": user_id, "roles": ["Learner"], **more}


# --- asking ------------------------------------------------------------------------------------------------


def test_the_list_is_asked_for_by_its_media_type_with_the_token(lms: Stub, http: Http) -> None:
    """NRP-02, CERT-N02, CERT-N03, CERT-N04: exactly one media type, as Moodle compares it; a hint of a page size."""
    tell(lms, learner("5"))
    read(lms, http)
    (asked,) = lms.asked
    assert (asked.method, asked.path) == ("GET", "/members?limit=500")
    assert asked.headers["accept"] == "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
    assert asked.headers["authorization"] == "Bearer opaque-token"


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("?Course=A%2Fb&role=", "?Course=A%2Fb&role=&limit=500"),
        ("?limit=50&x=1", "?limit=50&x=1"),
        ("?a=&a=b&rlimit=3", "?a=&a=b&rlimit=3&limit=500"),
    ],
)
def test_the_address_keeps_its_query(lms: Stub, http: Http, query: str, asked: str) -> None:
    """NRP-08: order, case and repeated keys stay; a page size that the LMS chose itself stays too."""
    tell(lms, learner("5"))
    read_all(http, TOKEN, f"{lms.url}/members{query}")
    assert lms.asked[0].path == f"/members{asked}"


# --- pages -------------------------------------------------------------------------------------------------


def test_pages_are_followed_to_the_last_one(lms: Stub, http: Http) -> None:
    """NRP-07, NRP-08, NRP-17: with an address as it comes, and pages larger or smaller than asked for."""
    tell(lms, learner("1"), learner("2"), link='</Page?From=2&From=b%2F&x=>; rel="next"')
    tell(lms, path="/Page?From=2&From=b%2F&x=", link="</last>; rel=next")
    tell(lms, learner("3"), path="/last", link='</members>; rel="prev"')
    assert list(read(lms, http)) == ["1", "2", "3"]
    assert [asked.path for asked in lms.asked] == ["/members?limit=500", "/Page?From=2&From=b%2F&x=", "/last"]


@pytest.mark.parametrize(
    ("status", "body"), [(500, b""), (401, b"[]"), (200, b"<html>"), (200, b'{"members"')]
)
def test_half_a_list_is_no_list(lms: Stub, http: Http, status: int, body: bytes) -> None:
    """NRP-14: when any page fails, nothing is returned from which somebody could be missing."""
    tell(lms, learner("1"), link="</more>; rel=next")
    lms.tell("/more", body, status)
    with pytest.raises(BadAnswer) as failure:
        read(lms, http)
    assert failure.value.exchange.status == status


def test_pages_that_go_in_a_circle_are_no_whole_list(lms: Stub, http: Http) -> None:
    """NRP-14: a page given twice stands in the place of one that is missing."""
    tell(lms, learner("1"), link="</more>; rel=next")
    tell(lms, learner("2"), path="/more", link="</more>; rel=next")
    with pytest.raises(BadAnswer, match="circle"):
        read(lms, http)
    assert len(lms.asked) == 2


def test_pages_without_end_are_given_up(lms: Stub, http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    """NRP-15."""
    monkeypatch.setattr(nrps, "PAGE_LIMIT", 3)
    for number in range(5):
        tell(lms, learner(str(number)), path="/members", link=f"</members?n={number}>; rel=next")
    with pytest.raises(BadAnswer, match="more than 3 pages"):
        read(lms, http)


def test_a_list_that_takes_too_long_is_given_up(lms: Stub, http: Http) -> None:
    """NRP-15: no matter how quick each page is."""
    tell(lms, learner("1"))
    with pytest.raises(Unreachable, match="too long"):
        next(pages(http, f"{lms.url}/members", "*/*", "opaque", seconds=0))
    assert lms.asked == []


def test_a_list_of_too_many_is_given_up(lms: Stub, http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    """NRP-15."""
    monkeypatch.setattr(nrps, "MEMBER_LIMIT", 2)
    tell(lms, learner("1"), learner("2"), learner("3"))
    with pytest.raises(BadAnswer, match="more than 2 members"):
        read(lms, http)


def test_the_token_does_not_follow_a_page_to_another_origin(lms: Stub, http: Http) -> None:
    """NRP-07, OAU-12."""
    with serving() as other:
        tell(other, learner("2"))
        tell(lms, learner("1"), link=f"<{other.url}/members>; rel=next")
        with pytest.raises(BadAnswer, match="another host"):
            read(lms, http)
        assert other.asked == []


def test_ten_thousand_people_in_one_page(lms: Stub, http: Http) -> None:
    """NRP-15: from an LMS that knows no pages; an answer of more than a megabyte."""
    many = [
        learner(str(number), name="田中 さくら", email=f"{number}@example.test") for number in range(10_000)
    ]
    tell(lms, *many)
    found = read(lms, http)
    assert len(found) == 10_000
    assert found["9999"] == Member("9999", "learner", "田中 さくら", active=True)


def test_nobody_is_a_list_too(lms: Stub, http: Http) -> None:
    """NRP-15."""
    tell(lms)
    assert read(lms, http) == {}


# --- people ------------------------------------------------------------------------------------------------


def test_somebody_of_whom_only_id_and_roles_are_told(lms: Stub, http: Http) -> None:
    """NRP-04, NRP-05: no name, no e-mail, no status - active."""
    tell(lms, {"user_id": "5", "roles": []})
    assert read(lms, http)["5"] == Member("5", "observer", "", active=True)


@pytest.mark.parametrize(
    ("status", "active"),
    [("Active", True), ("Inactive", False), ("Deleted", False), (None, True), ("Waiting", True), (7, True)],
)
def test_who_is_active(lms: Stub, http: Http, status: object, active: bool) -> None:
    """NRP-05, NRP-06."""
    tell(lms, learner("5", status=status))
    assert read(lms, http)["5"].active is active


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        (["Learner"], "learner"),
        ([LEARNER], "learner"),
        (["Instructor"], "instructor"),
        ([INSTRUCTOR, f"{LIS}membership/Instructor#TeachingAssistant"], "assistant"),
        ([f"{LIS}membership/Learner#Instructor"], "learner"),
        ([f"{LIS}person#Administrator"], "observer"),
        (["https://evil.example/x#Instructor"], "observer"),
        (["instructor"], "observer"),
        ("Learner", "learner"),
        (["Mentor"], "observer"),
        ([7, None, "Learner"], "learner"),
        (None, "observer"),
        ({}, "observer"),
    ],
)
def test_roles_are_read_by_the_same_vocabulary_as_in_a_launch(
    lms: Stub, http: Http, roles: object, role: str
) -> None:
    """NRP-13, ROL-03, ROL-05, ROL-06, ROL-08, ROL-09, ROL-14: short or full, compared whole, else the least."""
    tell(lms, {"user_id": "5", "roles": roles})
    assert read(lms, http)["5"].role == role


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ({"name": "さくら 田中", "family_name": "田中", "given_name": "さくら"}, "さくら 田中"),
        ({"family_name": "田中", "given_name": "さくら"}, "田中 さくら"),
        ({"given_name": "さくら"}, "さくら"),
        ({"name": " ", "family_name": "田中"}, "田中"),
        ({"name": None, "family_name": 7}, ""),
        ({"name": "x" * 300}, "x" * 255),
        ({"name": "a\x00b"}, "ab"),
    ],
)
def test_names_are_as_the_lms_writes_them(
    lms: Stub, http: Http, names: dict[str, object], shown: str
) -> None:
    """NRP-04, NRP-17: the order of the full name is the LMS's; nothing the database cannot hold."""
    tell(lms, learner("5", **names))
    assert read(lms, http)["5"].name == shown


@pytest.mark.parametrize("user_id", [None, "", " ", True, 1.5, ["5"], "x" * 256, "a\x00"])
def test_who_has_no_usable_id_is_left_out(lms: Stub, http: Http, user_id: object) -> None:
    """NRP-04, CLM-16: and keeps nobody else off the list."""
    tell(lms, learner(user_id), learner("6"))
    assert list(read(lms, http)) == ["6"]


def test_an_id_may_come_as_a_number_and_a_member_as_rubbish(lms: Stub, http: Http) -> None:
    """NRP-04."""
    lms.tell("/members", {"members": [learner(5), "6", None, []]})
    assert list(read(lms, http)) == ["5"]


def test_who_stands_on_two_pages_is_one_person(lms: Stub, http: Http) -> None:
    """NRP-15: with both roles, the name that is given, and active if either says so."""
    tell(lms, learner("5", status="Inactive"), learner("6"), link="</more>; rel=next")
    tell(lms, {"user_id": "5", "roles": ["Instructor"], "name": "Tanaka", "status": "Active"}, path="/more")
    found = read(lms, http)
    assert list(found) == ["5", "6"]
    assert found["5"] == Member("5", "instructor", "Tanaka", active=True)


def test_a_trial_student_is_not_of_the_class(lms: Stub, http: Http) -> None:
    """ROL-10."""
    tell(lms, {"user_id": "5", "roles": ["Learner", f"{LIS}system/person#TestUser"]}, learner("6"))
    assert list(read(lms, http)) == ["6"]


def test_messages_of_members_do_no_harm(lms: Stub, http: Http) -> None:
    """NRP-11: what is told of a link is not used, in whatever shape it comes."""
    tell(lms, learner("5", message=[{"custom": {"a": "b"}}]), learner("6", message={"custom": None}))
    assert list(read(lms, http)) == ["5", "6"]


@pytest.mark.parametrize("body", [{}, [], None, {"members": None}, {"members": {"user_id": "5"}}, "members"])
def test_what_is_no_list_is_an_error_not_an_empty_class(lms: Stub, http: Http, body: object) -> None:
    """NRP-14."""
    lms.tell("/members", body)
    with pytest.raises(BadAnswer):
        read(lms, http)


# --- differences -------------------------------------------------------------------------------------------


def test_where_differences_are_is_taken_from_the_first_page_that_says(lms: Stub, http: Http) -> None:
    """NRP-09: what changed while the later pages were read is not missed."""
    tell(lms, learner("1"), link='</more>; rel="next", </members?Since=1&a=&a=>; rel="differences"')
    tell(lms, learner("2"), path="/more", link='</members?Since=2>; rel="differences"')
    roster = read_all(http, TOKEN, f"{lms.url}/members")
    assert roster.differences == f"{lms.url}/members?Since=1&a=&a="


def test_no_differences_are_offered(lms: Stub, http: Http) -> None:
    """NRP-17: Moodle."""
    tell(lms, learner("1"))
    assert read_all(http, TOKEN, f"{lms.url}/members").differences == ""


def test_differences_are_asked_for_at_exactly_their_address(lms: Stub, http: Http) -> None:
    """NRP-06, NRP-08, NRP-09."""
    tell(lms, learner("1", status="Deleted"), path="/Diff?Since=1&a=&a=", link="</rest>; rel=next")
    tell(lms, learner("2"), path="/rest")
    found = read_differences(http, TOKEN, f"{lms.url}/Diff?Since=1&a=&a=").members
    assert [(member.user_id, member.active) for member in found] == [("1", False), ("2", True)]
    assert lms.asked[0].path == "/Diff?Since=1&a=&a="
