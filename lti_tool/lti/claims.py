"""Names of claims, scopes and roles, and the frozen result of a verified launch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DL_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"
AGS_ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS_SERVICE = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"

SCOPE_LINEITEM = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
SCOPE_LINEITEM_READONLY = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
READ_COLUMNS = frozenset({SCOPE_LINEITEM, SCOPE_LINEITEM_READONLY})
"""Either lets us look at the columns of a course."""
SCOPE_RESULT = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCOPE_SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
SCOPE_NRPS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"

RESOURCE_LINK = "LtiResourceLinkRequest"
DEEP_LINKING = "LtiDeepLinkingRequest"
DEEP_LINKING_RESPONSE = "LtiDeepLinkingResponse"
SUBMISSION_REVIEW = "LtiSubmissionReviewRequest"

Role = Literal["learner", "instructor", "assistant", "admin", "observer"]
"""What we let a person do, least first: observer < learner < assistant < instructor < admin.

`admin` is a system or institution administrator who is also an instructor in this context. Unknown or no roles
give `observer`: may read, is never graded.
"""


@dataclass(frozen=True)
class AgsEndpoint:
    """The AGS claim (AGS 2.0 §3.1). Blank strings are absent."""

    scopes: frozenset[str]
    lineitems: str | None
    lineitem: str | None


@dataclass(frozen=True)
class DeepLinkingSettings:
    """The deep linking settings claim (DL 2.0 §4.4.1). `data` None means absent, "" is echoed."""

    return_url: str
    accept_types: tuple[str, ...]
    accept_multiple: bool
    accept_lineitem: bool | None
    data: str | None


@dataclass(frozen=True)
class Launch:
    """A verified launch: only signed values, holding no request."""

    issuer: str
    client_id: str
    deployment_id: str
    message_type: str
    nonce: str
    expires_at: int
    """Unix seconds after which the nonce need not be remembered."""
    target_link_uri: str
    sub: str
    role: Role
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    locale: str = ""
    context_id: str | None = None
    context_title: str = ""
    context_label: str = ""
    context_history: tuple[str, ...] = ()
    """Courses this one was copied from, nearest first."""
    link_history: tuple[str, ...] = ()
    """Links this one was copied from, nearest first."""
    resource_link_id: str | None = None
    resource_link_title: str = ""
    custom: Mapping[str, str] = field(default_factory=dict)
    ags: AgsEndpoint | None = None
    nrps_url: str | None = None
    deep_linking: DeepLinkingSettings | None = None
    for_user: str | None = None
    return_url: str | None = None
    document_target: str = ""
    product_family: str = ""
