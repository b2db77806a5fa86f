"""The admin area's cookie, and who is logged in there. It has nothing in common with the cookies of launches."""

import re
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlencode

from flask import Flask, Request, Response, g, redirect, request, session
from flask.sessions import SecureCookieSessionInterface, SessionInterface, SessionMixin
from flask.typing import ResponseReturnValue

from lti_tool.errors import AccessDenied
from lti_tool.services import audit, operators
from lti_tool.storage.db import open_session
from lti_tool.storage.operators import Operator
from lti_tool.web.addresses import url_for
from lti_tool.web.current import now, parts
from lti_tool.web.sessions import LaunchCookie

ROOT = "/admin"
LOCAL = re.compile(rf"{ROOT}/[A-Za-z0-9/_-]*(\?[A-Za-z0-9=&_.%+-]*)?")
"""Pages of the admin area: the only addresses that a login leads on to."""


class OperatorCookie(SecureCookieSessionInterface):
    """Signed with a salt of its own, sent to the admin area only, never from another site."""

    salt = "operator-session"

    def get_cookie_name(self, app: Flask) -> str:
        """Not the name of the launch's cookie."""
        return "lti_operator"

    def get_cookie_path(self, app: Flask) -> str:
        """The admin area."""
        return ROOT

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whatever the cookies of launches are."""
        return True

    def get_cookie_httponly(self, app: Flask) -> bool:
        """No script needs it."""
        return True

    def get_cookie_samesite(self, app: Flask) -> str:
        """A link from elsewhere arrives without it, and leads to the login."""
        return "Strict"

    def get_cookie_partitioned(self, app: Flask) -> bool:
        """It is never inside the frame of another site."""
        return False


class Cookies(SessionInterface):
    """The cookie that the address asks for: the operator's in the admin area, else that of the launch."""

    def __init__(self) -> None:
        self._operator, self._launch = OperatorCookie(), LaunchCookie()

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:
        """Read it."""
        return self._of(request.path).open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write it."""
        self._of(request.path).save_session(app, session, response)

    def _of(self, path: str) -> SessionInterface:
        return self._operator if path == ROOT or path.startswith(f"{ROOT}/") else self._launch


def operator() -> Operator:
    """Who is logged in. Set by `check` before any page of the admin area runs."""
    return cast(Operator, g.operator)


def actor() -> str:
    """Who is logged in, for the audit log."""
    return audit.operator(operator().name)


def begin(secret: str) -> None:
    """Log in here. Whatever the browser held before is gone, its form token too."""
    session.clear()
    session["secret"] = secret
    _seen()


def end() -> str:
    """Log out here; returns the secret of the session."""
    secret = str(session.get("secret", ""))
    session.clear()
    return secret


def check() -> ResponseReturnValue | None:
    """Let nobody in who is not logged in: readers are led to the login, forms are refused."""
    # Not in the session of the request: that would hold a writing transaction while a page asks an LMS.
    with open_session(parts().engine, writes=False) as reading:
        found = operators.resume(reading, str(session.get("secret", "")), _last_seen(), now())
    if found is not None:
        g.operator = found
        _seen()
        return None
    if request.method != "GET":
        raise AccessDenied(code="operator-session")
    asked = request.full_path.removesuffix("?")
    return redirect(f"{url_for('operators.login_page')}?{urlencode({'next': asked})}")


def onward(wanted: str) -> str:
    """Where a login leads: to the page that was asked for, if it is one of the admin area, else to its first."""
    return wanted if LOCAL.fullmatch(wanted) else url_for("operators.home")


def _seen() -> None:
    session["seen"] = now().timestamp()


def _last_seen() -> datetime:
    try:
        return datetime.fromtimestamp(float(session["seen"]), UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)
