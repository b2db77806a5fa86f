"""Deployments that nobody has approved: what their people see, and the operator's answer."""

from flask import Blueprint, Flask, redirect
from flask.typing import ResponseReturnValue

from lti_tool.errors import UnknownDeployment
from lti_tool.services import deployments as service
from lti_tool.web import access, faults, unit
from lti_tool.web.addresses import url_for
from lti_tool.web.current import db, now, parts
from lti_tool.web.operator_session import actor

admin = Blueprint("deployments", __name__, url_prefix="/admin/platforms/<int:platform_id>/deployments")


@admin.post("/<int:number>/approve")
@access.operators
def approve(platform_id: int, number: int) -> ResponseReturnValue:
    """Let it in."""
    service.approve(db(), number, now(), by=actor())
    return redirect(url_for("platforms.platform", platform_id=platform_id, note="approved"), 303)


@admin.post("/<int:number>/refuse")
@access.operators
def refuse(platform_id: int, number: int) -> ResponseReturnValue:
    """Keep it out."""
    service.refuse(db(), number, now(), by=actor())
    return redirect(url_for("platforms.platform", platform_id=platform_id, note="refused"), 303)


def install(app: Flask) -> None:
    """Have refused deployments wait for an operator."""
    app.register_error_handler(UnknownDeployment, _wait)


def _wait(error: UnknownDeployment) -> ResponseReturnValue:
    """The launch is undone; that somebody asked is kept."""
    unit.fail()
    error.code = service.ask(parts().engine, error.platform_id, error.deployment_id, now())
    return faults.fault(error)
