"""The addresses an LMS knows: login, launch, key set, registration."""

import hashlib
from functools import lru_cache
from typing import cast

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
)
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response as BaseResponse

from lti_tool.domain.course import COURSE_NODE, Stage
from lti_tool.errors import InvalidState, MalformedMessage
from lti_tool.lti import launch as protocol
from lti_tool.lti.claims import SCOPE_NRPS, SCOPE_SCORE, SUBMISSION_REVIEW, Launch
from lti_tool.lti.login import LoginState, begin, parse_login, read_answer
from lti_tool.lti.registration import PlatformConfiguration
from lti_tool.services import keys, launches, registration, submission_review
from lti_tool.services.launches import Visit
from lti_tool.web import access, again, home, platform_storage
from lti_tool.web.addresses import url_for
from lti_tool.web.current import course, db, now, parts
from lti_tool.web.sessions import LaunchSecret

lti = Blueprint("lti", __name__, url_prefix="/lti")

STATE_SECONDS = 600


@lti.route("/login", methods=["GET", "POST"])
@access.public
def login() -> ResponseReturnValue:
    """Third-party initiated login (SEC §5.1.1.1): by GET and by POST alike. Nothing is stored for it here."""
    asked = parse_login(request.values)
    platform = parts().platforms.find(lambda: db(writes=False), asked.issuer, asked.client_id, now())
    address, state = begin(
        asked,
        launches.registration_of(platform),
        url_for_tool("/lti/launch"),
        now(),
        carry=again.carry(asked, platform),
    )
    kept = _signer().dumps(state.to_dict())
    answer: BaseResponse = redirect(address)
    if asked.storage_target is not None:
        answer = platform_storage.keep(address, state.state, str(kept)) or answer
    answer.set_cookie(
        _cookie_name(state.state),
        kept,
        max_age=STATE_SECONDS,
        path="/lti/launch",
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
    return _private(answer)


@lti.post("/launch")
@access.public
def launch() -> ResponseReturnValue:
    """The LMS's answer (SEC §5.1.1.3): checked, recorded, and turned into a page of its own session."""
    state, tool, moment = _state(), parts(), now()
    id_token = read_answer(request.form, state, moment)
    platform = tool.platforms.find(db, state.issuer, state.client_id, moment)
    verified = protocol.verify(
        id_token,
        state,
        launches.registration_of(platform),
        tool.key_sets,
        moment,
        tool_origin=tool.settings.base_url,
    )
    opened = launches.record(
        db(), tool.course, platform, verified, current_app.permanent_session_lifetime, moment
    )
    g.launch_id = opened.visit.id
    cast(LaunchSecret, session).hold(opened.secret)
    answer = redirect(_news_page(opened) or _first_page(opened.visit, opened.node, verified), 303)
    answer.delete_cookie(
        _cookie_name(state.state), path="/lti/launch", secure=True, samesite="None", partitioned=True
    )
    return _private(answer)


@lti.get("/launch")
@access.public
def launch_by_hand() -> ResponseReturnValue:
    """Somebody opened the launch address itself: say where the way in is."""
    raise MalformedMessage(code="not-a-launch")


@lti.get("/jwks.json")
@access.public
def jwks() -> ResponseReturnValue:
    """The tool's public keys (SEC §6.2)."""
    answer = jsonify(keys.published(db(), now()))
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@lti.get("/register")
@access.public
def registration_page() -> ResponseReturnValue:
    """What an LMS administrator sees in the LMS: who asks for what, and one button."""
    registration.check_invite(db(), request.args.get("invite", ""), now())
    asked = _registration_request()
    configuration = registration.look(parts().http, asked)
    return _private(Response(render_template("register.html", **_shared(configuration))))


def _shared(configuration: PlatformConfiguration) -> dict[str, object]:
    """Who asks, and what would be shared."""
    return {
        "configuration": configuration,
        "roster": configuration.gives(SCOPE_NRPS),
        "grades": configuration.gives(SCOPE_SCORE),
    }


@lti.post("/register")
@access.public
def register() -> ResponseReturnValue:
    """The administrator said yes: register to the end and close the LMS's window."""
    registration.connect(
        parts().engine,
        parts().http,
        parts().settings.base_url,
        request.args.get("invite", ""),
        _registration_request(),
        now(),
    )
    return _private(Response(render_template("registered.html")))


def url_for_tool(path: str) -> str:
    """An absolute address of ours, from the settings: never from a Host header."""
    return parts().settings.base_url + path


def _registration_request() -> registration.Request:
    address = request.args.get("openid_configuration", "")
    if not address:
        raise MalformedMessage(code="no-configuration")
    return registration.Request(address, request.args.get("registration_token") or None)


def _state() -> LoginState:
    """The login this answer belongs to, proved by the cookie or the LMS's storage that only this browser has."""
    state = request.form.get("state", "")
    if not state:
        raise InvalidState(code="no-state")
    kept = request.cookies.get(_cookie_name(state))
    if kept is None:
        kept = platform_storage.proof()
    if kept is None:
        raise InvalidState(code="no-cookie")
    try:
        return LoginState.from_dict(_signer().loads(kept, max_age=STATE_SECONDS))
    except BadData as error:
        raise InvalidState(code="expired") from error


def _cookie_name(state: str) -> str:
    """One cookie a login, so that two tabs do not overwrite each other (LOG-18)."""
    return "lti_" + hashlib.sha256(state.encode()).hexdigest()[:16]


def _signer() -> URLSafeTimedSerializer:
    return _signer_of(parts().settings.secret_key)


@lru_cache(1)
def _signer_of(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="lti-login")


def _news_page(opened: launches.Opened) -> str:
    """The page that comes before what was asked for, once; empty where none does."""
    if opened.news == "unnamed":
        return url_for("copies.recognise")
    return url_for("copies.activities", first="1") if opened.news == "copied" else ""


def _first_page(visit: Visit, linked: str | None, verified: Launch) -> str:
    if visit.deep_linking is not None:
        return url_for("place.picker")
    node = linked or verified.custom.get("node", "")
    if verified.message_type == SUBMISSION_REVIEW:
        return _review_page(visit, verified.for_user or "", node)
    found = course().nodes.get(node)
    if isinstance(found, Stage):
        return url_for("home.node", node_id=node)  # a locked one says so there; it has no page of its own
    return home.page_of(found)


def _review_page(visit: Visit, for_user: str, node: str) -> str:
    """The student's submission for staff, or else the nearest page that shows where the student is."""
    target = submission_review.find(db(), course(), visit, for_user, node)
    if visit.role not in access.STAFF:
        return url_for("home.node", node_id=node or COURSE_NODE)
    if target.submission_id is not None:
        return url_for("reviews.review", submission_id=target.submission_id)
    if target.person_id is not None:
        return url_for("classes.student", person_id=target.person_id)
    return url_for("classes.roster")


def _private(answer: BaseResponse) -> BaseResponse:
    """Logins and launches are nobody else's business: not in caches, not in Referer."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
