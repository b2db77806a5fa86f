"""The roster: short roles, a non-editing teacher as Learner, and a next link that forgets the role."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from support.pretend_tool import BASE, PretendTool, registration_token, send_registration

from lti_tool.demo.app import Lms
from lti_tool.lti.claims import TOOL_CONFIGURATION

ROSTER = "/services/CourseSection/2/bindings/1/memberships"
TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"

Bearer = Callable[..., dict[str, str]]


def test_the_roster_of_a_course(client: FlaskClient, bearer: Bearer) -> None:
    answer = client.get(ROSTER, headers=bearer() | {"Accept": TYPE})
    assert answer.mimetype == TYPE
    body = answer.get_json(force=True)
    assert (body["id"], body["context"]["id"]) == (BASE + ROSTER, "2")
    roles = {member["user_id"]: member["roles"] for member in body["members"]}
    assert roles == {
        "5": ["Learner"],
        "6": ["Learner"],
        "7": ["Learner"],
        "3": ["Instructor"],
        "4": ["Learner"],
    }, "the non-editing teacher is a Learner here, the administrator is not enrolled"
    sakura = body["members"][0]
    assert (sakura["status"], sakura["name"], sakura["email"]) == (
        "Active",
        "さくら 田中",
        "sakura@example.test",
    )
    assert (sakura["lis_person_sourcedid"], sakura["ext_user_username"]) == ("id-sakura", "sakura")


@pytest.mark.parametrize(
    ("role", "people"),
    [
        ("Instructor", {"3"}),
        ("Learner", {"4", "5", "6", "7"}),
        ("http%3A%2F%2Fpurl.imsglobal.org%2Fvocab%2Flis%2Fv2%2Fmembership%23Instructor", {"3"}),
        ("Nobody", set()),
    ],
)
def test_one_role(client: FlaskClient, bearer: Bearer, role: str, people: set[str]) -> None:
    body = client.get(f"{ROSTER}?role={role}", headers=bearer()).get_json(force=True)
    assert {member["user_id"] for member in body["members"]} == people


def test_the_link_to_the_next_page_drops_the_role(client: FlaskClient, bearer: Bearer) -> None:
    headers = bearer()
    first = client.get(ROSTER + "?role=Learner&limit=3", headers=headers)
    assert len(first.get_json(force=True)["members"]) == 3
    link = re.fullmatch(r'<http://127.0.0.1:8001([^>]*)>; rel="next"', first.headers["Link"])
    assert link
    assert "role" not in link[1]
    rest = client.get(link[1] + "&role=Learner", headers=headers)
    assert [member["user_id"] for member in rest.get_json(force=True)["members"]] == ["4"]
    assert "Link" not in rest.headers
    assert "Link" not in client.get(ROSTER, headers=headers).headers


def test_a_resource_link_of_the_course_or_404(client: FlaskClient, bearer: Bearer) -> None:
    headers = bearer()
    assert client.get(ROSTER + "?rlid=2", headers=headers).status_code == 200
    assert client.get(ROSTER + "?rlid=99", headers=headers).status_code == 404
    assert client.get(ROSTER.replace("/2/", "/99/"), headers=headers).status_code == 404


def test_scope_binding_and_media_type(client: FlaskClient, bearer: Bearer) -> None:
    assert client.get(ROSTER, headers=bearer("score")).status_code == 401
    assert client.get(ROSTER).status_code == 401
    assert client.get(ROSTER.replace("bindings/1", "bindings/2"), headers=bearer()).status_code == 401
    assert client.get(ROSTER, headers=bearer() | {"Accept": "application/json"}).status_code == 400
    assert client.get(ROSTER, headers=bearer() | {"Accept": "*/*"}).status_code == 200


def test_without_name_claims_there_are_no_names(
    client: FlaskClient, here: Lms, tool: PretendTool, bearer: Bearer
) -> None:
    body = tool.description()
    body[TOOL_CONFIGURATION]["claims"] = ["sub", "email"]
    assert send_registration(client, registration_token(here, tool.address), body).status_code == 200
    member = client.get(ROSTER, headers=bearer()).get_json(force=True)["members"][0]
    assert member["email"] == "sakura@example.test"
    assert not {"name", "given_name", "family_name"} & set(member)
