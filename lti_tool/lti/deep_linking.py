"""Deep Linking 2.0: the chosen content goes back to the LMS as a signed message, by way of the browser."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.errors import InvalidClaims
from lti_tool.lti.ags import LABEL_LIMIT, MAXIMUM
from lti_tool.lti.claims import CLAIM, DEEP_LINKING_RESPONSE, DL_CLAIM, DeepLinkingSettings
from lti_tool.lti.platform import Registration
from lti_tool.lti.tokens import ASSERTION_LIFE, BACKDATED, Signs
from lti_tool.lti.urls import is_secure

LINK = "ltiResourceLink"
TAG = "grade"
REVIEWABLE = ("Submitted", "Completed")
"""Activity progress from which on the LMS may offer to open a student's work (Submission Review 1.0)."""
TITLE_LIMIT = 255
"""Of a title: Moodle's form refuses longer ones."""

_NEVER_IN_URLS = re.compile(r"[\"<>^`{|}]")


@dataclass(frozen=True)
class ContentItem:
    """A content node to link to. `graded`: it gets a column, from which a student's work can be opened."""

    node: str
    title: str
    text: str
    graded: bool


def response(
    signer: Signs,
    registration: Registration,
    deployment_id: str,
    settings: DeepLinkingSettings,
    items: Sequence[ContentItem],
    launch_url: str,
    now: datetime,
) -> tuple[str, str]:
    """Where the browser posts the response, and the response as the form field `JWT` (DL §4.5).

    No items means the teacher cancelled. Only what the request accepts is sent: one item unless it takes several,
    none if it takes no LTI links. Raises InvalidClaims for a return address no browser should be sent to.
    """
    check_return_url(settings.return_url)
    accepted = items if settings.accept_multiple else items[:1]
    if LINK not in settings.accept_types:
        accepted = []
    claims: dict[str, Any] = {
        "iss": registration.client_id,
        "aud": registration.issuer,
        "iat": int((now - BACKDATED).timestamp()),
        "exp": int((now + ASSERTION_LIFE).timestamp()),
        "nonce": secrets.token_urlsafe(24),
        CLAIM + "message_type": DEEP_LINKING_RESPONSE,
        CLAIM + "version": "1.3.0",
        CLAIM + "deployment_id": deployment_id,
        DL_CLAIM + "content_items": [_link(item, settings, launch_url) for item in accepted],
    }
    if settings.data is not None:
        claims[DL_CLAIM + "data"] = settings.data
    return settings.return_url, signer.sign(claims)


def check_return_url(url: str) -> None:
    """Raise InvalidClaims unless a browser may be sent there: https, or http to this machine (SEC §3)."""
    if not is_secure(url) or _NEVER_IN_URLS.search(url):
        raise InvalidClaims("deep_link_return_url is no https address")


def _link(item: ContentItem, settings: DeepLinkingSettings, launch_url: str) -> dict[str, Any]:
    """One `ltiResourceLink` (DL §3.2). Launches find the node by `custom`, never by title or address."""
    title = item.title[:TITLE_LIMIT]
    link: dict[str, Any] = {"type": LINK, "title": title, "url": launch_url, "custom": {"node": item.node}}
    if item.text:
        link["text"] = item.text
    if item.graded and settings.accept_lineitem is not False:
        link["lineItem"] = {
            "label": title[:LABEL_LIMIT],
            "scoreMaximum": MAXIMUM,
            "resourceId": item.node,
            "tag": TAG,
            "submissionReview": {
                "url": launch_url,
                "custom": {"node": item.node},
                "reviewableStatus": list(REVIEWABLE),
            },
        }
    return link
