"""The token endpoint: form-encoded only, private_key_jwt against the tool's fetched key set, no leeway."""

import time

import pytest
from flask.testing import FlaskClient
from support.pretend_tool import SCOPES, PretendTool, ask_token

from lti_tool.demo.app import Lms
from lti_tool.demo.keys import new_key

SCORE = SCOPES[3]


def test_a_good_assertion_gets_a_token_for_the_scopes_that_are_granted(
    client: FlaskClient, client_id: str, tool: PretendTool
) -> None:
    answer = ask_token(client, tool.assertion(client_id), f"{SCORE} https://example.test/scope/other")
    assert answer.status_code == 200
    assert answer.mimetype == "text/html", "JSON under the wrong name, as Moodle sends it"
    body = answer.get_json(force=True)
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 3600, SCORE)


def test_no_scope_that_can_be_granted_is_an_error(
    client: FlaskClient, client_id: str, tool: PretendTool
) -> None:
    answer = ask_token(client, tool.assertion(client_id), "https://example.test/scope/other")
    assert (answer.status_code, answer.get_json(force=True)["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("claim", "seconds"), [("iat", 30), ("exp", -1)], ids=["iat in the future", "expired"]
)
def test_times_have_no_leeway(
    client: FlaskClient, client_id: str, tool: PretendTool, claim: str, seconds: int
) -> None:
    for _ in ("keys not fetched yet", "keys known"):
        assertion = tool.assertion(client_id, **{claim: int(time.time()) + seconds})
        answer = ask_token(client, assertion, SCORE)
        assert (answer.status_code, answer.get_json(force=True)["error"]) == (400, "invalid_client")
    assert tool.fetched == 1, "no new key makes a wrong time right"


def test_the_subject_is_the_client(client: FlaskClient, client_id: str, tool: PretendTool) -> None:
    answer = ask_token(client, tool.assertion(client_id, sub="other"), SCORE)
    assert (answer.status_code, answer.get_json(force=True)["error"]) == (400, "invalid_client")


def test_what_moodle_does_not_check_is_not_checked(
    client: FlaskClient, client_id: str, tool: PretendTool
) -> None:
    assertion = tool.assertion(client_id, aud=None, iss=None, exp=None, jti=None)
    assert ask_token(client, assertion, SCORE).status_code == 200
    assert ask_token(client, assertion, SCORE).status_code == 200


def test_only_form_encoding_and_client_credentials(client: FlaskClient, client_id: str) -> None:
    assert client.post("/token", json={"grant_type": "client_credentials"}).status_code == 400
    assert client.post("/token", data={"grant_type": "password"}).status_code == 400
    assert client.post("/token", data={"grant_type": "client_credentials"}).status_code == 400


@pytest.mark.parametrize("assertion", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."])
def test_rubbish_is_refused(client: FlaskClient, client_id: str, assertion: str) -> None:
    assert ask_token(client, assertion, SCORE).status_code == 400


def test_nobody_gets_a_token_before_registration(client: FlaskClient, tool: PretendTool) -> None:
    assert ask_token(client, tool.assertion("me"), SCORE).status_code == 400


def test_keys_are_fetched_once_and_again_when_a_signature_does_not_verify(
    client: FlaskClient, client_id: str, tool: PretendTool
) -> None:
    for _ in range(3):
        assert ask_token(client, tool.assertion(client_id), SCORE).status_code == 200
    assert tool.fetched == 1
    old = tool.keys[0]
    tool.keys = [new_key()]
    assert ask_token(client, tool.assertion(client_id), SCORE).status_code == 200
    assert tool.fetched == 2
    tool.keys.append(old)
    assert ask_token(client, tool.assertion(client_id), SCORE).status_code == 200


def test_a_signature_of_somebody_elses_key_under_a_known_kid_is_refused(
    client: FlaskClient, client_id: str, tool: PretendTool
) -> None:
    assert ask_token(client, tool.assertion(client_id), SCORE).status_code == 200
    published = list(tool.keys)
    forged = new_key()
    tool.keys = [type(forged)(kid=published[0].kid, pem=forged.pem)]
    assertion = tool.assertion(client_id)
    tool.keys = published
    assert ask_token(client, assertion, SCORE).status_code == 400


def test_a_key_set_out_of_reach_is_an_error_not_a_crash(
    client: FlaskClient, client_id: str, tool: PretendTool, here: Lms
) -> None:
    with here.state.change() as data:
        assert data.registration is not None
        data.registration.jwks_uri = tool.address + "/nothing"
    answer = ask_token(client, tool.assertion(client_id), SCORE)
    assert (answer.status_code, answer.get_json(force=True)["error"]) == (400, "invalid_client")
