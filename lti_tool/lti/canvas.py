"""The tool in the words of Canvas's own configuration format, for "Enter URL" and "Paste JSON" of an LTI key."""

from typing import Any

from lti_tool.lti.claims import DEEP_LINKING
from lti_tool.lti.registration import CUSTOM, SCOPES, ToolProfile

PLACEMENTS = ("link_selection", "assignment_selection")
"""Where a teacher chooses from the course: in modules, and when making an assignment."""


def configuration(tool: ToolProfile) -> dict[str, Any]:
    """What Canvas reads. `public`: names and e-mail addresses are sent, as by dynamic registration."""
    placements = [
        {
            "placement": name,
            "message_type": DEEP_LINKING,
            "target_link_uri": tool.launch_url,
            "text": tool.name_en,
            "enabled": True,
        }
        for name in PLACEMENTS
    ]
    return {
        "title": tool.name_en,
        "description": tool.description,
        "oidc_initiation_url": tool.login_url,
        "target_link_uri": tool.launch_url,
        "public_jwk_url": tool.jwks_url,
        "scopes": list(SCOPES),
        "custom_fields": dict(CUSTOM),
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": tool.domain,
                "tool_id": "lti-tool",
                "privacy_level": "public",
                "settings": {"text": tool.name_en, "icon_url": tool.logo_url, "placements": placements},
            }
        ],
    }
