"""A pretend tool for tests of the demo LMS: its key set, what it signs, and the hops of a launch."""

import re
import time
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from flask import Flask, jsonify
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.demo.app import Lms
from lti_tool.demo.keys import Key, new_key
from lti_tool.demo.registration import invite
from lti_tool.lti.claims import DEEP_LINKING, RESOURCE_LINK, TOOL_CONFIGURATION

BASE = "http://127.0.0.1:8001"
SCOPES = tuple(
    "https://purl.imsglobal.org/spec/" + tail
    for tail in (
        "lti-ags/scope/lineitem",
        "lti-ags/scope/lineitem.readonly",
        "lti-ags/scope/result.readonly",
        "lti-ags/scope/score",
        "lti-nrps/scope/contextmembership.readonly",
    )
)


class PretendTool:
    """Serves a key set and counts how often it is fetched; signs what a tool signs."""

    def __init__(self) -> None:
        self.keys: list[Key] = [new_key()]
        self.fetched = 0
        self.address = ""
        self.app = Flask("pretend_tool")
        self.app.add_url_rule("/jwks", view_func=self._jwks)

    def _jwks(self) -> Any:
        self.fetched += 1
        return jsonify(keys=[key.public() for key in self.keys])

    def sign(self, **claims: Any) -> str:
        return self.keys[-1].sign(claims)

    def assertion(self, client_id: str, **changes: Any) -> str:
        """A client assertion as the token endpoint wants it; a change to None leaves the claim out."""
        now = int(time.time())
        claims = {"iss": client_id, "sub": client_id, "aud": BASE + "/token", "iat": now - 5, "exp": now + 60}
        claims |= {"jti": str(time.time_ns())} | changes
        return self.sign(**{name: value for name, value in claims.items() if value is not None})

    def description(self, **changes: Any) -> dict[str, Any]:
        """What this tool sends to register; a change to None leaves the attribute out."""
        domain = urlsplit(self.address).netloc
        body = {
            "application_type": "web",
            "response_types": ["id_token"],
            "grant_types": ["implicit", "client_credentials"],
            "initiate_login_uri": self.address + "/login",
            "redirect_uris": [self.address + "/launch"],
            "client_name": "Pretend tool",
            "client_name#ja": "ふりをする道具",
            "jwks_uri": self.address + "/jwks",
            "token_endpoint_auth_method": "private_key_jwt",
            "scope": " ".join(SCOPES),
            TOOL_CONFIGURATION: {
                "domain": domain,
                "target_link_uri": self.address + "/launch",
                "custom_parameters": {"context_history": "$Context.id.history", "who": "$User.username"},
                "claims": ["iss", "sub", "name", "given_name", "family_name", "email"],
                "messages": [
                    {"type": RESOURCE_LINK, "target_link_uri": self.address + "/launch"},
                    {"type": DEEP_LINKING, "target_link_uri": self.address + "/launch?deep=1"},
                ],
            },
        }
        return {name: value for name, value in (body | changes).items() if value is not None}


def registration_token(here: Lms, address: str) -> str:
    return parse_qs(urlsplit(invite(here, address + "/register")[0]).query)["registration_token"][0]


def send_registration(client: FlaskClient, token: str, body: object) -> TestResponse:
    return client.post("/register", json=body, headers={"Authorization": f"Bearer {token}"})


def ask_token(client: FlaskClient, assertion: str, scope: str) -> TestResponse:
    return client.post(
        "/token",
        data={
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion,
            "scope": scope,
        },
    )


def form_of(page: TestResponse) -> tuple[str, dict[str, str]]:
    """Action and hidden fields of the form that a page sends on its own."""
    action = re.search(r'<form id="post" method="post" action="([^"]*)"', page.text)
    assert action, page.text
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page.text)
    return unescape(action[1]), {name: unescape(value) for name, value in fields}


def csrf_of(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return found[1]


def answer_login(
    client: FlaskClient, fields: dict[str, str], tool: PretendTool, **changes: str | None
) -> TestResponse:
    """What a tool's login endpoint asks of the authorization endpoint; a change to None leaves a field out."""
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": fields["client_id"],
        "redirect_uri": tool.address + "/launch",
        "login_hint": fields["login_hint"],
        "lti_message_hint": fields["lti_message_hint"],
        "state": "state-1",
        "nonce": "nonce-1",
    } | changes
    return client.get(
        "/auth", query_string={name: value for name, value in asked.items() if value is not None}
    )


def open_message(client: FlaskClient, tool: PretendTool, path: str) -> dict[str, Any]:
    """Open an address of the LMS that begins a message, go through login, verify and return the claims."""
    _, fields = form_of(client.get(path))
    action, answer = form_of(answer_login(client, fields, tool))
    assert action == tool.address + "/launch"
    assert answer["state"] == "state-1"
    keys = jwt.PyJWKSet.from_dict(client.get("/certs").get_json())
    kid = jwt.get_unverified_header(answer["id_token"])["kid"]
    key = next(key for key in keys.keys if key.key_id == kid)
    return jwt.decode(
        answer["id_token"], key.key, algorithms=["RS256"], audience=fields["client_id"], issuer=BASE
    )
