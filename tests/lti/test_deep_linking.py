"""What goes back to the LMS after a teacher chose from the course."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import jwt
import pytest
from support import tokens as platform

from lti_tool.errors import InvalidClaims
from lti_tool.lti.claims import CLAIM, DL_CLAIM, DeepLinkingSettings
from lti_tool.lti.deep_linking import ContentItem, check_return_url, response
from lti_tool.lti.keys import Signer

RETURN = "https://moodle.example/mod/lti/contentitem_return.php?course=2&id=1&sesskey=wrIDAukA83"
SETTINGS = DeepLinkingSettings(RETURN, ("ltiResourceLink",), True, None, None)
LAUNCH = "https://tool.example/lti/launch"
KEY = platform.private_key("tool")
QUIZ = ContentItem("m101-quiz", "M101 小テスト", "十問", graded=True)
LESSON = ContentItem("m101-why", "Why people hesitate", "", graded=False)


@pytest.fixture
def respond(now: datetime) -> Any:
    """`respond(items, settings)`: the verified claims of the response."""

    def verified(items: Sequence[ContentItem], settings: DeepLinkingSettings = SETTINGS) -> dict[str, Any]:
        address, token = response(
            Signer("tool-key-1", KEY), platform.registration(), "1", settings, items, LAUNCH, now
        )
        assert address == settings.return_url
        assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": "tool-key-1", "typ": "JWT"}
        options: Any = {"verify_exp": False, "verify_iat": False}
        return jwt.decode(token, KEY.public_key(), ["RS256"], options, audience=platform.ISSUER)

    return verified


def test_the_response_is_a_message_of_ours_to_the_platform(respond: Any, now: datetime) -> None:
    """DL-07, DL-08, DL-10, CERT-D03, CERT-D04, CERT-D06: issuer and audience swapped, no azp."""
    claims = respond([LESSON])
    assert claims["iss"] == platform.CLIENT_ID
    assert claims["aud"] == platform.ISSUER
    assert claims[CLAIM + "message_type"] == "LtiDeepLinkingResponse"
    assert claims[CLAIM + "version"] == "1.3.0"
    assert claims[CLAIM + "deployment_id"] == "1"
    assert "azp" not in claims
    assert claims["iat"] <= now.timestamp() < claims["exp"] <= claims["iat"] + 300


def test_every_response_has_a_nonce_of_its_own(respond: Any) -> None:
    """DL-07, DL-25."""
    nonces = {respond([])["nonce"] for _ in range(5)}
    assert len(nonces) == 5
    assert min(map(len, nonces)) >= 22


def test_an_item_carries_its_node_and_its_column(respond: Any) -> None:
    """DL-15, DL-16, DL-30, CERT-D07: out of 100, found again by resourceId and by custom.node."""
    claims = respond([QUIZ, LESSON])
    assert claims[DL_CLAIM + "content_items"] == [
        {
            "type": "ltiResourceLink",
            "title": "M101 小テスト",
            "text": "十問",
            "url": LAUNCH,
            "custom": {"node": "m101-quiz"},
            "lineItem": {
                "label": "M101 小テスト",
                "scoreMaximum": 100,
                "resourceId": "m101-quiz",
                "tag": "grade",
                "submissionReview": {
                    "url": LAUNCH,
                    "custom": {"node": "m101-quiz"},
                    "reviewableStatus": ["Submitted", "Completed"],
                },
            },
        },
        {
            "type": "ltiResourceLink",
            "title": "Why people hesitate",
            "url": LAUNCH,
            "custom": {"node": "m101-why"},
        },
    ]


@pytest.mark.parametrize(("accepts", "has_column"), [(None, True), (True, True), (False, False)])
def test_a_column_is_offered_unless_refused(respond: Any, accepts: bool | None, has_column: bool) -> None:
    """DL-16: absent is no refusal."""
    (item,) = respond([QUIZ], replace(SETTINGS, accept_lineitem=accepts))[DL_CLAIM + "content_items"]
    assert ("lineItem" in item) is has_column


def test_titles_fit_the_form_of_the_lms(respond: Any) -> None:
    """DL-15: Moodle refuses more than 255 characters."""
    (item,) = respond([replace(QUIZ, title="長" * 300)])[DL_CLAIM + "content_items"]
    assert item["title"] == item["lineItem"]["label"] == "長" * 255


@pytest.mark.parametrize("data", ["", "csrf=abc+/=\u3042\n"])
def test_data_is_echoed_as_it_came(respond: Any, data: str) -> None:
    """DL-09: also when it is empty."""
    assert respond([LESSON], replace(SETTINGS, data=data))[DL_CLAIM + "data"] == data


def test_without_data_there_is_no_data_claim(respond: Any) -> None:
    """DL-09: absent, not null - and no null anywhere else."""
    claims = respond([QUIZ])
    assert DL_CLAIM + "data" not in claims
    assert None not in claims.values()


def test_cancelling_returns_an_empty_list(respond: Any) -> None:
    """DL-11."""
    assert respond([])[DL_CLAIM + "content_items"] == []


@pytest.mark.parametrize(("multiple", "count"), [(True, 2), (False, 1)])
def test_several_items_only_where_several_are_taken(respond: Any, multiple: bool, count: int) -> None:
    """DL-12."""
    claims = respond([QUIZ, LESSON], replace(SETTINGS, accept_multiple=multiple))
    assert len(claims[DL_CLAIM + "content_items"]) == count


@pytest.mark.parametrize(
    ("types", "count"), [(("link", "ltiResourceLink"), 1), (("link", "html"), 0), ((), 0)]
)
def test_only_accepted_types_are_returned(respond: Any, types: tuple[str, ...], count: int) -> None:
    """DL-03, DL-14."""
    claims = respond([QUIZ], replace(SETTINGS, accept_types=types))
    assert len(claims[DL_CLAIM + "content_items"]) == count


def test_the_query_of_the_return_address_is_kept(respond: Any) -> None:
    """DL-24: Moodle's session key is in it; `respond` compares the whole address."""
    respond([], replace(SETTINGS, return_url=f"{RETURN}&a=%2F&a=&b=x+y"))


@pytest.mark.parametrize("url", [RETURN, "http://127.0.0.1:8001/dl?x=1", "http://localhost:8001/dl"])
def test_a_browser_may_be_sent_to_https_and_to_this_machine(url: str) -> None:
    """DL-23."""
    check_return_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://moodle.example/dl",
        "javascript:alert(1)",
        "data:text/html,x",
        "//moodle.example/dl",
        "/dl",
        "https:///dl",
        "https://user@moodle.example/dl",
        'https://moodle.example/"><script>alert(1)</script>',
        "https://moodle.example/'\"onfocus=x",
        "https://moodle.example/dl\r\nX: y",
        "https://moodle.example\\@evil.example/",
        "java\tscript:alert(1)",
        " https://moodle.example/",
    ],
)
def test_no_form_is_posted_to_an_odd_address(respond: Any, url: str) -> None:
    """DL-23, ATK-18: not even signed."""
    with pytest.raises(InvalidClaims):
        respond([QUIZ], replace(SETTINGS, return_url=url))
