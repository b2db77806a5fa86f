"""The tool's own keys in the admin area."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from lti_tool.services import keys as service
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.current import db, now, parts
from lti_tool.web.operator_session import actor

admin = Blueprint("keys", __name__, url_prefix="/admin/keys")


@admin.get("/")
@access.operators
def index() -> ResponseReturnValue:
    """Which key signs, and which will?"""
    return render_template(
        "admin/keys.html",
        keys=service.listed(db(), now()),
        address=f"{parts().settings.base_url}/lti/jwks.json",
        hours=int(service.AHEAD.total_seconds() // 3600),
    )


@admin.post("/rotate")
@access.operators
def rotate() -> ResponseReturnValue:
    """Change to a new key, without anybody noticing."""
    service.rotate(db(), now(), by=actor())
    return redirect(url_for("keys.index", note="key-made"), 303)


@admin.post("/replace")
@access.operators
def replace() -> ResponseReturnValue:
    """Withdraw all keys at once, because one has leaked."""
    service.replace(db(), now(), by=actor())
    return redirect(url_for("keys.index", note="keys-replaced"), 303)
