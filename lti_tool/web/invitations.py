"""Invitations in the admin area: an address for the LMS's administrator to paste, good once."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.services import invitations as service
from lti_tool.services import registration
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.current import db, now, parts
from lti_tool.web.numbers import within
from lti_tool.web.operator_session import actor

admin = Blueprint("invitations", __name__, url_prefix="/admin/invitations")


@admin.get("/")
@access.operators
def index() -> ResponseReturnValue:
    """How is an LMS connected, and who is still to come?"""
    page = service.page(db(), now(), within(request.args.get("before")) or None)
    return render_template("admin/invitations.html", page=page)


@admin.post("/")
@access.operators
def invite() -> ResponseReturnValue:
    """Make an invitation. Its address is shown here and now: only a hash of it is kept."""
    secret = registration.invite(db(), now(), by=actor(), note=request.form.get("note", "").strip())
    return render_template(
        "admin/invitation.html",
        address=registration.invite_url(parts().settings.base_url, secret),
        days=registration.INVITE_LIFETIME.days,
    )


@admin.post("/<int:number>/revoke")
@access.operators
def revoke(number: int) -> ResponseReturnValue:
    """Take one back."""
    service.revoke(db(), number, now(), actor())
    return redirect(url_for("invitations.index", note="revoked"), 303)
