"""Messages other than a launch: deep linking requests and submission reviews (checklist section DL)."""

from typing import Any

import pytest
from support import tokens
from support.refusals import ODD, refused_claims
from support.tokens import ABSENT, INSTRUCTOR, deep_linking_claims, launch, launch_of, review_claims, sign

from lti_tool.lti.claims import DeepLinkingSettings


def test_a_deep_linking_request_needs_no_link_and_no_roles() -> None:
    """DL-04, DL-05: who then has no role may choose nothing, but the message is good."""
    found = launch(sign(deep_linking_claims()))
    assert (found.resource_link_id, found.role) == (None, "instructor")
    bare = {"roles": ABSENT, "context": ABSENT, "launch_presentation": ABSENT, "custom": ABSENT}
    assert launch(sign(deep_linking_claims(**bare))).role == "observer"
    assert "roles" in refused_claims(deep_linking_claims(roles=INSTRUCTOR))


@pytest.mark.parametrize("settings", ODD)
def test_a_deep_linking_request_has_settings(settings: Any) -> None:
    """DL-01: or there is nowhere to answer."""
    refused_claims(deep_linking_claims(deep_linking_settings=settings))


@pytest.mark.parametrize(
    "name", ["deep_link_return_url", "accept_types", "accept_presentation_document_targets"]
)
@pytest.mark.parametrize("value", [ABSENT, None, "", "javascript:alert(1)", "http://moodle.example/x", 5])
def test_deep_linking_settings_are_complete(name: str, value: Any) -> None:
    """DL-02, DL-23: and the answer goes to https."""
    assert name in refused_claims(deep_linking_claims(deep_linking_settings=tokens.settings(**{name: value})))


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
    assert "data" in refused_claims(deep_linking_claims(deep_linking_settings=tokens.settings(data=data)))


def test_a_review_says_whose_work_and_where() -> None:
    """Submission review: Moodle's gradebook sends the learner as `for_user`."""
    found = launch(sign(review_claims()))
    assert (found.for_user, found.role, found.resource_link_id) == ("8", "instructor", "1")
    assert launch(sign(review_claims(resource_link=ABSENT))).resource_link_id is None
    assert launch_of(for_user={"user_id": "8"}).for_user is None


@pytest.mark.parametrize("user", [*ODD, *({"user_id": value} for value in (None, "", 8, "x" * 256))])
def test_a_review_of_nobody_is_refused(user: Any) -> None:
    """Submission review: `for_user.user_id` is required."""
    assert "for_user" in refused_claims(review_claims(for_user=user))


@pytest.mark.parametrize("endpoint", [ABSENT, {}, {"lineitem": ""}, {"lineitem": None}, 5, "lineitem"])
def test_a_review_without_line_item_is_refused(endpoint: Any) -> None:
    """Submission review: the column under review is required."""
    assert "line item" in refused_claims(review_claims(ags=endpoint))
