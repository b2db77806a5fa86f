"""The claims of an id_token, shaped as Moodle shapes them (LTI 1.3 Core §5.3, §5.4)."""

import re
from collections.abc import Mapping
from typing import Any

from lti_tool.demo.lms import Lms, Message
from lti_tool.demo.people import COURSES, PEOPLE, Person
from lti_tool.demo.state import Registration
from lti_tool.lti.claims import (
    AGS_ENDPOINT,
    CLAIM,
    DEEP_LINKING,
    DL_CLAIM,
    NRPS_SERVICE,
    RESOURCE_LINK,
    SCOPE_LINEITEM,
    SCOPE_LINEITEM_READONLY,
    SCOPE_NRPS,
    SCOPE_RESULT,
    SCOPE_SCORE,
)

AGS_SCOPES = (SCOPE_LINEITEM, SCOPE_LINEITEM_READONLY, SCOPE_RESULT, SCOPE_SCORE)
SCOPES = (*AGS_SCOPES, SCOPE_NRPS)
ID_TOKEN_SECONDS = 60
FAMILY_CODE = "demo-lms"
VERSION = "1.0"
NAME_CLAIMS = ("name", "given_name", "family_name", "email")


def id_token_claims(lms: Lms, registration: Registration, message: Message, nonce: str) -> dict[str, Any]:
    """All claims of the message, issued now and good for 60 seconds."""
    issued = int(lms.now())
    claims: dict[str, Any] = {
        "nonce": nonce,
        "iat": issued,
        "exp": issued + ID_TOKEN_SECONDS,
        "iss": lms.config.base_url,
        "aud": registration.client_id,
        "sub": message.person.id,
        CLAIM + "version": "1.3.0",
        CLAIM + "message_type": RESOURCE_LINK if message.activity else DEEP_LINKING,
        CLAIM + "deployment_id": registration.deployment_id,
        CLAIM + "target_link_uri": target_link_uri(registration, message),
        CLAIM + "roles": message.person.launch_roles,
        CLAIM + "launch_presentation": _presentation(lms, message),
        CLAIM + "custom": _custom(lms, registration, message),
    }
    claims |= names(registration, message.person, message.language)
    claims |= _surroundings(lms, message)
    claims |= _services(lms, registration, message)
    if message.activity is None:
        claims[DL_CLAIM + "deep_linking_settings"] = _deep_linking(lms, registration, message)
    else:
        claims[CLAIM + "resource_link"] = {
            "id": message.activity.id,
            "title": message.activity.title(message.language),
            "description": message.activity.text,
        }
    return claims


def _surroundings(lms: Lms, message: Message) -> dict[str, Any]:
    """The claims about the course and the platform, which depend on nothing the tool asked for."""
    return {
        CLAIM + "context": {
            "id": message.course.id,
            "label": message.course.label,
            "title": message.course.title(message.language),
            "type": ["CourseSection"],
        },
        CLAIM + "lis": {
            "person_sourcedid": message.person.sourcedid,
            "course_section_sourcedid": message.course.sourcedid,
        },
        CLAIM + "ext": {"user_username": message.person.username, "lms": FAMILY_CODE},
        CLAIM + "tool_platform": {
            "product_family_code": FAMILY_CODE,
            "version": VERSION,
            "guid": lms.config.base_url,
            "name": "Demo LMS",
            "description": "A pretend LMS for trying a tool out",
        },
    }


def target_link_uri(registration: Registration, message: Message) -> str:
    """Where the message is to end: the activity's own address wins over the registered one."""
    if message.activity is None:
        return registration.deep_linking_uri
    return message.activity.url or registration.target_link_uri


def names(registration: Registration, person: Person, language: str) -> dict[str, str]:
    """The name claims the tool asked for when it registered, and no others."""
    known = {
        "name": person.name(language),
        "given_name": person.given(language),
        "family_name": person.family(language),
        "email": person.email,
    }
    return {claim: known[claim] for claim in NAME_CLAIMS if claim in registration.claims}


