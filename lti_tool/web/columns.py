"""Which grade columns does this course have in the LMS, and which does its teacher want?"""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.services import columns
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.current import course, db, lang, now, parts, who

launched = Blueprint("columns", __name__, url_prefix="/l/<launch_id>")


@launched.get("/columns")
@access.allow("instructor", "admin")
def index() -> ResponseReturnValue:
    """The columns there are, and ticks for those that are wanted."""
    services = columns.services_of(db(), who().context_id)
    db().commit()  # nobody shall wait for this page's transaction while the LMS is asked
    found = columns.read(parts().engine, parts().http, services, now())
    return render_template("columns.html", choices=columns.choices(db(), course(), who(), found))


@launched.post("/columns")
@access.allow("instructor", "admin")
def choose() -> ResponseReturnValue:
    """Keep the choice. Before columns go, the page asks what is to become of them."""
    wanted = list(dict.fromkeys(request.form.getlist("node")))
    step = request.form.get("step", "check")
    leaving = columns.leaving(db(), who(), wanted)
    if leaving and step not in {"keep", "drop"}:
        return render_template("columns_leaving.html", leaving=leaving, wanted=wanted)
    columns.choose(db(), course(), who(), wanted, lang(), now(), drop=step == "drop")
    return redirect(url_for("columns.index", note="columns"), 303)
