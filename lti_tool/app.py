"""The application factory: the only wiring."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from lti_tool.config import Settings
from lti_tool.curriculum.load import sound
from lti_tool.domain.course import Course
from lti_tool.lti.http import Http
from lti_tool.lti.keys import KeySets
from lti_tool.services.launches import Platforms
from lti_tool.storage.db import Engine, connect
from lti_tool.storage.files import FileStore
from lti_tool.web import (
    access,
    addresses,
    assignments,
    audit,
    by_hand,
    certification,
    classes,
    columns,
    copies,
    current,
    deployments,
    doctor,
    faults,
    glossary,
    gradebook,
    headers,
    health,
    home,
    instructor,
    invitations,
    kept_pages,
    keys,
    language,
    launch,
    lessons,
    limits,
    look,
    moving,
    numbers,
    operator_session,
    operators,
    passback_admin,
    place,
    platforms,
    quizzes,
    reviews,
    signals,
    simulations,
    start_check,
    unit,
    words,
)
from lti_tool.web.limits import Limit

BLUEPRINTS = (
    assignments.launched,
    audit.admin,
    by_hand.admin,
    by_hand.lti,
    certification.launched,
    classes.launched,
    doctor.admin,
    doctor.launched,
    doctor.reference,
    columns.launched,
    copies.launched,
    glossary.launched,
    gradebook.launched,
    deployments.admin,
    health.health,
    home.launched,
    instructor.launched,
    invitations.admin,
    keys.admin,
    language.launched,
    launch.lti,
    lessons.launched,
    moving.admin,
    operators.admin,
    passback_admin.admin,
    place.launched,
    platforms.admin,
    quizzes.launched,
    reviews.launched,
    simulations.launched,
    start_check.launched,
)


def utc_now() -> datetime:
    """This moment, aware UTC."""
    return datetime.now(UTC)


def nobody() -> None:
    """The worker beside the server looks by itself and need not be woken."""


def create_app(
    settings: Settings,
    *,
    course: Course | None = None,
    engine: Engine | None = None,
    clock: Callable[[], datetime] = utc_now,
    wake: Callable[[], None] = nobody,
) -> Flask:
    """The web application. Tests may bring their own course, database and clock.

    `wake` is called when a grade was committed; it must neither wait nor fail.
    """
    app = Flask("lti_tool.web", static_folder="static", template_folder="templates")
    _configure(app, settings)
    http = Http(allow=settings.outbound_allow)
    app.extensions["lti_tool"] = current.Parts(
        settings=settings,
        course=course or sound(settings.content),
        engine=engine or connect(settings.database_url),
        http=http,
        key_sets=KeySets(http),
        platforms=Platforms(),
        files=FileStore(settings.storage_url),
        clock=clock,
        wake=wake,
    )
    _extend(app)
    for module in (signals, numbers, access, unit, headers, faults, deployments, look, kept_pages):
        module.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    _open_static(app)
    _limit(app, settings)
    addresses.install(app)
    look.share_parts(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.upload_mb * 1024 * 1024 + 64 * 1024,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        SESSION_COOKIE_NAME="lti_launch",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        WTF_CSRF_TIME_LIMIT=None,  # a form stays good as long as its launch
        WTF_CSRF_SSL_STRICT=True,
        BOOTSTRAP_SERVE_LOCAL=True,
        BABEL_DEFAULT_LOCALE="ja",
        BABEL_DEFAULT_TIMEZONE=settings.timezone,
    )
    app.session_interface = operator_session.Cookies()
    if settings.https:
        # One proxy in front ends TLS. Host is not taken from it: our addresses come from the settings.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)  # type: ignore[method-assign]


def _extend(app: Flask) -> None:
    Bootstrap5(app)
    words.install(app)
    csrf = CSRFProtect(app)
    csrf.exempt("lti_tool.web.launch.login")
    csrf.exempt("lti_tool.web.launch.launch")
    csrf.exempt("lti_tool.web.launch.register")


def _open_static(app: Flask) -> None:
    """Static files are everybody's; a bound method takes no mark, so it is wrapped."""
    for endpoint in ("static", "bootstrap.static"):
        app.view_functions[endpoint] = access.public(_wrapped(app.view_functions[endpoint]))


def _wrapped(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def call(**values: str) -> Any:
        return view(**values)

    return call


def _limit(app: Flask, settings: Settings) -> None:
    # A school sits behind one address: 600 logins a minute let a full lecture hall in and stop a flood.
    kept = limits.counts(settings.redis_url)
    for endpoint in ("lti.login", "lti.launch"):
        _limited(app, endpoint, kept, Limit(600, 60, limits.address))
    # Each of these calls the LMS, some of them several times.
    for endpoint in ("doctor.ask", "doctor.report", "doctor.test_score", "doctor_admin.ask_platform"):
        _limited(app, endpoint, kept, Limit(30, 60, limits.address))
    # Passwords are not to be guessed: not from one place, and not from many for one account.
    by_name = Limit(20, 3600, operators.name_tried)
    _limited(app, "moving.confirm", kept, Limit(20, 3600, moving.tries))
    _limited(app, "operators.login", kept, Limit(10, 60, limits.address), by_name)


def _limited(app: Flask, endpoint: str, kept: limits.Counts, *allowed: Limit) -> None:
    app.view_functions[endpoint] = limits.limited(app.view_functions[endpoint], kept, *allowed)
