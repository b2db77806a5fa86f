"""The demo LMS as a Flask app. All wiring is here; it knows the tool only by the protocol."""

from pathlib import Path
from typing import cast

from flask import Flask, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date

from lti_tool.demo import (
    deep_linking,
    oidc,
    pages,
    pages_editing,
    pages_faults,
    registration,
    services_ags,
    services_nrps,
    token,
)
from lti_tool.demo.connect import connect_by_http
from lti_tool.demo.faults import HangUp
from lti_tool.demo.language import LANGUAGES, language
from lti_tool.demo.lms import EXTENSION, DemoConfig, Lms, Placement, lms

__all__ = ["DemoConfig", "Lms", "Placement", "connect", "create_demo", "lms_of"]

_HERE = Path(__file__).parent
_PROTOCOL = (oidc.bp, token.bp, registration.bp, services_ags.bp, services_nrps.bp, deep_linking.bp)
_FAULTY = (token.bp, services_ags.bp, services_nrps.bp)
"""What a switched fault strikes: the services that the tool's server calls, never the pages and launches."""


def create_demo(config: DemoConfig) -> Flask:
    """Build the demo LMS. Raises ConfigError when the state file cannot be read."""
    app = Flask(__name__)
    here = Lms(config)
    app.extensions[EXTENSION] = here
    app.config.update(
        SECRET_KEY=here.state.secret,
        SESSION_COOKIE_NAME="demo_lms",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.base_url.startswith("https:"),
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=1 << 20,
    )
    Babel(app, default_translation_directories=str(_HERE / "translations"), locale_selector=language)
    csrf = CSRFProtect(app)
    for blueprint in _PROTOCOL:
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
    app.register_blueprint(pages.bp)
    app.register_blueprint(pages_editing.bp)
    app.register_blueprint(pages_faults.bp)
    for blueprint in _FAULTY:
        app.before_request_funcs.setdefault(blueprint.name, []).append(here.faults.strike)
        app.after_request_funcs.setdefault(blueprint.name, []).append(here.faults.note)
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _error_page)
    app.context_processor(_page_values)
    app.wsgi_app = HangUp(app.wsgi_app)  # type: ignore[method-assign]
    return app


def lms_of(app: Flask) -> Lms:
    """The LMS behind the app, for those who start it and for tests."""
    return cast(Lms, app.extensions[EXTENSION])


def connect(app: Flask, registration_url: str) -> None:
    """Register the tool without a person at the screen; the demo's server must be running.

    Raises RegistrationFailed.
    """
    connect_by_http(lms_of(app), registration_url)


def _headers(response: Response) -> Response:
    """Only our own files and the tool in a frame: no page of ours carries inline script or style."""
    tool = lms().tool_origins()
    framed = [*tool, g.frame_origin] if g.get("frame_origin") else tool
    rules = {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'", *tool],
        "frame-src": ["'self'", *framed],
        "frame-ancestors": ["'self'"],
        "base-uri": ["'none'"],
    }
    response.headers["Content-Security-Policy"] = "; ".join(
        f"{name} {' '.join(rules[name])}" for name in rules
    )
    response.headers["Date"] = http_date(lms().now())
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return response


def _error_page(error: HTTPException) -> ResponseReturnValue:
    """A page for people. Answers that the services abort with have no code and never come here."""
    return render_template(
        "demo/error.html", code=error.code, csrf=isinstance(error, CSRFError)
    ), error.code or 500


def _page_values() -> dict[str, object]:
    here = lms()
    return {
        "language": language(),
        "languages": LANGUAGES,
        "registration": here.state.registration,
        "tool_origins": here.tool_origins(),
        "storage": here.storage,
        "back": request.full_path.rstrip("?"),
    }
