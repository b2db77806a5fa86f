"""Who may open what. A route that says nothing is closed to everybody."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, request, session
from flask.typing import ResponseReturnValue

from lti_tool.errors import AccessDenied
from lti_tool.services import launches
from lti_tool.services.who import STAFF_ROLES
from lti_tool.web import operator_session
from lti_tool.web.current import db, now

View = TypeVar("View", bound=Callable[..., Any])

STAFF = tuple(sorted(STAFF_ROLES))
ANYONE_LAUNCHED = ("observer", "learner", *STAFF)
OPERATORS = frozenset({"operator"})
"""No launch gives this role: it is that of accounts of the tool itself."""


def allow(*roles: str) -> Callable[[View], View]:
    """Open a launched page to these roles."""

    def mark(view: View) -> View:
        view.allowed_roles = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return mark


def operators(view: View) -> View:
    """Open a page of the admin area to whoever is logged in there."""
    view.allowed_roles = OPERATORS  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Open a route to everybody: protocol endpoints, health, pages without personal data."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def decision(view: Callable[..., Any]) -> frozenset[str] | None:
    """The roles a view is open to; None when it is public; empty when it is closed."""
    if getattr(view, "is_public", False):
        return None
    return getattr(view, "allowed_roles", frozenset())


def install(app: Flask) -> None:
    """Check every request before its view runs, and keep the launch id out of the views' arguments."""
    app.url_value_preprocessor(_take_launch_id)
    app.before_request(_check)


def _take_launch_id(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "launch_id" in values:
        g.launch_id = values.pop("launch_id")


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such address, or not by this method: Flask answers
    roles = decision(current_app.view_functions[request.endpoint])
    if roles is None:
        return None
    if roles == OPERATORS:
        return operator_session.check()
    if "launch_id" not in g:
        abort(404)
    g.launch = launches.resume(db(), g.launch_id, session.get("secret", ""), now())
    if g.launch.role not in roles:
        raise AccessDenied(code="role")
    return None