def _presentation(lms: Lms, message: Message) -> dict[str, str]:
    if message.activity is None:
        return {"locale": message.language}
    return {
        "locale": message.language,
        "document_target": message.target,
        "return_url": lms.url(
            f"/as/{message.person.id}/course/{message.course.id}/return?activity={message.activity.id}"
        ),
    }


def _services(lms: Lms, registration: Registration, message: Message) -> dict[str, Any]:
    """Service claims for the scopes the tool asked for.

    The roster is not offered in a course where the tool has no activity yet; Moodle has that hole too.
    """
    claims: dict[str, Any] = {}
    scopes = [scope for scope in AGS_SCOPES if scope in registration.scopes]
    with lms.state.read() as data:
        column = data.columns.get(message.activity.column or "") if message.activity else None
        placed = bool(data.course_activities(message.course.id))
    if scopes:
        endpoint = {"scope": scopes, "lineitems": lms.lineitems_url(message.course.id)}
        claims[AGS_ENDPOINT] = endpoint | ({"lineitem": lms.lineitem_url(column)} if column else {})
    if SCOPE_NRPS in registration.scopes and placed:
        claims[NRPS_SERVICE] = {
            "context_memberships_url": lms.memberships_url(message.course.id),
            "service_versions": ["1.0", "2.0"],
        }
    return claims


def _deep_linking(lms: Lms, registration: Registration, message: Message) -> dict[str, Any]:
    """The settings claim (Deep Linking 2.0 §4.4.1); like Moodle without `data`."""
    return {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_copy_advice": False,
        "accept_multiple": True,
        "accept_unsigned": False,
        "auto_create": False,
        "can_confirm": False,
        "deep_link_return_url": lms.url(f"/deep-linking/return/{lms.returns.issue(message)}"),
        "title": registration.name(message.language),
        "text": "",
    }


def _custom(lms: Lms, registration: Registration, message: Message) -> dict[str, str | None]:
    """Custom parameters, variables filled in; the registered value wins over the activity's own.

    A key that is not plain is sent twice, as written and as Moodle maps it.
    """
    variables = _variables(lms, message)
    asked = (message.activity.custom if message.activity else {}) | registration.custom
    custom: dict[str, str | None] = {}
    for key, value in asked.items():
        filled = variables.get(value[1:], value) if value.startswith("$") else value
        custom[re.sub(r"[^a-z0-9]", "_", key.lower())] = filled
        custom[key] = filled
    custom["context_memberships_url"] = lms.memberships_url(message.course.id)
    return custom


def _variables(lms: Lms, message: Message) -> Mapping[str, str | None]:
    """Values of the variables we know. One that we do not know is sent as it is written."""
    person, course, activity, language = message.person, message.course, message.activity, message.language
    with lms.state.read() as data:
        column = data.columns.get(activity.column or "") if activity else None
    return {
        "User.id": person.id,
        "User.username": person.username,
        "Person.name.full": person.name(language),
        "Person.name.given": person.given(language),
        "Person.name.family": person.family(language),
        "Person.email.primary": person.email,
        "Person.sourcedId": person.sourcedid,
        "Person.address.timezone": "99",
        "Moodle.Person.userGroupIds": "",
        "Membership.role": person.membership_role,
        "Context.id": course.id,
        "Context.title": course.title(language),
        "Context.label": course.label,
        "Context.sourcedId": course.sourcedid,
        "Context.id.history": ",".join(course.history),
        "ResourceLink.id": activity.id if activity else None,
        "ResourceLink.title": activity.title(language) if activity else None,
        "ResourceLink.description": activity.text if activity else None,
        "LineItems.url": lms.lineitems_url(course.id),
        "LineItem.url": lms.lineitem_url(column) if column else "",
        "Scores.url": "",
        "ToolProxyBinding.memberships.url": lms.memberships_url(course.id),
    }


def variable_names(lms: Lms) -> list[str]:
    """The variables that the openid configuration announces."""
    course = next(iter(COURSES.values()))
    return list(_variables(lms, Message(PEOPLE[0], course, None, "en", "iframe")))
