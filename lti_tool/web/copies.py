"""Which activity of the LMS course opens what, also after the course was copied?"""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.services import copies, placing
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.current import course, db, launch, now, parts, who

launched = Blueprint("copies", __name__, url_prefix="/l/<launch_id>")


@launched.get("/recognise")
@access.allow(*access.ANYONE_LAUNCHED)
def recognise() -> ResponseReturnValue:
    """An activity that was never opened before does not say what it opens: the LMS is asked, after this page."""
    return render_template("recognise.html")


@launched.post("/recognise")
@access.allow(*access.ANYONE_LAUNCHED)
def bind() -> ResponseReturnValue:
    """Ask, remember, and go where the activity leads."""
    link_id = launch().link_id
    if link_id is None:
        return redirect(url_for("home.course_home"), 303)
    db().commit()  # the database is not to wait for the LMS
    node = copies.recognise(parts().engine, parts().http, link_id, now())
    found = copies.bind(db(), course(), who(), link_id, node, now())
    return redirect(url_for("home.node", node_id=found), 303)


@launched.get("/activities")
@access.allow(*access.STAFF)
def activities() -> ResponseReturnValue:
    """What stands in this course; after a copy, also what was recognised and what was not."""
    db().commit()  # nobody shall wait for this page's transaction while the LMS is asked
    gradebook = placing.look(parts().engine, parts().http, course(), who().context_id, now())
    found = copies.activities(db(), course(), who(), gradebook)
    return render_template(
        "activities.html",
        found=found,
        nodes=placing.nodes(course()),
        may_change=who().role in {"instructor", "admin"},
        first="first" in request.args,
        link=next((each for each in found.opened if each.link_id == launch().link_id), None),
    )


@launched.post("/activities/<int:link_id>")
@access.allow("instructor", "admin")
def choose(link_id: int) -> ResponseReturnValue:
    """Say what an activity opens."""
    copies.choose(db(), course(), who(), link_id, request.form.get("node", ""), now())
    return redirect(url_for("copies.activities", note="saved"), 303)
