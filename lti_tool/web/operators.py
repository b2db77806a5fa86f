"""Logging in to the admin area, and out of it."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.services import operators as service
from lti_tool.web import access, operator_session
from lti_tool.web.addresses import url_for
from lti_tool.web.current import db, now

admin = Blueprint("operators", __name__, url_prefix="/admin")


@admin.get("/login")
@access.public
def login_page() -> ResponseReturnValue:
    """Name and password."""
    return render_template("admin/login.html", wanted=request.args.get("next", ""))


@admin.post("/login")
@access.public
def login() -> ResponseReturnValue:
    """Open a session, or say that it was wrong - not what of it."""
    wanted = request.form.get("next", "")
    secret = service.login(db(), name_tried(), request.form.get("password", ""), now())
    if secret is None:
        page = render_template("admin/login.html", wanted=wanted, name=name_tried(), failed=True)
        return page, 401
    operator_session.begin(secret)
    return redirect(operator_session.onward(wanted), 303)


@admin.get("/")
@access.operators
def home() -> ResponseReturnValue:
    """The first page of the admin area."""
    return redirect(url_for("platforms.index"))


@admin.post("/logout")
@access.operators
def logout() -> ResponseReturnValue:
    """Close the session, here and in the database."""
    service.logout(db(), operator_session.operator(), operator_session.end(), now())
    return redirect(url_for("operators.login_page"), 303)


def name_tried() -> str:
    """The name in the form, as accounts are written. Tries are counted by it."""
    return request.form.get("name", "").strip().lower()[:40]
