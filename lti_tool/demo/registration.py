"""Dynamic registration (1EdTech, 1.0), the LMS's side, with Moodle's demands and error texts."""

import secrets
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import jwt
from flask import Blueprint, Response, abort, jsonify, request

from lti_tool.demo.lms import TYPE_ID, Lms, lms, origin
from lti_tool.demo.messages import AGS_SCOPES, SCOPES
from lti_tool.demo.state import Registration
from lti_tool.lti.claims import DEEP_LINKING, TOOL_CONFIGURATION

bp = Blueprint("registration", __name__)

REQUIRED = (
    "response_types",
    "initiate_login_uri",
    "redirect_uris",
    "client_name",
    "jwks_uri",
    "token_endpoint_auth_method",
    TOOL_CONFIGURATION,
)
AUTH_METHOD = "private_key_jwt"
CLAIMS = ("sub", "iss", "name", "family_name", "given_name", "email")


def invite(here: Lms, registration_url: str) -> tuple[str, str]:
    """The address that begins a registration, and the ticket that is spent when the tool has registered.

    The address is the tool's own with our configuration and a one-time token added. A tool we know already,
    by host and port, keeps its client_id.
    """
    known = here.state.registration
    same = known is not None and known.domain == urlsplit(registration_url).netloc
    client_id = known.client_id if known is not None and same else secrets.token_urlsafe(11)
    issued = int(here.now())
    claims = {"sub": client_id, "scope": "reg-update" if same else "reg", "iat": issued, "exp": issued + 3600}
    claims["jti"] = ticket = here.invitations.issue(client_id)
    parts = urlsplit(registration_url)
    query = [
        *parse_qsl(parts.query, keep_blank_values=True),
        ("openid_configuration", here.url("/.well-known/openid-configuration")),
        ("registration_token", here.state.signing_key().sign(claims)),
    ]
    return urlunsplit(parts._replace(query=urlencode(query), fragment="")), ticket


@bp.post("/register")
def register() -> Response:
    """Take the tool's description and answer with its client_id and deployment_id, status 200."""
    here = lms()
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        _bad("invalid_json")
    _check(body)
    registration = _registration(body, _spend_token(here))
    with here.state.change() as data:
        data.registration = registration
    return jsonify(_answer(body, registration))


def _spend_token(here: Lms) -> str:
    """The client_id that the bearer token stands for, once; 401 otherwise."""
    _, _, token = request.headers.get("Authorization", "").partition(" ")
    for key in here.state.public_keys():
        try:
            claims = jwt.decode(
                token, jwt.PyJWK(key).key, algorithms=["RS256"], options={"require": ["exp", "jti", "sub"]}
            )
        except jwt.InvalidTokenError:
            continue
        client_id = here.invitations.take(str(claims["jti"]))
        if client_id is None:
            _bad("token_already_used", 401)
        return client_id
    return _bad("invalid_token", 401)


def _check(body: Mapping[str, Any]) -> None:
    for name in REQUIRED:
        if not body.get(name):
            _bad(f"missing required attribute {name}")
    tool = body[TOOL_CONFIGURATION]
    if not isinstance(tool, dict) or not tool.get("domain"):
        _bad("missing_domain")
    if urlsplit(_target(tool)).netloc != tool["domain"]:
        _bad("domain_targetlinkuri_mismatch")
    uris = body["redirect_uris"]
    if not isinstance(uris, list) or not all(isinstance(uri, str) and origin(uri) for uri in uris):
        _bad("invalid_redirect_uris")
    if not all(origin(str(uri)) for uri in (body["initiate_login_uri"], body["jwks_uri"], _target(tool))):
        _bad("invalid_uri")
    if "id_token" not in body["response_types"]:
        _bad("invalid_response_types")
    if body["token_endpoint_auth_method"] != AUTH_METHOD:
        _bad("invalid_token_endpoint_auth_method")
    if body.get("application_type", "web") != "web":
        _bad("invalid_application_type")


def _target(tool: Mapping[str, Any]) -> str:
    return str(tool.get("target_link_uri") or f"https://{tool['domain']}")


def _registration(body: Mapping[str, Any], client_id: str) -> Registration:
    tool: dict[str, Any] = body[TOOL_CONFIGURATION]
    target = _target(tool)
    names = {
        name.partition("#")[2]: str(text)
        for name, text in body.items()
        if name.split("#")[0] == "client_name"
    }
    picker: dict[str, Any] = next(
        (item for item in tool.get("messages") or [] if item.get("type") == DEEP_LINKING), {}
    )
    wanted = str(body.get("scope", "")).split()
    return Registration(
        client_id=client_id,
        deployment_id=TYPE_ID,
        names=names,
        domain=str(tool["domain"]),
        initiate_login_uri=str(body["initiate_login_uri"]),
        redirect_uris=body["redirect_uris"],
        jwks_uri=str(body["jwks_uri"]),
        target_link_uri=target,
        deep_linking_uri=str(picker.get("target_link_uri") or target),
        scopes=[scope for scope in SCOPES if scope in wanted],
        claims=[claim for claim in CLAIMS if claim in (tool.get("claims") or [])],
        custom={str(name): str(value) for name, value in (tool.get("custom_parameters") or {}).items()},
    )


def _answer(body: Mapping[str, Any], registration: Registration) -> dict[str, Any]:
    """The registered description.

    Two of Moodle's oddities are kept: one AGS scope lists them all, whatever the token endpoint grants, and a
    custom value is cut at its first "=".
    """
    ags = any(scope in registration.scopes for scope in AGS_SCOPES)
    listed = [scope for scope in SCOPES if scope in registration.scopes or (ags and scope in AGS_SCOPES)]
    kept = ("jwks_uri", "initiate_login_uri", "redirect_uris", "client_name", "logo_uri")
    return {name: body[name] for name in kept if name in body} | {
        "client_id": registration.client_id,
        "response_types": ["id_token"],
        "grant_types": ["client_credentials", "implicit"],
        "application_type": "web",
        "token_endpoint_auth_method": AUTH_METHOD,
        "scope": " ".join(listed),
        TOOL_CONFIGURATION: {
            "version": "1.3.0",
            "deployment_id": registration.deployment_id,
            "target_link_uri": registration.target_link_uri,
            "domain": registration.domain,
            "description": str(body[TOOL_CONFIGURATION].get("description", "")),
            "messages": [{"type": DEEP_LINKING, "target_link_uri": registration.deep_linking_uri}],
            "custom_parameters": {name: value.split("=")[0] for name, value in registration.custom.items()},
            "claims": registration.claims,
        },
    }


def _bad(what: str, status: int = 400) -> NoReturn:
    abort(Response(what, status, content_type="text/plain; charset=utf-8"))
