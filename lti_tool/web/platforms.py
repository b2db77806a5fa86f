"""The platforms in the admin area."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.services import platforms as service
from lti_tool.services import registration
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.current import db, now
from lti_tool.web.numbers import within
from lti_tool.web.operator_session import actor

admin = Blueprint("platforms", __name__, url_prefix="/admin/platforms")


@admin.get("/")
@access.operators
def index() -> ResponseReturnValue:
    """Is anything waiting too long?"""
    return render_template("admin/platforms.html", page=service.page(db(), within(request.args.get("after"))))


@admin.get("/<int:platform_id>")
@access.operators
def platform(platform_id: int) -> ResponseReturnValue:
    """One LMS: its parts, and how it came."""
    return render_template("admin/platform.html", page=service.detail(db(), platform_id))


@admin.post("/<int:platform_id>/disable")
@access.operators
def disable(platform_id: int) -> ResponseReturnValue:
    """Let nobody in from there."""
    registration.disable(db(), platform_id, now(), by=actor())
    return redirect(url_for("platforms.platform", platform_id=platform_id, note="platform-off"), 303)


@admin.post("/<int:platform_id>/enable")
@access.operators
def enable(platform_id: int) -> ResponseReturnValue:
    """Let people in again."""
    registration.enable(db(), platform_id, now(), by=actor())
    return redirect(url_for("platforms.platform", platform_id=platform_id, note="platform-on"), 303)
