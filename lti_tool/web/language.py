"""The language switch."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from lti_tool.services import launches
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.current import db, launch

launched = Blueprint("language", __name__, url_prefix="/l/<launch_id>")


@launched.post("/language")
@access.allow(*access.ANYONE_LAUNCHED)
def switch() -> ResponseReturnValue:
    """Change the language here and now, and for this person's later launches."""
    launches.choose_language(db(), launch(), request.form.get("language", ""))
    home, back = url_for("home.course_home"), request.form.get("back", "")
    return redirect(back if back.startswith(home) and "\\" not in back else home, 303)
