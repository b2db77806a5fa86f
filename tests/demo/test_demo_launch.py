"""Login, authorization and the id_token, as the recorded Moodle launches show them."""

import json
from typing import Any

import jwt
import pytest
import time_machine
from flask.testing import FlaskClient
from support.pretend_tool import BASE, PretendTool, answer_login, form_of, open_message, send_registration

from lti_tool.demo.app import Lms
from lti_tool.demo.registration import invite
from lti_tool.lti.claims import AGS_ENDPOINT, CLAIM, NRPS_SERVICE, RESOURCE_LINK, TOOL_CONFIGURATION

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
ADMINISTRATORS = {
    "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
    "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator",
}
QUIZ = "/as/5/activity/2/launch"


def test_the_login_initiation_is_moodles_form(client: FlaskClient, client_id: str, tool: PretendTool) -> None:
    action, fields = form_of(client.get(QUIZ))
    assert action == tool.address + "/login"
    hint = json.loads(fields.pop("lti_message_hint"))
    assert fields == {
        "iss": BASE,
        "target_link_uri": tool.address + "/launch",
        "login_hint": "5",
        "client_id": client_id,
        "lti_deployment_id": "1",
    }
    assert hint["cmid"] == 2
    assert hint["launchid"].startswith("ltilaunch2_")


def test_a_students_launch_has_the_claims_of_the_recorded_one(
    client: FlaskClient, client_id: str, tool: PretendTool
) -> None:
    claims = open_message(client, tool, QUIZ)
    assert claims["aud"] == client_id, "a string, not a list"
    assert claims["exp"] == claims["iat"] + 60
    assert (claims["sub"], claims["nonce"]) == ("5", "nonce-1")
    assert "azp" not in claims
    assert "locale" not in claims
    assert claims[CLAIM + "version"] == "1.3.0"
    assert claims[CLAIM + "message_type"] == RESOURCE_LINK
    assert claims[CLAIM + "deployment_id"] == "1"
    assert claims[CLAIM + "target_link_uri"] == tool.address + "/launch"
    assert claims[CLAIM + "roles"] == [MEMBERSHIP + "Learner"]
    assert claims[CLAIM + "context"] == {
        "id": "2",
        "label": "LC101",
        "title": "Live commerce (day class)",
        "type": ["CourseSection"],
    }
    assert claims[CLAIM + "resource_link"] == {"id": "2", "title": "M101 quiz", "description": ""}
    assert claims[CLAIM + "launch_presentation"]["document_target"] == "iframe"
    assert claims[CLAIM + "tool_platform"]["product_family_code"] == "demo-lms"
    assert claims[AGS_ENDPOINT]["lineitems"] == BASE + "/services/2/lineitems?type_id=1"
    assert claims[AGS_ENDPOINT]["lineitem"] == BASE + "/services/2/lineitems/3/lineitem?type_id=1"
    assert len(claims[AGS_ENDPOINT]["scope"]) == 4
    assert claims[NRPS_SERVICE]["context_memberships_url"] == (
        BASE + "/services/CourseSection/2/bindings/1/memberships"
    )
    custom = claims[CLAIM + "custom"]
    assert (custom["node"], custom["context_history"], custom["who"]) == ("m101-quiz", "", "sakura")


def test_an_ungraded_activity_has_no_line_item(
    client: FlaskClient, client_id: str, tool: PretendTool
) -> None:
    claims = open_message(client, tool, "/as/5/activity/1/launch?target=window")
    assert "lineitem" not in claims[AGS_ENDPOINT]
    assert claims[CLAIM + "launch_presentation"]["document_target"] == "window"


@pytest.mark.parametrize(
    ("person", "roles"),
    [
        ("3", {MEMBERSHIP + "Instructor"}),
        ("4", {MEMBERSHIP + "Instructor"}),
        ("2", {MEMBERSHIP + "Instructor", *ADMINISTRATORS}),
        ("6", {MEMBERSHIP + "Learner"}),
    ],
)
def test_roles_are_those_moodle_sends(
    client: FlaskClient, client_id: str, tool: PretendTool, person: str, roles: set[str]
) -> None:
    assert set(open_message(client, tool, f"/as/{person}/activity/2/launch")[CLAIM + "roles"]) == roles


def test_names_and_locale_follow_the_language_of_the_page(
    client: FlaskClient, client_id: str, tool: PretendTool
) -> None:
    english = open_message(client, tool, QUIZ)
    assert (english["name"], english[CLAIM + "launch_presentation"]["locale"]) == ("Sakura Tanaka", "en")
    client.set_cookie("demo_lms_language", "ja", domain="localhost")
    japanese = open_message(client, tool, QUIZ)
    assert (japanese["name"], japanese["given_name"], japanese["family_name"]) == (
        "田中 さくら",
        "さくら",
        "田中",
    )
    assert japanese[CLAIM + "launch_presentation"]["locale"] == "ja"
    assert japanese[CLAIM + "resource_link"]["title"] == "M101 小テスト"
    assert japanese["sub"] == english["sub"]


