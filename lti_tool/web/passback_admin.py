"""Grades on their way, in the admin area."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from lti_tool.services import passback_admin as service
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.current import db, now
from lti_tool.web.ledger_words import held_words
from lti_tool.web.operator_session import actor

admin = Blueprint("passback_admin", __name__, url_prefix="/admin/passback")


@admin.get("/")
@access.operators
def index() -> ResponseReturnValue:
    """Is any grade waiting too long?"""
    queues = service.queues(db(), now())
    return render_template("admin/passback.html", queues=queues, now=now(), held_words=held_words)


@admin.post("/<int:platform_id>/try")
@access.operators
def try_now(platform_id: int) -> ResponseReturnValue:
    """Do not wait any longer for an LMS that did not answer."""
    service.try_now(db(), platform_id, now(), by=actor())
    return redirect(url_for("passback_admin.index", note="tried"), 303)
