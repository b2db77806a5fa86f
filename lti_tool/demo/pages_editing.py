"""The pages on which a teacher changes a course of the demo LMS."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.demo import editing
from lti_tool.demo.deep_linking import HIGHEST_MAXIMUM
from lti_tool.demo.language import language
from lti_tool.demo.lms import lms
from lti_tool.demo.pages import activity_of, course_of, editor_of
from lti_tool.demo.people import PEOPLE

bp = Blueprint("editing", __name__)


@bp.post("/as/<person_id>/course/<course_id>/copy")
def copy(person_id: str, course_id: str) -> ResponseReturnValue:
    """Make a course of this one."""
    person, source = editor_of(person_id), course_of(course_id)
    with lms().state.change() as data:
        made = editing.copy_course(data, source)
    flash(_("This is the copy. Its activities and columns are new; people begin anew."))
    return redirect(url_for("pages.course", person_id=person.id, course_id=made.id), 303)


@bp.get("/as/<person_id>/activity/<activity_id>/settings")
def settings(person_id: str, activity_id: str) -> str:
    """Maximum, duplicate, delete."""
    person, activity = editor_of(person_id), activity_of(activity_id)
    with lms().state.read() as data:
        column = data.columns.get(activity.column or "")
    return render_template(
        "demo/settings.html",
        person=person,
        course=course_of(activity.course),
        activity=activity,
        column=column,
        highest=HIGHEST_MAXIMUM,
        people=PEOPLE,
    )


@bp.post("/as/<person_id>/activity/<activity_id>/settings")
def change(person_id: str, activity_id: str) -> ResponseReturnValue:
    """Do what the pressed button says."""
    person, activity = editor_of(person_id), activity_of(activity_id)
    step, typed = request.form.get("step"), request.form.get("maximum", "")
    title = activity.title(language())
    with lms().state.change() as data:
        if step == "delete":
            editing.delete_activity(data, activity)
            flash(_("“%(title)s” is deleted, with its column and its grades.", title=title))
        elif step == "duplicate":
            editing.duplicate(data, activity, activity.course)
            flash(_("“%(title)s” stands in the course twice now.", title=title))
        elif step == "maximum" and typed.isdecimal() and 1 <= int(typed) <= HIGHEST_MAXIMUM:
            editing.change_maximum(data, activity, int(typed))
            flash(_("“%(title)s” is graded out of %(maximum)s now.", title=title, maximum=int(typed)))
        else:
            abort(400)
    return redirect(url_for("pages.course", person_id=person.id, course_id=activity.course), 303)
