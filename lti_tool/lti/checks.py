"""The rules a signed message must keep, one named check each, listed in order at the end.

A check takes the claims and what is expected of them, and raises: InvalidToken where the token is not for us,
not now or not for this login (SEC §5.1.3), InvalidClaims where the message is not a good LTI message (CORE
§5.3, DL §4.4).

PyLTI1p3's message validators are run last for the two messages they describe rightly. Its deep linking
validator is left out: it wants `roles`, a non-empty list of targets and `ltiResourceLink`, which the
specification does not (DL-02 to DL-04).
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hmac import compare_digest

from pylti1p3.exception import LtiException
from pylti1p3.message_validators.abstract import MessageValidatorAbstract
from pylti1p3.message_validators.resource_message import ResourceMessageValidator
from pylti1p3.message_validators.submission_review import SubmissionReviewLaunchValidator

from lti_tool.errors import InvalidClaims, InvalidToken
from lti_tool.lti.claims import AGS_ENDPOINT, CLAIM, DEEP_LINKING, DL_CLAIM, RESOURCE_LINK, SUBMISSION_REVIEW
from lti_tool.lti.login import LoginState
from lti_tool.lti.platform import Registration
from lti_tool.lti.urls import is_secure, origin
from lti_tool.lti.values import address, is_identifier, mapping

LEEWAY = 60
"""Seconds that a platform's clock may differ from ours: as long as Moodle's tokens live."""
MAX_AGE = 600
"""Seconds after which a token is too old, whatever `exp` says: a login waits no longer."""
_YEAR_9999 = 253_402_300_799

Claims = Mapping[str, object]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Expected:
    """What a message is measured against."""

    login: LoginState
    registration: Registration
    now: float
    """Unix seconds."""
    tool_origin: str
    """An address of ours; links must open on the same origin."""


Check = Callable[[Claims, Expected], None]


def issuer(claims: Claims, expected: Expected) -> None:
    """TOK-10: `iss` is the registered one, to the letter."""
    if claims.get("iss") != expected.registration.issuer:
        raise InvalidToken("the issuer is another one")


def audience(claims: Claims, expected: Expected) -> None:
    """TOK-11 to TOK-14: `aud` has our client id and nobody we do not trust, in any order."""
    aud = claims.get("aud")
    found = aud if isinstance(aud, list) else [aud]
    if not all(isinstance(name, str) for name in found) or expected.registration.client_id not in found:
        raise InvalidToken("the token is for another client")
    if not {expected.registration.client_id, *expected.registration.trusted_audiences}.issuperset(found):
        raise InvalidToken("the token is also for somebody we do not trust")


def authorized_party(claims: Claims, expected: Expected) -> None:
    """TOK-15, TOK-16: `azp` is our client id, and present where there are several audiences."""
    aud = claims.get("aud")
    several = isinstance(aud, list) and len(aud) > 1
    if (several or "azp" in claims) and claims.get("azp") != expected.registration.client_id:
        raise InvalidToken("the authorized party is another one")


def expiry(claims: Claims, expected: Expected) -> None:
    """TOK-17, TOK-18: `exp` is not over, by more than the leeway."""
    if expected.now >= seconds(claims, "exp") + LEEWAY:
        raise InvalidToken("the token is over", code="expired")


def issue_time(claims: Claims, expected: Expected) -> None:
    """TOK-19 to TOK-21: `iat` is neither in the future nor long past, by more than the leeway."""
    age = expected.now - seconds(claims, "iat")
    if age < -LEEWAY:
        raise InvalidToken("the token is from the future")
    if age > MAX_AGE + LEEWAY:
        raise InvalidToken("the token is too old", code="expired")


def nonce(claims: Claims, expected: Expected) -> None:
    """STA-05, STA-06: `nonce` is that of this login. Spending it is for the storage."""
    value = claims.get("nonce")
    given = value.encode("utf-8", "replace") if isinstance(value, str) else b""
    if not compare_digest(given, expected.login.nonce.encode()):
        raise InvalidToken("the nonce is another one")


def version(claims: Claims, _expected: Expected) -> None:
    """CLM-01, CLM-02: LTI 1.3.0."""
    if claims.get(CLAIM + "version") != "1.3.0":
        raise InvalidClaims("the LTI version is not 1.3.0")


def message_type(claims: Claims, _expected: Expected) -> None:
    """CLM-03: a message we know."""
    found = claims.get(CLAIM + "message_type")
    if not isinstance(found, str) or found not in MESSAGE_CHECKS:
        raise InvalidClaims("the message type is missing or not supported")


def deployment(claims: Claims, expected: Expected) -> None:
    """CLM-04, CLM-07, LOG-19: `deployment_id` in 255 ASCII characters, the one the login named if it did."""
    found = claims.get(CLAIM + "deployment_id")
    if not is_identifier(found) or not found.isascii():
        raise InvalidClaims("deployment_id is missing or not usable")
    if expected.login.deployment_id not in {None, found}:
        raise InvalidClaims("deployment_id is not that of the login")


def target_link(claims: Claims, expected: Expected) -> None:
    """CLM-08 to CLM-10: a link into this tool. It counts, whatever the unsigned login named."""
    found = claims.get(CLAIM + "target_link_uri")
    if not isinstance(found, str) or not found:
        raise InvalidClaims("target_link_uri is missing")
    ours = origin(expected.tool_origin)
    if ours is None or origin(found) != ours:
        raise InvalidClaims("target_link_uri leads elsewhere")
    if found != expected.login.target_link_uri:
        log.warning("target_link_uri of the message differs from that of the login")


def subject(claims: Claims, _expected: Expected) -> None:
    """CLM-14, CLM-16: `sub` names one person. We take no anonymous launches, of any message."""
    if not is_identifier(claims.get("sub")):
        raise InvalidClaims("sub is missing or not usable")


def roles(claims: Claims, _expected: Expected) -> None:
    """ROL-01, ROL-14: a list, which may be empty."""
    if not isinstance(claims.get(CLAIM + "roles"), list):
        raise InvalidClaims("roles is missing or not a list")


def optional_roles(claims: Claims, expected: Expected) -> None:
    """DL-04: deep linking may leave `roles` out."""
    if CLAIM + "roles" in claims:
        roles(claims, expected)


def resource_link(claims: Claims, _expected: Expected) -> None:
    """CLM-11: the activity that is launched."""
    if not is_identifier(mapping(claims.get(CLAIM + "resource_link")).get("id")):
        raise InvalidClaims("resource_link.id is missing or not usable")


def reviewed_user(claims: Claims, _expected: Expected) -> None:
    """Submission review: whose work, in which line item."""
    if not is_identifier(mapping(claims.get(CLAIM + "for_user")).get("user_id")):
        raise InvalidClaims("for_user.user_id is missing or not usable")
    if address(mapping(claims.get(AGS_ENDPOINT)).get("lineitem")) is None:
        raise InvalidClaims("the line item to review is missing")


def deep_linking_settings(claims: Claims, _expected: Expected) -> None:
    """DL-01, DL-02, DL-23: where and what to answer. Empty lists are legal."""
    settings = mapping(claims.get(DL_CLAIM + "deep_linking_settings"))
    return_url = settings.get("deep_link_return_url")
    if not isinstance(return_url, str) or not is_secure(return_url):
        raise InvalidClaims("deep_link_return_url is missing or not an https address")
    for name in ("accept_types", "accept_presentation_document_targets"):
        if not isinstance(settings.get(name), list):
            raise InvalidClaims(f"{name} is missing or not a list")
    if not isinstance(settings.get("data", ""), str | None):
        raise InvalidClaims("data is not a string")


def by_library(validator: MessageValidatorAbstract) -> Check:
    """PyLTI1p3's own opinion of a message whose values have the right types."""

    def library(claims: Claims, _expected: Expected) -> None:
        try:
            validator.validate(claims)
        except LtiException as error:
            raise InvalidClaims(str(error)) from error

    return library


