"""Deep linking: the request a teacher sends, and what becomes of the tool's answer."""

import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from support.pretend_tool import BASE, PretendTool, form_of, open_message
from werkzeug.test import TestResponse

from lti_tool.demo.app import Lms
from lti_tool.lti.claims import AGS_ENDPOINT, CLAIM, DEEP_LINKING, DL_CLAIM, NRPS_SERVICE

ADD = "/as/3/course/2/add/launch"
GRADED = {
    "type": "ltiResourceLink",
    "title": "M102 <b>小テスト</b>",
    "text": "ためらい",
    "url": "http://tool.test/launch?x=1",
    "custom": {"node": "m102-quiz"},
    "lineItem": {"scoreMaximum": 100, "label": "ignored", "resourceId": "m102-quiz", "tag": "quiz"},
}


def begin(client: FlaskClient, tool: PretendTool) -> str:
    """Open the picker; where its answer is to go."""
    settings = open_message(client, tool, ADD)[DL_CLAIM + "deep_linking_settings"]
    return str(settings["deep_link_return_url"]).removeprefix(BASE)


def answer(client: FlaskClient, tool: PretendTool, client_id: str, path: str, **changes: Any) -> TestResponse:
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": client_id,
        "aud": BASE,
        "iat": now,
        "exp": now + 60,
        "nonce": "n",
        CLAIM + "deployment_id": "1",
        CLAIM + "message_type": "LtiDeepLinkingResponse",
        CLAIM + "version": "1.3.0",
        DL_CLAIM + "content_items": [GRADED],
    } | {
        (DL_CLAIM + name if name in {"content_items", "msg"} else name): value
        for name, value in changes.items()
    }
    signed = tool.sign(**{name: value for name, value in claims.items() if value is not None})
    return client.post(path, data={"JWT": signed})


def test_the_request_is_moodles(client: FlaskClient, client_id: str, tool: PretendTool) -> None:
    _, fields = form_of(client.get(ADD))
    assert "cmid" not in fields["lti_message_hint"]
    claims = open_message(client, tool, ADD)
    assert claims[CLAIM + "message_type"] == DEEP_LINKING
    assert claims[CLAIM + "target_link_uri"] == tool.address + "/launch?deep=1"
    assert CLAIM + "resource_link" not in claims
    assert claims[CLAIM + "launch_presentation"] == {"locale": "en"}
    settings = claims[DL_CLAIM + "deep_linking_settings"]
    assert settings["accept_types"] == ["ltiResourceLink"]
    assert settings["accept_multiple"] is True
    assert "data" not in settings
    assert "accept_lineitem" not in settings
    assert "lineitem" not in claims[AGS_ENDPOINT]
    assert NRPS_SERVICE in claims


def test_a_course_without_activities_offers_no_roster(
    client: FlaskClient, client_id: str, tool: PretendTool
) -> None:
    claims = open_message(client, tool, "/as/3/course/3/add/launch")
    assert NRPS_SERVICE not in claims
    assert AGS_ENDPOINT in claims


def test_one_activity_an_item(client: FlaskClient, client_id: str, tool: PretendTool, here: Lms) -> None:
    plain = {"type": "ltiResourceLink", "custom": {"node": "m102"}}
    page = answer(client, tool, client_id, begin(client, tool), content_items=[GRADED, plain])

    assert page.status_code == 200
    assert "2 activities were added" in page.text
    with here.state.read() as data:
        graded, ungraded = list(data.activities.values())[-2:]
        assert (graded.titles, graded.text, graded.url) == (
            {"": "M102 小テスト"},
            "ためらい",
            "http://tool.test/launch?x=1",
        )
        assert graded.column is not None
        column = data.columns[graded.column]
        assert (column.label, column.maximum) == ("M102 小テスト", 100)
        assert (column.resource_id, column.tag, column.link_id) == ("m102-quiz", "quiz", graded.id)
        assert (ungraded.title("en"), ungraded.custom, ungraded.column) == (
            "Pretend tool",
            {"node": "m102"},
            None,
        )
    launched = open_message(client, tool, f"/as/5/activity/{graded.id}/launch")
    assert launched[CLAIM + "custom"]["node"] == "m102-quiz"
    assert launched[CLAIM + "target_link_uri"] == "http://tool.test/launch?x=1"


def test_an_answer_is_taken_once(client: FlaskClient, client_id: str, tool: PretendTool, here: Lms) -> None:
    path = begin(client, tool)
    assert answer(client, tool, client_id, path).status_code == 200
    assert answer(client, tool, client_id, path).status_code == 400
    with here.state.read() as data:
        assert len(data.activities) == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "http://tool.test"},
        {"aud": "http://other.test"},
        {"exp": 1},
        {"exp": None},
        {"nonce": None},
        {CLAIM + "deployment_id": "2"},
        {CLAIM + "message_type": DEEP_LINKING},
        {CLAIM + "version": "1.1"},
        {"content_items": "none"},
    ],
)
def test_a_wrong_answer_adds_nothing(
    client: FlaskClient, client_id: str, tool: PretendTool, here: Lms, changes: dict[str, Any]
) -> None:
    path = begin(client, tool)
    page = answer(client, tool, client_id, path, **changes)
    assert page.status_code == 400
    assert "nothing was added" in page.text
    with here.state.read() as data:
        assert len(data.activities) == 3
    assert answer(client, tool, client_id, path).status_code == 200, "the right answer still can come"


def test_an_unsigned_answer_or_an_unknown_address(
    client: FlaskClient, client_id: str, tool: PretendTool
) -> None:
    path = begin(client, tool)
    assert client.post(path, data={"JWT": "eyJhbGciOiJub25lIn0.e30."}).status_code == 400
    assert client.post(path).status_code == 400
    assert answer(client, tool, client_id, "/deep-linking/return/guess").status_code == 400


@pytest.mark.parametrize("maximum", [500, 33.5, 0, -1, "many"])
def test_a_maximum_that_would_lose_grades_is_refused(
    client: FlaskClient, client_id: str, tool: PretendTool, maximum: object
) -> None:
    item = GRADED | {"lineItem": {"scoreMaximum": maximum}}
    page = answer(client, tool, client_id, begin(client, tool), content_items=[item, GRADED])
    assert "1 activity was added" in page.text
    assert "whole number from 1 to 100" in page.text


@pytest.mark.parametrize("item", [GRADED | {"title": "x" * 256}, GRADED | {"type": "html"}, "text", {}])
def test_other_items_that_cannot_be_added(
    client: FlaskClient, client_id: str, tool: PretendTool, item: object
) -> None:
    page = answer(client, tool, client_id, begin(client, tool), content_items=[item])
    assert page.status_code == 200
    assert "Nothing was added" in page.text
    assert "Not added:" in page.text


def test_cancelling_shows_what_the_tool_says(client: FlaskClient, client_id: str, tool: PretendTool) -> None:
    page = answer(client, tool, client_id, begin(client, tool), content_items=None, msg="Maybe <later>")
    assert "Nothing was added" in page.text
    assert "Maybe &lt;later&gt;" in page.text


@pytest.mark.parametrize("person", ["4", "5"])
def test_only_a_teacher_or_an_administrator_adds(client: FlaskClient, client_id: str, person: str) -> None:
    assert client.get(f"/as/{person}/course/2/add").status_code == 403
    assert client.get(f"/as/{person}/course/2/add/launch").status_code == 403
    assert client.get("/as/2/course/2/add").status_code == 200
