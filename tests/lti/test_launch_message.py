"""The message of a launch: what must be there, or nobody is let in (checklist section D)."""

import json
import logging
from typing import Any

import pytest
from pylti1p3.message_validators.resource_message import ResourceMessageValidator
from support import tokens
from support.refusals import IDENTIFIERS_REFUSED, ODD, refused_claims
from support.tokens import ABSENT, TARGET, TOOL, deep_linking_claims, launch, launch_of, review_claims, sign

from lti_tool.errors import InvalidClaims, LtiError
from lti_tool.lti import checks


@pytest.mark.parametrize("version", [ABSENT, None, "1.3", "11.3", "LTI-1p0", 1.3, "1.3.0 ", ["1.3.0"]])
def test_the_version_is_exactly_1_3_0(version: Any) -> None:
    """CLM-01, CLM-02: as a string, in every message."""
    for claims in (tokens.claims, deep_linking_claims, review_claims):
        assert "version is not" in refused_claims(claims(version=version))


@pytest.mark.parametrize(
    "kind", [ABSENT, None, "", "LtiHelloWorld", "ltiresourcelinkrequest", 5, ["LtiResourceLinkRequest"], {}]
)
def test_a_message_of_another_type_is_not_supported(kind: Any) -> None:
    """CLM-03: and says so."""
    assert "message type" in refused_claims(tokens.claims(message_type=kind))


@pytest.mark.parametrize("deployment", [*IDENTIFIERS_REFUSED, "展開"])
def test_a_deployment_is_named_in_ascii(deployment: Any) -> None:
    """CLM-04, CLM-07: at most 255 characters."""
    assert "deployment_id" in refused_claims(
        tokens.claims(deployment_id=deployment), login=tokens.login_state(deployment_id=None)
    )


@pytest.mark.parametrize(
    "deployment", ["1", " 1", "123:8865aa05b4b79b64a91a86042e43af5ea8ae79eb", "d" * 255, "Ab"]
)
def test_deployments_of_all_shapes_are_kept_as_they_are(deployment: str) -> None:
    """CLM-07, CLM-30: Canvas's among them; nothing is trimmed."""
    found = launch(
        sign(tokens.claims(deployment_id=deployment)), login=tokens.login_state(deployment_id=deployment)
    )
    assert found.deployment_id == deployment


def test_the_deployment_is_that_of_the_login() -> None:
    """LOG-19: if the login named one; to the letter."""
    assert launch_of().deployment_id == "1"
    assert launch(sign(), login=tokens.login_state(deployment_id=None)).deployment_id == "1"
    for other in ("2", "01", "1 "):
        refused_claims(tokens.claims(), login=tokens.login_state(deployment_id=other))


@pytest.mark.parametrize(
    "target",
    [
        ABSENT,
        None,
        "",
        5,
        "/lti/launch",
        "https://evil.example/lti/launch",
        "//evil.example",
        "https:evil.example",
        "\\\\evil.example",
        "https://tool.example\\@evil.example",
        "https://tool.example@evil.example/",
        "https://x@tool.example/",
        "https://tool.example.evil.example/",
        "https://sub.tool.example/",
        "https://tool.example:8443/",
        "http://tool.example/",
        "https://tool.example:x/",
        "https://[tool.example/",
        "https://tool.example/%0d%0aLocation:x",
        "https://tool.example/\r\nx",
        "https://t\u043e\u043el.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        " https://tool.example/",
    ],
)
def test_the_target_is_in_this_tool(target: Any) -> None:
    """CLM-08, CLM-09, ATK-02: the same origin, in a spelling that no browser reads otherwise."""
    assert "target_link_uri" in refused_claims(tokens.claims(target_link_uri=target))


@pytest.mark.parametrize(
    "target",
    [TOOL, TARGET, f"{TOOL}/l?a=1&b=%E3%81%82#x", "https://TOOL.example:443/x", f"{TOOL}/モジュール"],
)
def test_any_place_in_this_tool_will_do(target: str) -> None:
    """CLM-09: what is there is decided later, by the node."""
    assert launch_of(target_link_uri=target).target_link_uri == target


def test_the_signed_target_wins(caplog: pytest.LogCaptureFixture) -> None:
    """CLM-09, CLM-10: over that of the unsigned login; and it is noted."""
    with caplog.at_level(logging.WARNING):
        launch_of()
        assert not caplog.records
        assert launch_of(target_link_uri=f"{TOOL}/review").target_link_uri == f"{TOOL}/review"
    assert "target_link_uri" in caplog.text


def test_without_an_origin_of_ours_nothing_is_ours() -> None:
    """CLM-09: a misconfigured tool refuses."""
    refused_claims(tokens.claims(), tool_origin="tool.example")


@pytest.mark.parametrize(
    "link", [*ODD, *({"id": value} for value in IDENTIFIERS_REFUSED if value is not ABSENT)]
)
def test_a_resource_link_has_an_id(link: Any) -> None:
    """CLM-11: a non-empty string."""
    assert "resource_link" in refused_claims(tokens.claims(resource_link=link))


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("\u202eمرحبا 🎥", "\u202eمرحبا 🎥"),
        ("長" * 2000, "長" * 500),
        ("a\x00\ud800b", "ab"),
        *((odd, "") for odd in ODD if odd != "text"),
    ],
)
def test_a_resource_link_may_have_any_title(title: Any, kept: str) -> None:
    """CLM-12: it is kept as plain text of at most 500 characters that every database can hold."""
    link = {"id": "1"} if title is ABSENT else {"id": "1", "title": title, "description": title}
    assert launch_of(resource_link=link).resource_link_title == kept


@pytest.mark.parametrize("sub", IDENTIFIERS_REFUSED)
def test_a_person_has_an_id(sub: Any) -> None:
    """CLM-14, CLM-16: without one nobody is let in, least of all as somebody called None."""
    for claims in (tokens.claims, deep_linking_claims, review_claims):
        assert "sub" in refused_claims(claims(sub=sub))


@pytest.mark.parametrize(
    "sub", ["2", "A", "a", " 2", "2 ", "0", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "x" * 255]
)
def test_people_are_told_apart_to_the_letter(sub: str) -> None:
    """CLM-15, CLM-16, CLM-30: case and spaces count."""
    assert launch_of(sub=sub).sub == sub


def test_the_library_has_a_say_as_well() -> None:
    """CLM-11: should one of its validators know better than our checks, the message is refused in our words."""
    with pytest.raises(InvalidClaims, match="Missing Resource Link Id"):
        checks.by_library(ResourceMessageValidator())(
            tokens.claims(resource_link={}),
            checks.Expected(tokens.login_state(), tokens.registration(), 0, TOOL),
        )


def test_every_claim_may_be_of_any_type() -> None:
    """ATK-26: a message is accepted or refused, but never breaks anything."""
    for builder in (tokens.claims, deep_linking_claims, review_claims):
        for name in builder():
            for value in (*ODD[1:], [None], {"id": {}, "scope": {}, "user_id": []}, "\ud800\x00", -1, 1e308):
                message = {**builder(), name: value}
                try:
                    found = launch(
                        tokens.sign_raw(
                            b'{"alg":"RS256","kid":"platform-key-1"}', json.dumps(message).encode()
                        )
                    )
                except LtiError:
                    continue
                assert found.sub