def seconds(claims: Claims, name: str) -> float:
    """TOK-22: a time as a JSON number of a year with four digits; neither boolean nor text, nor infinite."""
    value = claims.get(name)
    # `type` rather than isinstance: True is an int.
    if type(value) not in {int, float} or not 0 <= value <= _YEAR_9999:  # type: ignore[operator]
        raise InvalidToken(f"{name} is missing or not a time")
    return value  # type: ignore[return-value]


TOKEN_CHECKS: tuple[Check, ...] = (issuer, audience, authorized_party, expiry, issue_time, nonce)
COMMON_CHECKS: tuple[Check, ...] = (version, message_type, deployment, target_link, subject)
MESSAGE_CHECKS: Mapping[str, tuple[Check, ...]] = {
    RESOURCE_LINK: (roles, resource_link, by_library(ResourceMessageValidator())),
    SUBMISSION_REVIEW: (roles, reviewed_user, by_library(SubmissionReviewLaunchValidator())),
    DEEP_LINKING: (optional_roles, deep_linking_settings),
}


def run(claims: Claims, expected: Expected) -> str:
    """Run every check in order; returns the message type."""
    for check in (*TOKEN_CHECKS, *COMMON_CHECKS):
        check(claims, expected)
    kind = str(claims[CLAIM + "message_type"])
    for check in MESSAGE_CHECKS[kind]:
        check(claims, expected)
    return kind
