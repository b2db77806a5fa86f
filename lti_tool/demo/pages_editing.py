"""The pages on which a teacher changes a course of the demo LMS."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.demo import editing
from lti_tool.demo.deep_linking import HIGHEST_MAXIMUM
from lti_tool.demo.gradebook import number
from lti_tool.demo.language import language
from lti_tool.demo.lms import lms
from lti_tool.demo.pages import activity_of, course_of, editor_of
from lti_tool.demo.people import BY_ID, PEOPLE, STUDENTS
from lti_tool.demo.state import Column, Data

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


@bp.get("/as/<person_id>/column/<column_id>")
def column(person_id: str, column_id: str) -> str:
    """Grades by hand, and what the column does with the tool's."""
    person = editor_of(person_id)
    with lms().state.read() as data:
        found = _column(data, column_id)
        grades = {student.id: data.grade(column_id, student.id) for student in STUDENTS}
    return render_template(
        "demo/column.html",
        person=person,
        course=course_of(found.course),
        column=found,
        grades=grades,
        students=STUDENTS,
        people=PEOPLE,
    )


@bp.post("/as/<person_id>/column/<column_id>")
def change_column(person_id: str, column_id: str) -> ResponseReturnValue:
    """Do what the pressed button says."""
    person, step = editor_of(person_id), request.form.get("step")
    with lms().state.change() as data:
        found = _column(data, column_id)
        if step in {"lock", "unlock"}:
            found.locked = step == "lock"
        elif step in {"text", "points"}:
            found.text = step == "text"
        elif step in {"override", "release"}:
            _give(data, found, step)
        else:
            abort(400)
    flash(_("Changed."))
    return redirect(url_for("editing.column", person_id=person.id, column_id=column_id), 303)


def _give(data: Data, found: Column, step: str) -> None:
    student, score = request.form.get("student", ""), number(request.form.get("score"))
    if student not in BY_ID or not BY_ID[student].gradable:
        abort(400)
    if step == "release":
        editing.release(data, found, student)
    elif score is None or not 0 <= score <= found.maximum:
        abort(400)
    else:
        comment = request.form.get("comment", "").strip()
        editing.override(data, found, student, score, comment, lms().now())


def _column(data: Data, column_id: str) -> Column:
    return data.columns.get(column_id) or abort(404)
