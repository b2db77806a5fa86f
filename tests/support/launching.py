"""Launches through the tool's own addresses, as a browser inside the LMS makes them."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from support import tokens
from werkzeug.test import TestResponse

from lti_tool.storage.db import Engine, transaction
from lti_tool.storage.platforms import Deployment, Platform

BASE = "https://tool.example"
ROLES = {
    "learner": [tokens.LEARNER],
    "instructor": [tokens.INSTRUCTOR],
    "assistant": [f"{tokens.LIS}membership/Instructor#TeachingAssistant"],
    "admin": [tokens.INSTRUCTOR, *tokens.ADMINISTRATORS],
    "observer": ["http://example.org/unknown#Helper"],
}


def register_platform(engine: Engine, now: datetime) -> None:
    """The platform of `tokens`, as if registered, with its deployment approved."""
    wanted = tokens.registration()
    with transaction(engine) as session:
        platform = Platform(
            issuer=wanted.issuer,
            client_id=wanted.client_id,
            auth_url=wanted.auth_url,
            token_url=wanted.token_url,
            jwks_url=wanted.jwks_url,
            created_at=now,
        )
        platform.deployments = [
            Deployment(deployment_id=tokens.DEPLOYMENT_ID, created_at=now, approved_at=now)
        ]
        session.add(platform)


def begin_login(client: FlaskClient, **extra: str) -> dict[str, str]:
    """Start a login; returns the parameters of the authentication request."""
    wanted = tokens.registration()
    values = {
        "iss": wanted.issuer,
        "client_id": wanted.client_id,
        "login_hint": "5",
        "target_link_uri": tokens.TARGET,
        "lti_message_hint": '{"cmid":1,"launchid":"ltilaunch1_323708651"}',
        "lti_deployment_id": tokens.DEPLOYMENT_ID,
        **extra,
    }
    answer = client.post("/lti/login", data=values, base_url=BASE)
    assert answer.status_code == 302, answer.text
    return {name: found[0] for name, found in parse_qs(urlsplit(answer.location).query).items()}


def answer_login(client: FlaskClient, asked: dict[str, str], claims: dict[str, Any]) -> TestResponse:
    """Post the id_token that the platform makes of `claims` for the login just begun."""
    token = tokens.sign({**claims, "nonce": asked["nonce"]})
    return client.post("/lti/launch", data={"id_token": token, "state": asked["state"]}, base_url=BASE)


@dataclass
class Launched:
    """One open launch in one browser. Paths are relative to the launch, e.g. `lessons/t101-a`."""

    client: FlaskClient
    root: str
    first_page: str
    token: str = ""
    base: str = BASE

    def get(self, path: str = "", *, follow: bool = True, **options: Any) -> TestResponse:
        """Open a page; learns the form token of pages that have one."""
        answer = self.client.get(self._address(path), base_url=self.base, follow_redirects=follow, **options)
        self._learn(answer)
        return answer

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, follow: bool = True, **options: Any
    ) -> TestResponse:
        """Send a form as the page would, with its token."""
        if not self.token:
            self.get("")
        values = {"csrf_token": self.token, **(data or {})}
        headers = {"Referer": self.base + self.root, **options.pop("headers", {})}
        answer = self.client.post(
            self._address(path),
            data=values,
            base_url=self.base,
            follow_redirects=follow,
            headers=headers,
            **options,
        )
        self._learn(answer)
        return answer

    def post_json(self, path: str, value: Any) -> TestResponse:
        """Send JSON as a script of the page would."""
        if not self.token:
            self.get("")
        headers = {"Referer": self.base + self.root, "X-CSRFToken": self.token, "Accept": "application/json"}
        return self.client.post(self._address(path), json=value, base_url=self.base, headers=headers)

    def _address(self, path: str) -> str:
        return path if path.startswith("/") else f"{self.root}/{path}"

    def _learn(self, answer: TestResponse) -> None:
        if answer.mimetype == "text/html":
            found = re.search(r'name="csrf[-_]token" (?:content|value)="([^"]+)"', answer.text)
            self.token = found[1] if found else self.token


def launch(
    app: Flask,
    now: datetime,
    role: str = "learner",
    node: str | None = None,
    *,
    sub: str = "5",
    name: str = "山田 花子",
    language: str = "ja",
    context_id: str = "2",
    client: FlaskClient | None = None,
    **claims: Any,
) -> Launched:
    """Launch somebody into an activity (`node`; None: the course home) in a browser of their own or `client`."""
    browser = client or app.test_client()
    asked = begin_login(browser)
    message = tokens.claims(
        now,
        **{
            "sub": sub,
            "name": name,
            "roles": ROLES[role],
            "custom": {"node": node} if node else {},
            "context": {
                "id": context_id,
                "title": "ライブコマース",
                "label": "LC",
                "type": ["CourseSection"],
            },
            "resource_link": {"id": f"link-{context_id}-{node or 'course'}", "title": "活動"},
            "launch_presentation": {"locale": language, "document_target": "iframe"},
            **claims,
        },
    )
    answer = answer_login(browser, asked, message)
    assert answer.status_code == 303, f"{answer.status_code} {answer.text}"
    page = urlsplit(answer.location).path
    return Launched(browser, "/".join(page.split("/")[:3]), page)


def open_picker(app: Flask, now: datetime, *, multiple: bool = True, **settings: Any) -> Launched:
    """A teacher whom the LMS has sent to choose."""
    browser = app.test_client()
    asked = begin_login(browser)
    wanted = tokens.deep_linking_claims(
        now,
        nonce=asked["nonce"],
        launch_presentation={"locale": "ja"},
        deep_linking_settings=tokens.settings(accept_multiple=multiple, **settings),
    )
    answer = answer_login(browser, asked, wanted)
    assert answer.status_code == 303, answer.text
    root = "/".join(urlsplit(answer.location).path.split("/")[:3])
    return Launched(browser, root, answer.location)
