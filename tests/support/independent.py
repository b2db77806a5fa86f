"""A platform that is none of ours: `lti1p3platform` makes its launches, tokens and grade services; Flask carries them.

What the package leaves to its user is done here as an LMS does it, in memory: one course, one activity, one column.

Faults of the package (0.1.8) that this side works around:

- Its ready-made views need Django, or `pkg_resources`, which today's setuptools does not bring: so these routes.
- An authentication request is not judged beyond its client: `refusal` below looks at the rest of SEC §5.1.1.2.
- A list of line items is answered as an object with `content` in it: `Site.grades` takes the list out.
- Its token endpoint and services raise where an LMS answers: PyJWT's errors and LtiException become 400 and 401 here.
- The scope of a service is not asked for one by one: any scope of the grade service opens all of it. So
  `Gradebook.scopes` remembers what was granted, for the test to look at.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from flask import Flask, Response, abort, jsonify, redirect, request
from lti1p3platform.exceptions import LineItemNotFoundException, LtiException
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService
from support.tokens import INSTRUCTOR, LEARNER, private_key
from werkzeug.wrappers import Response as BaseResponse

CLIENT_ID, DEPLOYMENT_ID = "client-17", "deployment-1"
PEOPLE = {
    "u-1": ("佐藤 葵", [LEARNER]),
    "u-2": ("Ms Teacher", [INSTRUCTOR]),
}
COURSE, LINK, CHOOSE = "course-9", "link-4", "choose"


@dataclass
class Gradebook:
    """What the LMS holds: columns by id, the scores that came for each, and what tokens were given for."""

    url: str
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)
    scores: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    scopes: list[str] = field(default_factory=list)

    def add(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """A new column."""
        number = str(len(self.columns) + 1)
        self.columns[number] = {**values, "id": f"{self.url}/lineitems/{number}"}
        self.scores[number] = []
        return self.columns[number]

    def column(self, number: str) -> dict[str, Any]:
        """A column; the package's own error when there is none."""
        if number not in self.columns:
            raise LineItemNotFoundException
        return self.columns[number]


class Platform(LTI1P3PlatformConfAbstract):
    """The tool as this platform knows it."""

    def init_platform_config(self, **values: Any) -> None:
        signing, published = private_key(values["signs_with"]), private_key("independent").public_key()
        private = signing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        public = published.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        tool = values["tool_url"]
        self._registration = (
            Registration()
            .set_iss(values["url"])
            .set_client_id(CLIENT_ID)
            .set_deployment_id(DEPLOYMENT_ID)
            .set_launch_url(f"{tool}/lti/launch")
            .set_deeplink_launch_url(f"{tool}/lti/launch")
            .set_oidc_login_url(f"{tool}/lti/login")
            .set_tool_key_set_url(f"{tool}/lti/jwks.json")
            .set_platform_public_key(public)
            .set_platform_private_key(private)
        )

    def get_registration_by_params(self, **_values: Any) -> Registration:
        return self.get_registration()


class Asked(Request):
    """A request of Flask in the package's words."""

    def build_metadata(self, asked: Any) -> Any:
        return {
            "method": asked.method,
            "form_data": asked.form.to_dict(),
            "get_data": asked.args.to_dict(),
            "headers": asked.headers,
            "content_type": asked.content_type,
            "path": asked.path,
            "json": json.loads(asked.data) if asked.is_json or "json" in (asked.content_type or "") else None,
        }


class Login(OIDCLoginAbstract):
    """The start of a launch."""

    def set_lti_message_hint(self, **values: Any) -> None:
        self._lti_message_hint = values["hint"]

    def get_redirect(self, url: str) -> BaseResponse:
        return redirect(url)


class Launch(LTIAdvantageMessageLaunchAbstract):
    """The answer to the tool's authentication request: a form that a browser sends on."""

    book: Gradebook
    node: str

    def prepare_launch(self, preflight_response: dict[str, Any]) -> None:
        name, roles = PEOPLE[preflight_response["login_hint"]]
        self.set_user_data(preflight_response["login_hint"], roles, full_name=name)
        self.set_launch_context_claim(
            COURSE, ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"], "Live Commerce"
        )
        self.set_launch_presentation_claim("window", f"{self.book.url}/course")
        if preflight_response["lti_message_hint"] == CHOOSE:
            self.set_dl(f"{self.book.url}/chosen", accept_types={"ltiResourceLink"})
            return
        self.set_resource_link_claim(LINK, title="Quiz")
        self.set_custom_parameters_claim({"node": self.node})
        self.set_ags(f"{self.book.url}/lineitems", f"{self.book.url}/lineitems/1")

    def render_launch_form(self, launch_data: dict[str, Any], **_values: Any) -> str:
        fields = "".join(
            f'<input name="{name}" value="{escape(launch_data[name])}">' for name in ("id_token", "state")
        )
        return f'<form method="post" action="{escape(launch_data["launch_url"])}">{fields}</form>'


