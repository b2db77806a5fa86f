"""The staff's view of the class."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.errors import Conflict
from lti_tool.services import classes, passback
from lti_tool.services import roster as class_list
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.current import course, db, now, who

launched = Blueprint("classes", __name__, url_prefix="/l/<launch_id>")


@launched.get("/class")
@access.allow(*access.STAFF)
def roster() -> ResponseReturnValue:
    """Who is stuck, where?"""
    return render_template(
        "class.html",
        students=classes.roster(db(), course(), who()),
        list=class_list.state(db(), who()),
        may_read=who().role in {"instructor", "admin"},
    )


@launched.post("/class/roster")
@access.allow("instructor", "admin")
def read_roster() -> ResponseReturnValue:
    """Have the LMS's class list read in the background."""
    class_list.request(db(), who(), now())
    return redirect(url_for("classes.roster"), 303)


@launched.get("/class/<int:person_id>")
@access.allow(*access.STAFF)
def student(person_id: int) -> ResponseReturnValue:
    """One student in every graded part of the course."""
    return _page(person_id)


@launched.post("/class/<int:person_id>/grants")
@access.allow("instructor", "admin")
def grant(person_id: int) -> ResponseReturnValue:
    """One more attempt at a quiz, at once, for a reason."""
    quiz_id, reason = request.form.get("quiz", ""), request.form.get("reason", "").strip()
    try:
        classes.grant_attempt(db(), course(), who(), person_id, quiz_id, reason, now())
    except Conflict as error:
        return _page(person_id, quiz_id, _problem(error)), 409
    return redirect(url_for("classes.student", person_id=person_id, note="granted"), 303)


def _page(person_id: int, asked: str = "", problem: str = "") -> str:
    return render_template(
        "student.html",
        page=classes.student(db(), course(), who(), person_id),
        grades=passback.grades(db(), person_id, who().context_id),
        now=now(),
        may_grant=who().role in {"instructor", "admin"},
        asked=asked,
        reason=request.form.get("reason", ""),
        problem=problem,
    )


def _problem(error: Conflict) -> str:
    words = {
        "reason": _("Write the reason: it is kept with the exception."),
        "too-long": _("The reason is too long (500 characters at most)."),
        "granted": _("One more attempt is open already and has not been used yet."),
    }
    if error.code not in words:
        raise error
    return words[error.code]
