"""Issuer endpoints: openid configuration, key set, authorization (LTI Security 1.0 §5.1)."""

import json
import secrets
from collections.abc import Mapping

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.demo.lms import TYPE_ID, Lms, Message, lms
from lti_tool.demo.messages import (
    FAMILY_CODE,
    SCOPES,
    VERSION,
    id_token_claims,
    target_link_uri,
    variable_names,
)
from lti_tool.demo.state import Registration
from lti_tool.lti.claims import DEEP_LINKING, PLATFORM_CONFIGURATION, RESOURCE_LINK

bp = Blueprint("oidc", __name__)


@bp.get("/.well-known/openid-configuration")
def configuration() -> Response:
    """What a tool must know to register (1EdTech dynamic registration 1.0 §3.3)."""
    here = lms()
    return jsonify(
        {
            "issuer": here.config.base_url,
            "token_endpoint": here.url("/token"),
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "jwks_uri": here.url("/certs"),
            "authorization_endpoint": here.url("/auth"),
            "registration_endpoint": here.url("/register"),
            "scopes_supported": [*SCOPES, "openid"],
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
            PLATFORM_CONFIGURATION: {
                "product_family_code": FAMILY_CODE,
                "version": VERSION,
                "messages_supported": [
                    {"type": RESOURCE_LINK},
                    {"type": DEEP_LINKING, "placements": ["ContentArea"]},
                ],
                "variables": variable_names(here),
            },
        }
    )


@bp.get("/certs")
def certs() -> Response:
    return jsonify(keys=lms().state.public_keys())


def login_form(here: Lms, registration: Registration, message: Message) -> dict[str, str]:
    """The fields of a login initiation (Security 1.0 §5.1.1.1). The hint is good for one answer."""
    name = f"ltilaunch{message.activity.id if message.activity else '_ContentItemSelectionRequest'}"
    hint: dict[str, int | str] = {"cmid": int(message.activity.id)} if message.activity else {}
    hint["launchid"] = f"{name}_{secrets.randbelow(2**48)}_{secrets.token_hex(8)}"
    return {
        **({"lti_storage_target": "_parent"} if here.storage else {}),
        "iss": here.config.base_url,
        "target_link_uri": target_link_uri(registration, message),
        "login_hint": message.person.id,
        "lti_message_hint": here.hints.issue(message, json.dumps(hint, separators=(",", ":"))),
        "client_id": registration.client_id,
        "lti_deployment_id": TYPE_ID,
    }


@bp.route("/auth", methods=["GET", "POST"])
def auth() -> ResponseReturnValue:
    """The authorization endpoint. It asks no cookie: the single-use hint names the person who began.

    What cannot be told to the tool safely is shown; everything else goes back as `error` with the state.
    """
    here, asked = lms(), request.values
    message = here.hints.take(asked.get("lti_message_hint", ""))
    registration = here.state.registration
    if message is None or registration is None:
        return _shown("hint")
    if asked.get("scope") != "openid" or not asked.get("nonce"):
        return _shown("request")
    redirect_uri = asked.get("redirect_uri", "")
    if redirect_uri not in registration.redirect_uris:
        return _shown("redirect")
    answer = _refusal(asked, registration, message)
    if not answer:
        claims = id_token_claims(here, registration, message, asked["nonce"])
        answer = {"id_token": here.state.signing_key().sign(claims)}
    if "state" in asked:
        answer["state"] = asked["state"]
    page = Response(render_template("demo/post.html", action=redirect_uri, fields=answer))
    page.headers["Cache-Control"] = "no-store"
    return page


def _refusal(asked: Mapping[str, str], registration: Registration, message: Message) -> dict[str, str]:
    """What is wrong with the request, as the fields of an error answer; empty when nothing is."""
    wrong = (
        (asked.get("client_id") != registration.client_id, "unauthorized_client", "Unknown client_id"),
        (
            asked.get("login_hint") != message.person.id,
            "access_denied",
            "login_hint is not the person logged in",
        ),
        (asked.get("response_type") != "id_token", "unsupported_response_type", "Only id_token is supported"),
        (asked.get("response_mode") != "form_post", "invalid_request", "response_mode must be form_post"),
        (asked.get("prompt", "none") != "none", "invalid_request", "prompt must be none"),
    )
    for failed, error, description in wrong:
        if failed:
            return {"error": error, "error_description": description}
    return {}


def _shown(what: str) -> ResponseReturnValue:
    return render_template("demo/invalid_request.html", what=what), 400
