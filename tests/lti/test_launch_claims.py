"""The message of a launch: what must be there, and everything odd that must be borne (checklist section D, DL)."""

import json
import logging
from typing import Any

import pytest
from pylti1p3.message_validators.resource_message import ResourceMessageValidator
from support import tokens
from support.tokens import (
    ABSENT,
    INSTRUCTOR,
    ISSUER,
    TARGET,
    TOOL,
    deep_linking_claims,
    launch,
    launch_of,
    review_claims,
    sign,
)

from lti_tool.errors import InvalidClaims, LtiError
from lti_tool.lti import checks
from lti_tool.lti.claims import SCOPE_SCORE, AgsEndpoint, DeepLinkingSettings

ODD: list[Any] = [ABSENT, None, "", "text", 5, True, [], {}, [[]], {"id": None}]
IDENTIFIERS_REFUSED: list[Any] = [
    ABSENT,
    None,
    "",
    " ",
    5,
    1.5,
    True,
    ["1"],
    {"id": "1"},
    "x" * 256,
    "a\x00",
    "\ud800",
    "a\nb",
]


def refused(claims: dict[str, Any], **overrides: Any) -> str:
    with pytest.raises(InvalidClaims) as caught:
        launch(sign(claims), **overrides)
    assert caught.value.status == 400
    return str(caught.value)


@pytest.mark.parametrize("version", [ABSENT, None, "1.3", "11.3", "LTI-1p0", 1.3, "1.3.0 ", ["1.3.0"]])
def test_the_version_is_exactly_1_3_0(version: Any) -> None:
    """CLM-01, CLM-02: as a string, in every message."""
    for claims in (tokens.claims, deep_linking_claims, review_claims):
        assert "version is not" in refused(claims(version=version))


@pytest.mark.parametrize(
    "kind", [ABSENT, None, "", "LtiHelloWorld", "ltiresourcelinkrequest", 5, ["LtiResourceLinkRequest"], {}]
)
def test_a_message_of_another_type_is_not_supported(kind: Any) -> None:
    """CLM-03: and says so."""
    assert "message type" in refused(tokens.claims(message_type=kind))


