"""The picker of deep linking: which activities shall stand in the LMS course?"""

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.errors import Conflict
from lti_tool.services import placing
from lti_tool.web import access
from lti_tool.web.current import course, db, launch, now
from lti_tool.web.view_models import chosen_nodes

launched = Blueprint("place", __name__, url_prefix="/l/<launch_id>")


@launched.get("/place")
@access.allow("instructor", "admin")
def picker() -> ResponseReturnValue:
    """Tick one activity, a stage, or everything."""
    return _page()


@launched.post("/place")
@access.allow("instructor", "admin")
def place() -> ResponseReturnValue:
    """Send the choice back to the LMS, through the browser and signed (DL 2.0 §4.5)."""
    nodes = chosen_nodes(course(), request.form.getlist("node"))
    if not nodes:
        return _page(_("Nothing is chosen yet. Tick at least one activity.")), 400
    address, response = placing.respond(db(), course(), launch(), nodes, now())
    g.answers_to = address  # the page may send its form there, and nowhere else
    return render_template("placed.html", address=address, response=response)


def _page(problem: str = "") -> str:
    asked = launch().deep_linking
    if asked is None:
        raise Conflict(code="answered")
    return render_template("place.html", multiple=asked["accept_multiple"], problem=problem)
