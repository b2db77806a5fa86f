"""What a Moodle of ours says when a student launches."""

from typing import Any

from lti_tool.lti.claims import AGS_ENDPOINT, NRPS_SERVICE

ISSUER = "https://moodle.example"
CLIENT_ID = "qItHvjolf3xtUXy"
DEPLOYMENT_ID = "1"
TOOL = "https://tool.example"
TARGET = f"{TOOL}/lti/launch"
NONCE = "nonce-of-this-login"


def person(issued: int) -> dict[str, Any]:
    """A student, in a token of that second."""
    return {
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "iat": issued,
        "exp": issued + 60,
        "nonce": NONCE,
        "sub": "5",
        "given_name": "花子",
        "family_name": "山田",
        "name": "山田 花子",
        "email": "student01@school.example",
    }


def message(roles: list[str]) -> dict[str, Any]:
    """What is launched, where and how; by short names."""
    return {
        "deployment_id": DEPLOYMENT_ID,
        "target_link_uri": TARGET,
        "message_type": "LtiResourceLinkRequest",
        "version": "1.3.0",
        "roles": roles,
        "lis": {"person_sourcedid": "id-student01", "course_section_sourcedid": "LC-101"},
        "context": {"id": "2", "label": "LC101", "title": "Live Commerce", "type": ["CourseSection"]},
        "resource_link": {"id": "1", "title": "M101", "description": ""},
        "ext": {"user_username": "student01", "lms": "moodle-2"},
        "launch_presentation": {
            "locale": "ja",
            "document_target": "iframe",
            "return_url": f"{ISSUER}/mod/lti/return.php?course=2&launch_container=3&instanceid=1&sesskey=x",
        },
        "tool_platform": {
            "product_family_code": "moodle",
            "version": "2025100600.02",
            "guid": "93b8f1fddf186a61a92c1a1f88fb19d2",
            "name": "School",
            "description": "School Moodle",
        },
        "custom": {
            "node": "m101",
            "context_history": "",
            "resource_available": "$ResourceLink.available.startDateTime",
            "context_memberships_url": f"{ISSUER}/mod/lti/services.php/CourseSection/2/memberships",
        },
    }


def services() -> dict[str, Any]:
    """The services that come along."""
    base = f"{ISSUER}/mod/lti/services.php"
    scope = "https://purl.imsglobal.org/spec/lti-ags/scope/"
    return {
        AGS_ENDPOINT: {
            "scope": [scope + name for name in ("lineitem", "lineitem.readonly", "result.readonly", "score")],
            "lineitems": f"{base}/2/lineitems?type_id=1",
            "lineitem": f"{base}/2/lineitems/2/lineitem?type_id=1",
        },
        NRPS_SERVICE: {
            "context_memberships_url": f"{base}/CourseSection/2/bindings/1/memberships",
            "service_versions": ["1.0", "2.0"],
        },
        "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome": {
            "lis_result_sourcedid": '{"data":{"instanceid":"1","userid":"5"},"hash":"00"}',
            "lis_outcome_service_url": f"{ISSUER}/mod/lti/service.php",
        },
    }
