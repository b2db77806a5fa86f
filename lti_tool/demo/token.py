"""The token endpoint (client credentials with private_key_jwt, LTI Security 1.0 §4.1) and its bearers."""

import json

from flask import Blueprint, Response, request

from lti_tool.demo.lms import TYPE_ID, Lms, lms, refuse
from lti_tool.demo.messages import SCOPES
from lti_tool.demo.state import Registration
from lti_tool.errors import InvalidToken

bp = Blueprint("token", __name__)

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@bp.post("/token")
def token() -> Response:
    """An access token for those of the wanted scopes that are granted.

    The answer is JSON served as text/html, as Moodle does.
    """
    here, registration = lms(), lms().state.registration
    if request.mimetype != "application/x-www-form-urlencoded":
        return _answer(400, error="invalid_request")
    if request.form.get("grant_type") != "client_credentials":
        return _answer(400, error="unsupported_grant_type")
    try:
        if registration is None:
            raise InvalidToken("no tool is registered")
        _check_client(here, registration)
    except InvalidToken as error:
        return _answer(400, error="invalid_client", error_description=str(error))
    wanted = request.form.get("scope", "").split()
    granted = [scope for scope in SCOPES if scope in wanted and scope in registration.scopes]
    if not granted:
        return _answer(400, error="invalid_scope")
    return _answer(
        200,
        access_token=here.tokens.issue(frozenset(granted)),
        token_type="Bearer",  # noqa: S106
        expires_in=here.tokens.lifetime,
        scope=" ".join(granted),
    )


def _check_client(here: Lms, registration: Registration) -> None:
    if request.form.get("client_assertion_type") != ASSERTION_TYPE:
        raise InvalidToken("client_assertion_type is not jwt-bearer")
    claims = here.tool_keys.verify(request.form.get("client_assertion", ""), registration)
    if claims.get("sub") != registration.client_id:
        raise InvalidToken("sub is not the client_id")


def require_scope(*scopes: str, type_id: str | None) -> None:
    """Refuse with 401 unless the bearer holds one of `scopes` and asks for the tool's own `type_id`."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    held = lms().tokens.look(value.strip()) if scheme.lower() == "bearer" else None
    if held is None or held.isdisjoint(scopes) or type_id != TYPE_ID:
        refuse(401, "Unauthorized")


def _answer(status: int, **body: str | int) -> Response:
    return Response(json.dumps(body), status, content_type="text/html; charset=utf-8")
