"""The language switch."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.course import LANGS
from lti_tool.errors import MalformedMessage
from lti_tool.web import access
from lti_tool.web.current import launch

launched = Blueprint("language", __name__, url_prefix="/l/<launch_id>")


@launched.post("/language")
@access.allow(*access.ANYONE_LAUNCHED)
def switch() -> ResponseReturnValue:
    """Change the language here and now, and for this person's later launches."""
    language = request.form.get("language", "")
    if language not in LANGS:
        raise MalformedMessage("language")
    launch().language = launch().person.language = language
    home, back = url_for("home.course_home"), request.form.get("back", "")
    return redirect(back if back.startswith(home) and "\\" not in back else home, 303)
