"""Dynamic registration as Moodle does it: what it demands, what it answers, and each token once."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import time_machine
from flask.testing import FlaskClient
from support.pretend_tool import BASE, SCOPES, PretendTool, registration_token, send_registration

from lti_tool.demo.app import Lms
from lti_tool.demo.registration import invite
from lti_tool.lti.claims import DEEP_LINKING, PLATFORM_CONFIGURATION, RESOURCE_LINK, TOOL_CONFIGURATION


def test_the_configuration_says_all_a_tool_needs(client: FlaskClient) -> None:
    body = client.get("/.well-known/openid-configuration").get_json()
    assert body["issuer"] == BASE
    for name, path in {
        "authorization_endpoint": "/auth",
        "token_endpoint": "/token",
        "jwks_uri": "/certs",
        "registration_endpoint": "/register",
    }.items():
        assert body[name] == BASE + path
    assert {*SCOPES, "openid"} == set(body["scopes_supported"])
    assert body["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    platform = body[PLATFORM_CONFIGURATION]
    assert platform["product_family_code"] == "demo-lms"
    assert [message["type"] for message in platform["messages_supported"]] == [RESOURCE_LINK, DEEP_LINKING]
    assert "Context.id.history" in platform["variables"]


def test_the_invitation_keeps_the_query_and_adds_configuration_and_token(
    here: Lms, client: FlaskClient
) -> None:
    address, _ = invite(here, "http://localhost:8000/lti/register?code=a%26b&empty=")
    query = parse_qs(urlsplit(address).query, keep_blank_values=True)
    assert query["code"] == ["a&b"]
    assert query["empty"] == [""]
    assert query["openid_configuration"] == [BASE + "/.well-known/openid-configuration"]
    key = jwt.PyJWK(client.get("/certs").get_json()["keys"][0])
    claims = jwt.decode(query["registration_token"][0], key.key, algorithms=["RS256"])
    assert claims["scope"] == "reg"
    assert claims["exp"] == claims["iat"] + 3600


def test_the_answer_is_moodles_with_its_oddities(client: FlaskClient, here: Lms, tool: PretendTool) -> None:
    body = tool.description(scope=SCOPES[3])
    body[TOOL_CONFIGURATION]["custom_parameters"]["eq"] = "a=b"
    answer = send_registration(client, registration_token(here, tool.address), body)

    assert answer.status_code == 200, "not 201"
    told: dict[str, Any] = answer.get_json()
    configuration = told[TOOL_CONFIGURATION]
    assert configuration["deployment_id"] == "1"
    assert configuration["version"] == "1.3.0"
    assert [message["type"] for message in configuration["messages"]] == [DEEP_LINKING]
    assert configuration["custom_parameters"]["eq"] == "a"
    assert set(SCOPES[:4]) == set(told["scope"].split()), "one grade scope lists them all"
    assert here.state.registration is not None
    assert here.state.registration.scopes == [SCOPES[3]], "but only that one is granted"
    assert here.state.registration.custom["eq"] == "a=b"
    assert told["client_id"] == here.state.registration.client_id


def test_a_token_registers_once(client: FlaskClient, here: Lms, tool: PretendTool) -> None:
    token = registration_token(here, tool.address)
    assert send_registration(client, token, tool.description()).status_code == 200
    again = send_registration(client, token, tool.description())
    assert (again.status_code, again.text) == (401, "token_already_used")


def test_a_refused_description_leaves_the_token_good(
    client: FlaskClient, here: Lms, tool: PretendTool
) -> None:
    token = registration_token(here, tool.address)
    assert send_registration(client, token, tool.description(jwks_uri=None)).status_code == 400
    assert send_registration(client, token, tool.description()).status_code == 200


def test_an_old_or_foreign_token_registers_nothing(client: FlaskClient, here: Lms, tool: PretendTool) -> None:
    with time_machine.travel(1795369773, tick=False):
        token = registration_token(here, tool.address)
    with time_machine.travel(1795369773 + 3601, tick=False):
        assert send_registration(client, token, tool.description()).status_code == 401
    foreign = tool.sign(sub="me", jti="1", exp=4102444800)
    assert send_registration(client, foreign, tool.description()).status_code == 401
    assert send_registration(client, "", tool.description()).status_code == 401
    assert here.state.registration is None


@pytest.mark.parametrize(
    "name",
    [
        "response_types",
        "initiate_login_uri",
        "redirect_uris",
        "client_name",
        "jwks_uri",
        "token_endpoint_auth_method",
        TOOL_CONFIGURATION,
    ],
)
def test_a_missing_attribute_is_named(client: FlaskClient, here: Lms, tool: PretendTool, name: str) -> None:
    answer = send_registration(
        client, registration_token(here, tool.address), tool.description(**{name: None})
    )
    assert (answer.status_code, answer.text) == (400, f"missing required attribute {name}")
    assert answer.mimetype == "text/plain"


MISMATCH = "domain_targetlinkuri_mismatch"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"redirect_uris": "http://x.test/launch"}, "invalid_redirect_uris"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uris"),
        ({"redirect_uris": ["http://x.test; script-src *"]}, "invalid_redirect_uris"),
        ({"initiate_login_uri": "login"}, "invalid_uri"),
        ({"response_types": ["code"]}, "invalid_response_types"),
        ({"token_endpoint_auth_method": "none"}, "invalid_token_endpoint_auth_method"),
        ({"application_type": "native"}, "invalid_application_type"),
        ({TOOL_CONFIGURATION: {"target_link_uri": "http://x.test/launch"}}, "missing_domain"),
        (
            {TOOL_CONFIGURATION: {"domain": "localhost", "target_link_uri": "http://localhost:8000/"}},
            MISMATCH,
        ),
        ({TOOL_CONFIGURATION: {"domain": "other.test", "target_link_uri": "http://x.test/"}}, MISMATCH),
    ],
)
def test_a_wrong_attribute_is_refused_by_name(
    client: FlaskClient, here: Lms, tool: PretendTool, changes: dict[str, Any], text: str
) -> None:
    answer = send_registration(client, registration_token(here, tool.address), tool.description(**changes))
    assert (answer.status_code, answer.text) == (400, text)


@pytest.mark.parametrize("body", [[], "text", None])
def test_a_body_that_is_no_object_is_refused(client: FlaskClient, body: object) -> None:
    assert send_registration(client, "x", body).status_code == 400


def test_the_same_tool_again_keeps_its_client_id_and_another_gets_its_own(
    client: FlaskClient, here: Lms, tool: PretendTool, client_id: str
) -> None:
    again = send_registration(
        client, registration_token(here, tool.address), tool.description(client_name="New")
    )
    assert again.get_json()["client_id"] == client_id
    other = send_registration(client, registration_token(here, "http://other.test"), tool.description())
    assert other.get_json()["client_id"] != client_id
