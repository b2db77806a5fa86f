"""The claims of a launch that may be absent, or odd, and must be borne (checklist section D)."""

from typing import Any

import pytest
from support.refusals import ODD
from support.tokens import ABSENT, ISSUER, launch_of

from lti_tool.lti.claims import SCOPE_SCORE, AgsEndpoint

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
    """AGS-01, TOK-28: no AGS claim, no AGS."""
    assert launch_of(ags=endpoint).ags is None


def test_blank_line_items_are_absent() -> None:
    """AGS-04: Moodle and others send "" where there is none."""
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
    """CERT-N01, NRP-03 (NRPS §3.6.1): `service_versions` must name it."""
    url = f"{ISSUER}/memberships"
    found = launch_of(nrps={"context_memberships_url": url, "service_versions": versions}).nrps_url
    assert found == (url if there else None)
    assert launch_of(nrps={"service_versions": versions}).nrps_url is None
    assert launch_of(nrps=versions).nrps_url is None
