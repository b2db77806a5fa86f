"""What Moodle offers a tool that registers itself."""

from typing import Any

from support.stub import Stub

from lti_tool.lti.claims import (
    PLATFORM_CONFIGURATION,
    SCOPE_LINEITEM,
    SCOPE_LINEITEM_READONLY,
    SCOPE_NRPS,
    SCOPE_RESULT,
    SCOPE_SCORE,
)
from lti_tool.lti.http import Http
from lti_tool.lti.registration import PlatformConfiguration, fetch_configuration

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzY29wZSI6InJlZyJ9.c2lnbmF0dXJl"


def moodle(lms: Stub, **changes: Any) -> dict[str, Any]:
    """A configuration as Moodle 5.1 gives it; None removes a member."""
    found = {
        "issuer": lms.url,
        "token_endpoint": f"{lms.url}/mod/lti/token.php",
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "jwks_uri": f"{lms.url}/mod/lti/certs.php",
        "authorization_endpoint": f"{lms.url}/mod/lti/auth.php",
        "registration_endpoint": f"{lms.url}/mod/lti/openid-registration.php",
        "scopes_supported": [
            "https://purl.imsglobal.org/spec/lti-bo/scope/basicoutcome",
            SCOPE_LINEITEM_READONLY,
            SCOPE_RESULT,
            SCOPE_SCORE,
            SCOPE_LINEITEM,
            SCOPE_NRPS,
            "openid",
        ],
        "response_types_supported": ["id_token"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
        PLATFORM_CONFIGURATION: {
            "product_family_code": "moodle",
            "version": "5.1+ (Build: 20251017)",
            "messages_supported": [
                {"type": "LtiResourceLinkRequest"},
                {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea"]},
            ],
        },
        **changes,
    }
    return {name: value for name, value in found.items() if value is not None}


def fetch(lms: Stub, http: Http, token: str | None = TOKEN, **changes: Any) -> PlatformConfiguration:
    """That configuration, asked for where the LMS said it is."""
    lms.tell("/openid", moodle(lms, **changes), headers={"Content-Type": "text/html"})
    return fetch_configuration(http, f"{lms.url}/openid?x=1", token)