def test_two_tabs_of_one_browser_stay_two_people(
    client: FlaskClient, client_id: str, tool: PretendTool
) -> None:
    _, student = form_of(client.get(QUIZ))
    _, teacher = form_of(client.get("/as/3/activity/2/launch"))
    for fields, sub in ((student, "5"), (teacher, "3")):
        _, answer = form_of(answer_login(client, fields, tool))
        assert jwt.decode(answer["id_token"], options={"verify_signature": False})["sub"] == sub


def test_only_the_claims_and_scopes_asked_for_are_given(
    client: FlaskClient, here: Lms, tool: PretendTool
) -> None:
    body: dict[str, Any] = tool.description(scope="")
    body[TOOL_CONFIGURATION]["claims"] = ["sub"]
    token = invite(here, tool.address)[0].split("registration_token=")[1]
    assert send_registration(client, token, body).status_code == 200
    claims = open_message(client, tool, QUIZ)
    assert not {"name", "given_name", "family_name", "email", AGS_ENDPOINT, NRPS_SERVICE} & set(claims)


def test_custom_parameters_as_moodle_mixes_them(client: FlaskClient, here: Lms, tool: PretendTool) -> None:
    body = tool.description()
    body[TOOL_CONFIGURATION]["custom_parameters"] = {
        "node": "registered",
        "CamelKey": "x",
        "bogus": "$No.such.thing",
        "link": "$ResourceLink.id",
        "eq": "a=b",
    }
    token = invite(here, tool.address)[0].split("registration_token=")[1]
    assert send_registration(client, token, body).status_code == 200
    custom = open_message(client, tool, QUIZ)[CLAIM + "custom"]
    assert custom["node"] == "registered", "the registered value wins over the activity's own"
    assert (custom["CamelKey"], custom["camelkey"]) == ("x", "x")
    assert custom["bogus"] == "$No.such.thing", "unknown variables arrive as they are written"
    assert (custom["link"], custom["eq"]) == ("2", "a=b")
    assert custom["context_memberships_url"].endswith("/memberships")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "other"}, "unauthorized_client"),
        ({"login_hint": "3"}, "access_denied"),
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"response_mode": None}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
    ],
)
def test_errors_that_go_back_to_the_tool(
    client: FlaskClient, client_id: str, tool: PretendTool, changes: dict[str, str | None], error: str
) -> None:
    _, fields = form_of(client.get(QUIZ))
    action, answer = form_of(answer_login(client, fields, tool, **changes))
    assert action == tool.address + "/launch"
    assert (answer["error"], answer["state"]) == (error, "state-1")
    assert "id_token" not in answer


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": "openid email"},
        {"nonce": None},
        {"redirect_uri": "/"},
        {"redirect_uri": "http://evil.test/launch"},
        {"lti_message_hint": None},
        {"lti_message_hint": '{"cmid":2,"launchid":"ltilaunch2_1"}'},
    ],
)
def test_errors_that_are_only_shown(
    client: FlaskClient, client_id: str, tool: PretendTool, changes: dict[str, str | None]
) -> None:
    _, fields = form_of(client.get(QUIZ))
    answer = answer_login(client, fields, tool, **changes)
    assert answer.status_code == 400
    assert "Invalid request" in answer.text
    assert "id_token" not in answer.text


@pytest.mark.parametrize("ending", ["/", "?x=1"])
def test_the_redirect_uri_is_compared_as_a_string(
    client: FlaskClient, client_id: str, tool: PretendTool, ending: str
) -> None:
    _, fields = form_of(client.get(QUIZ))
    answer = answer_login(client, fields, tool, redirect_uri=tool.address + "/launch" + ending)
    assert answer.status_code == 400


def test_a_hint_is_answered_once_and_not_after_five_minutes(
    client: FlaskClient, client_id: str, tool: PretendTool
) -> None:
    _, fields = form_of(client.get(QUIZ))
    assert answer_login(client, fields, tool).status_code == 200
    assert answer_login(client, fields, tool).status_code == 400
    with time_machine.travel(1795369773, tick=False):
        _, fields = form_of(client.get(QUIZ))
    with time_machine.travel(1795369773 + 301, tick=False):
        assert answer_login(client, fields, tool).status_code == 400


def test_the_authorization_request_may_be_posted(
    client: FlaskClient, client_id: str, tool: PretendTool
) -> None:
    _, fields = form_of(client.get(QUIZ))
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "client_id": client_id,
        "redirect_uri": tool.address + "/launch",
        "login_hint": "5",
        "lti_message_hint": fields["lti_message_hint"],
        "nonce": "n",
    }
    _, answer = form_of(client.post("/auth", data=asked))
    assert set(answer) == {"id_token"}, "without state none is sent"