@pytest.mark.parametrize("deployment", [*IDENTIFIERS_REFUSED, "展開"])
def test_a_deployment_is_named_in_ascii(deployment: Any) -> None:
    """CLM-04, CLM-07: at most 255 characters."""
    assert "deployment_id" in refused(
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
        refused(tokens.claims(), login=tokens.login_state(deployment_id=other))


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
    assert "target_link_uri" in refused(tokens.claims(target_link_uri=target))


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
    refused(tokens.claims(), tool_origin="tool.example")


@pytest.mark.parametrize(
    "link", [*ODD, *({"id": value} for value in IDENTIFIERS_REFUSED if value is not ABSENT)]
)
def test_a_resource_link_has_an_id(link: Any) -> None:
    """CLM-11: a non-empty string."""
    assert "resource_link" in refused(tokens.claims(resource_link=link))


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
        assert "sub" in refused(claims(sub=sub))


@pytest.mark.parametrize(
    "sub", ["2", "A", "a", " 2", "2 ", "0", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "x" * 255]
)
def test_people_are_told_apart_to_the_letter(sub: str) -> None:
    """CLM-15, CLM-16, CLM-30: case and spaces count."""
    assert launch_of(sub=sub).sub == sub


PII = ("name", "given_name", "family_name", "email", "picture", "locale")


def test_nothing_personal_is_needed() -> None:
    """CLM-17: names and address are empty then."""
    found = launch_of(**dict.fromkeys(PII, ABSENT))
    assert (found.name, found.given_name, found.family_name, found.email) == ("", "", "", "")


@pytest.mark.parametrize("kept", [("email",), ("name", "given_name", "family_name")])
def test_some_of_it_is_enough(kept: tuple[str, ...]) -> None:
    """CLM-18: only an address, or only names."""
    found = launch_of(**{name: ABSENT for name in PII if name not in kept})
    assert [bool(getattr(found, name)) for name in PII[:4]] == [name in kept for name in PII[:4]]


@pytest.mark.parametrize("value", [*ODD, "x" * 5000])
def test_odd_personal_data_stops_nobody(value: Any) -> None:
    """CLM-17: what is no string is as if absent."""
    found = launch_of(**dict.fromkeys(PII, value))
    assert found.name == (value[:255] if isinstance(value, str) else "")


@pytest.mark.parametrize(
    "context", [*ODD, {"id": ""}, {"id": 2}, {"id": [], "title": "x"}, {"title": "x", "label": "y"}]
)
def test_a_context_without_id_is_none(context: Any) -> None:
    """CLM-20, CLM-21: its title then belongs to nothing."""
    found = launch_of(context=context)
    assert (found.context_id, found.context_title, found.context_label) == (None, "", "")


@pytest.mark.parametrize(
    "kind",
    [
        ["CourseSection"],
        ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"],
        "CourseSection",
        ["urn:lti:context-type:ims/lis/CourseSection"],
        ["unknown"],
        None,
        5,
        ABSENT,
    ],
)
def test_contexts_of_all_types_are_courses(kind: Any) -> None:
    """CLM-22: the type changes nothing."""
    context = {"id": "2", "title": "Live Commerce", "label": "LC101"} | (
        {} if kind is ABSENT else {"type": kind}
    )
    found = launch_of(context=context)
    assert (found.context_id, found.context_title, found.context_label) == ("2", "Live Commerce", "LC101")


@pytest.mark.parametrize("custom", ODD[:9])
def test_custom_parameters_are_optional(custom: Any) -> None:
    """CLM-23: and so is everything about them."""
    assert launch_of(custom=custom).custom == {}


def test_custom_values_become_text() -> None:
    """CLM-23: null and what the platform did not resolve are left out, "" says "known but empty"."""
    sent = {
        "node": "m101-quiz",
        "empty": "",
        "null": None,
        "unresolved": "$ResourceLink.available.startDateTime",
        "bogus": "$X",
        "price": "$5 off",
        "dollar": "$",
        "number": 12,
        "half": 0.5,
        "yes": True,
        "list": ["あ"],
        "nul": "a\x00b",
    }
    assert launch_of(custom=sent).custom == {
        "node": "m101-quiz",
        "empty": "",
        "price": "$5 off",
        "dollar": "$",
        "number": "12",
        "half": "0.5",
        "yes": "true",
        "list": '["あ"]',
        "nul": "ab",
    }


@pytest.mark.parametrize(
    ("sent", "history"),
    [
        ("", ()),
        ("$Context.id.history", ()),
        ("7", ("7",)),
        ("7,3, 1", ("7", "3", "1")),
        (",7,,", ("7",)),
        (7, ("7",)),
    ],
)
def test_the_history_of_a_copied_course_is_a_list(sent: Any, history: tuple[str, ...]) -> None:
    """CLM-23: Moodle sends it as text, nearest first, or not at all."""
    assert launch_of(custom={"context_history": sent}).context_history == history


@pytest.mark.parametrize(
    "presentation", [*ODD, {"height": "500", "width": "x"}, {"document_target": 1, "locale": []}]
)
def test_the_presentation_is_optional(presentation: Any) -> None:
    """CLM-24: then there is nowhere to return to."""
    found = launch_of(launch_presentation=presentation)
    assert (found.return_url, found.document_target, found.locale) == (None, "", "")


@pytest.mark.parametrize(
    "url",
    [
        "http://moodle.example/x",
        "javascript:alert(1)",
        "//moodle.example",
        "https://a@b.example",
        "",
        5,
        "https://x/" + "y" * 2000,
    ],
)
def test_a_return_address_that_no_browser_should_open_is_dropped(url: Any) -> None:
    """CLM-25: https only."""
    assert launch_of(launch_presentation={"return_url": url}).return_url is None


def test_a_return_address_keeps_its_query() -> None:
    """CLM-25: to the letter, for messages to be added."""
    url = f"{ISSUER}/mod/lti/return.php?course=2&sesskey=a%2Bb"
    assert launch_of(launch_presentation={"return_url": url, "document_target": "window"}).return_url == url
    assert launch_of(launch_presentation={"document_target": "window"}).document_target == "window"
    assert launch_of(launch_presentation={"document_target": "popup"}).document_target == ""


@pytest.mark.parametrize("platform", [*ODD, {"guid": None}, {"product_family_code": 5}])
def test_the_platform_need_not_introduce_itself(platform: Any) -> None:
    """CLM-27: no guid, no name, no claim."""
    assert launch_of(tool_platform=platform).product_family == ""
    assert launch_of().product_family == "moodle"


@pytest.mark.parametrize(
    ("presented", "claimed", "expected"),
    [
        ("ja", "en", "ja"),
        (ABSENT, "en-US", "en-US"),
        ("ja_JP", ABSENT, "ja_JP"),
        ("<b>", "zh-Hant-TW", "zh-Hant-TW"),
        ("", "../../etc", ""),
        (5, ["ja"], ""),
        ("x" * 99, "e", ""),
    ],
)
def test_the_language_is_that_of_the_page_around_us(presented: Any, claimed: Any, expected: str) -> None:
    """CLM-29: then that of the person; what is no language tag is ignored."""
    presentation = {} if presented is ABSENT else {"locale": presented}
    assert launch_of(launch_presentation=presentation, locale=claimed).locale == expected


@pytest.mark.parametrize("endpoint", [ABSENT, None, "", 5, [], "x"])
def test_a_launch_may_come_without_grades(endpoint: Any) -> None:
    """TOK-28: no AGS claim, no AGS."""
    assert launch_of(ags=endpoint).ags is None


def test_blank_line_items_are_absent() -> None:
    """Moodle and others send "" where there is none."""
    found = launch_of(ags={"scope": [SCOPE_SCORE, 5, None], "lineitems": "", "lineitem": " "}).ags
    assert found == AgsEndpoint(frozenset({SCOPE_SCORE}), None, None)
    for odd in (5, None, [], "x" * 1001, "https://x/\x00"):
        assert launch_of(ags={"scope": odd, "lineitem": odd}).ags == AgsEndpoint(frozenset(), None, None)


@pytest.mark.parametrize(
    ("versions", "there"),
    [
        (["1.0", "2.0"], True),
        (["2.0"], True),
        (["1.0"], False),
        ("2.0", False),
        ([2.0], False),
        (None, False),
    ],
)
def test_the_roster_is_read_in_version_2_only(versions: Any, there: bool) -> None:
    """NRPS §3.6.1: `service_versions` must name it."""
    url = f"{ISSUER}/memberships"
    found = launch_of(nrps={"context_memberships_url": url, "service_versions": versions}).nrps_url
    assert found == (url if there else None)
    assert launch_of(nrps={"service_versions": versions}).nrps_url is None
    assert launch_of(nrps=versions).nrps_url is None


def test_a_deep_linking_request_needs_no_link_and_no_roles() -> None:
    """DL-04, DL-05: who then has no role may choose nothing, but the message is good."""
    found = launch(sign(deep_linking_claims()))
    assert (found.resource_link_id, found.role) == (None, "instructor")
    bare = {"roles": ABSENT, "context": ABSENT, "launch_presentation": ABSENT, "custom": ABSENT}
    assert launch(sign(deep_linking_claims(**bare))).role == "observer"
    assert "roles" in refused(deep_linking_claims(roles=INSTRUCTOR))


@pytest.mark.parametrize("settings", ODD)
def test_a_deep_linking_request_has_settings(settings: Any) -> None:
    """DL-01: or there is nowhere to answer."""
    refused(deep_linking_claims(deep_linking_settings=settings))


@pytest.mark.parametrize(
    "name", ["deep_link_return_url", "accept_types", "accept_presentation_document_targets"]
)
@pytest.mark.parametrize("value", [ABSENT, None, "", "javascript:alert(1)", "http://moodle.example/x", 5])
def test_deep_linking_settings_are_complete(name: str, value: Any) -> None:
    """DL-02, DL-23: and the answer goes to https."""
    assert name in refused(deep_linking_claims(deep_linking_settings=tokens.settings(**{name: value})))


def test_deep_linking_settings_are_read_kindly() -> None:
    """DL-02, DL-03, DL-13: empty lists are legal, other types too, and booleans come as words as well."""
    settings = tokens.settings(
        accept_types=["link", "html", 5],
        accept_presentation_document_targets=[],
        accept_multiple="true",
        accept_lineitem="false",
    )
    found = launch(sign(deep_linking_claims(deep_linking_settings=settings))).deep_linking
    assert found == DeepLinkingSettings(settings["deep_link_return_url"], ("link", "html"), True, False, None)

    settings = tokens.settings(accept_types=[], accept_multiple=ABSENT)
    found = launch(sign(deep_linking_claims(deep_linking_settings=settings))).deep_linking
    assert found is not None
    assert (found.accept_types, found.accept_multiple, found.accept_lineitem) == ((), False, None)
    assert launch_of(deep_linking_settings=settings).deep_linking is None


@pytest.mark.parametrize(("data", "kept"), [("", ""), ("a=b é", "a=b é"), (ABSENT, None), (None, None)])
def test_deep_linking_data_is_kept_for_the_answer(data: Any, kept: str | None) -> None:
    """DL-09: "" is data, too."""
    found = launch(sign(deep_linking_claims(deep_linking_settings=tokens.settings(data=data)))).deep_linking
    assert found is not None
    assert found.data == kept


@pytest.mark.parametrize("data", [5, {}, [], True])
def test_deep_linking_data_that_cannot_be_echoed_is_refused(data: Any) -> None:
    """DL-09: it is a string."""
    assert "data" in refused(deep_linking_claims(deep_linking_settings=tokens.settings(data=data)))


def test_a_review_says_whose_work_and_where() -> None:
    """Submission review: Moodle's gradebook sends the learner as `for_user`."""
    found = launch(sign(review_claims()))
    assert (found.for_user, found.role, found.resource_link_id) == ("8", "instructor", "1")
    assert launch(sign(review_claims(resource_link=ABSENT))).resource_link_id is None
    assert launch_of(for_user={"user_id": "8"}).for_user is None


@pytest.mark.parametrize("user", [*ODD, *({"user_id": value} for value in (None, "", 8, "x" * 256))])
def test_a_review_of_nobody_is_refused(user: Any) -> None:
    """Submission review: `for_user.user_id` is required."""
    assert "for_user" in refused(review_claims(for_user=user))


@pytest.mark.parametrize("endpoint", [ABSENT, {}, {"lineitem": ""}, {"lineitem": None}, 5, "lineitem"])
def test_a_review_without_line_item_is_refused(endpoint: Any) -> None:
    """Submission review: the column under review is required."""
    assert "line item" in refused(review_claims(ags=endpoint))


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