class Grades(AssignmentsGradesService):
    """The package's grade service over our gradebook."""

    book: Gradebook

    def find_lineitems(self, **filters: Any) -> Any:
        names = {"resource_id": "resourceId", "resource_link_id": "resourceLinkId", "tag": "tag"}
        found = [
            column
            for column in self.book.columns.values()
            if all(column.get(names[name]) == value for name, value in filters.items() if name in names)
        ]
        return {"content": found, "has_next": False}

    def find_lineitem(self, line_item_id: str) -> Any:
        return self.book.column(line_item_id)

    def create_lineitem(self, creation_data: Any) -> Any:
        return self.book.add(creation_data)

    def update_lineitem(self, update_data: Any) -> Any:
        self.book.column(update_data["id"]).update(update_data)
        return update_data

    def delete_lineitem(self, line_item_id: str) -> None:
        self.book.column(line_item_id)
        del self.book.columns[line_item_id]

    def update_score(self, line_item_id: str, score: Any) -> UpdateScoreStatus:
        self.book.column(line_item_id)
        known = [one for one in self.book.scores[line_item_id] if one["userId"] == score["userId"]]
        if known and known[-1]["timestamp"] >= score["timestamp"]:
            return UpdateScoreStatus.OLD_TIMESTAMP
        self.book.scores[line_item_id].append(score)
        return UpdateScoreStatus.SUCCESS

    def get_results(self, line_item_id: str, **filters: Any) -> Any:
        newest = {one["userId"]: one for one in self.book.scores[line_item_id]}
        found = [
            {
                "userId": user,
                "resultScore": one["scoreGiven"],
                "resultMaximum": one["scoreMaximum"],
                "comment": one.get("comment", ""),
            }
            for user, one in newest.items()
            if filters.get("user_id", user) == user
        ]
        return {"content": found, "has_next": False}


def refusal(asked: Mapping[str, str], tool_url: str) -> str:
    """What is wrong with an authentication request (SEC §5.1.1.2), or nothing."""
    wanted = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "redirect_uri": f"{tool_url}/lti/launch",
    }
    return ", ".join(name for name, value in wanted.items() if asked.get(name) != value)


@dataclass
class Site:
    """The platform at `url`, with one activity that opens `node` of the tool at `tool_url`."""

    url: str
    tool_url: str
    node: str
    signs_with: str = "independent"
    book: Gradebook = field(init=False)
    chosen: list[dict[str, Any]] = field(default_factory=list)
    """What came back from deep linking, as the package took it."""

    def __post_init__(self) -> None:
        self.book = Gradebook(self.url)

    @property
    def platform(self) -> Platform:
        """Made anew for each request: it keeps what it read of the tool for ever."""
        return Platform(url=self.url, tool_url=self.tool_url, signs_with=self.signs_with)

    def begin(self, user: str, hint: str) -> BaseResponse:
        """A person opens the activity, or (hint `choose`) the picker."""
        login = Login(Asked(request), self.platform)
        login.set_lti_message_hint(hint=hint)
        return login.initiate_login(user)

    def authenticate(self) -> str:
        """The tool's authentication request."""
        if wrong := refusal(request.args, self.tool_url):
            abort(400, wrong)
        launch = Launch(Asked(request), self.platform)
        launch.book, launch.node = self.book, self.node
        return launch.lti_launch()

    def take(self) -> str:
        """The tool's answer to deep linking."""
        self.chosen = self.platform.validate_deeplinking_resp(request.form.to_dict())
        return "taken"

    def token(self) -> tuple[Response, int]:
        """The tool asks for an access token."""
        try:
            answer = self.platform.get_access_token(request.form.to_dict())
        except (LtiException, jwt.PyJWTError) as error:
            return jsonify(error="invalid_client", error_description=str(error)), 400
        self.book.scopes += answer["scope"].split()
        return jsonify(answer), 200

    def grades(self, handle: str, **values: str) -> Response:
        """A call to the grade service."""
        service = Grades(Asked(request), self.platform, f"{self.url}/lineitems")
        service.book = self.book
        try:
            answer = service.handle_resp(getattr(service, handle), **values)
        except (LtiException, jwt.PyJWTError) as error:
            return Response(str(error), 401)
        result = answer.result
        if isinstance(result, dict) and "content" in result:
            result = result["content"]
        body = "" if result is None else json.dumps(result)
        return Response(body, answer.code, content_type=answer.media_type)


def make_platform(site: Site) -> Flask:
    """The platform as a web application."""
    app = Flask("independent")
    app.add_url_rule("/as/<user>/<hint>", view_func=site.begin)
    app.add_url_rule("/auth", view_func=site.authenticate)
    app.add_url_rule("/certs", view_func=lambda: jsonify(site.platform.get_jwks()))
    app.add_url_rule("/chosen", view_func=site.take, methods=["POST"])
    app.add_url_rule("/token", view_func=site.token, methods=["POST"])
    for (method, path), handle in _GRADES.items():
        view = partial(site.grades, handle)
        app.add_url_rule(path, endpoint=f"{method} {path}", view_func=view, methods=[method])
    return app


_GRADES = {
    ("GET", "/lineitems"): "handle_get_lineitems",
    ("POST", "/lineitems"): "handle_create_lineitem",
    ("GET", "/lineitems/<line_item_id>"): "handle_get_lineitem",
    ("PUT", "/lineitems/<line_item_id>"): "handle_update_lineitem",
    ("DELETE", "/lineitems/<line_item_id>"): "handle_delete_lineitem",
    ("POST", "/lineitems/<line_item_id>/scores"): "handle_update_score",
    ("GET", "/lineitems/<line_item_id>/results"): "handle_get_results",
}
