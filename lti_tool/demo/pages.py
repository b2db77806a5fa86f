"""The pages of the demo LMS for people: courses, activities, gradebook, connection."""

import time
from datetime import datetime
from typing import Any, Literal

from flask import Blueprint, Response, abort, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.demo.gradebook import plain
from lti_tool.demo.language import LANGUAGE_COOKIE, LANGUAGES, language
from lti_tool.demo.lms import Message, lms, origin
from lti_tool.demo.oidc import login_form
from lti_tool.demo.people import BY_ID, PEOPLE, STUDENTS, Course, Person
from lti_tool.demo.registration import invite
from lti_tool.demo.state import Activity, Column, Grade

bp = Blueprint("pages", __name__)


@bp.get("/")
def home() -> str:
    """Courses and "open as". The person stands in the address, so that each tab can be another one."""
    return render_template("demo/home.html", courses=lms().courses().values(), people=PEOPLE)


@bp.get("/as/<person_id>/course/<course_id>")
def course(person_id: str, course_id: str) -> str:
    person, place = _person(person_id), course_of(course_id)
    with lms().state.read() as data:
        activities = data.course_activities(place.id)
    return render_template(
        "demo/course.html", person=person, course=place, activities=activities, people=PEOPLE
    )


@bp.get("/as/<person_id>/activity/<activity_id>")
def activity(person_id: str, activity_id: str) -> str:
    """An activity in an iframe, as most LMS show it."""
    person, opened = _person(person_id), activity_of(activity_id)
    return render_template(
        "demo/frame.html",
        person=person,
        course=course_of(opened.course),
        people=PEOPLE,
        activity=opened,
        title=opened.title(language()),
        source=url_for("pages.launch", person_id=person.id, activity_id=opened.id),
    )


@bp.get("/as/<person_id>/activity/<activity_id>/launch")
def launch(person_id: str, activity_id: str) -> ResponseReturnValue:
    """Begin the launch: a page that posts the login initiation to the tool."""
    opened = activity_of(activity_id)
    target: Literal["iframe", "window"] = "window" if request.args.get("target") == "window" else "iframe"
    return _begin(Message(_person(person_id), course_of(opened.course), opened, language(), target))


@bp.get("/as/<person_id>/course/<course_id>/add")
def add(person_id: str, course_id: str) -> str:
    """The tool's picker in an iframe, for people who may add activities."""
    person, place = editor_of(person_id), course_of(course_id)
    return render_template(
        "demo/frame.html",
        person=person,
        course=place,
        people=PEOPLE,
        activity=None,
        title=_("Add activities"),
        source=url_for("pages.launch_picker", person_id=person.id, course_id=place.id),
    )


@bp.get("/as/<person_id>/course/<course_id>/add/launch")
def launch_picker(person_id: str, course_id: str) -> ResponseReturnValue:
    return _begin(Message(editor_of(person_id), course_of(course_id), None, language(), "iframe"))


@bp.get("/as/<person_id>/course/<course_id>/return")
def back(person_id: str, course_id: str) -> str:
    """Where the tool sends people who are done with it, perhaps with something to say (Core §5.4.4)."""
    said = request.args.get("lti_errormsg") or request.args.get("lti_msg")
    return render_template(
        "demo/back.html", person=_person(person_id), course=course_of(course_id), said=said
    )


@bp.get("/gradebook/<course_id>")
def gradebook(course_id: str) -> str:
    place = course_of(course_id)
    return render_template(
        "demo/gradebook.html",
        course=place,
        courses=lms().courses().values(),
        table=_table(place),
        teacher=next(person.id for person in PEOPLE if person.edits),
    )


@bp.get("/gradebook/<course_id>.json")
def gradebook_json(course_id: str) -> Response:
    """The same table for the page that keeps itself up to date."""
    return jsonify(_table(course_of(course_id)))


@bp.get("/connect")
def connection() -> str:
    return render_template("demo/connect.html", address="", problem="")


@bp.post("/connect")
def connect() -> ResponseReturnValue:
    """Open the tool's registration page in a frame, for the administrator to approve there."""
    address = request.form.get("address", "").strip()
    g.frame_origin = origin(address)
    if g.frame_origin is None:
        problem = _("Paste the whole address, beginning with http:// or https://.")
        return render_template("demo/connect.html", address=address, problem=problem), 400
    return render_template("demo/register.html", source=invite(lms(), address)[0])


@bp.post("/language")
def choose_language() -> ResponseReturnValue:
    """Remember the language in a cookie and go back to the page the choice was made on."""
    chosen, back_to = request.form.get("language", ""), request.form.get("back", "")
    if chosen not in LANGUAGES or not back_to.startswith("/") or back_to.startswith(("//", "/\\")):
        abort(400)
    answer = redirect(back_to, 303)
    answer.set_cookie(LANGUAGE_COOKIE, chosen, max_age=31536000, samesite="Lax", httponly=True)
    return answer


def _begin(message: Message) -> ResponseReturnValue:
    here, registration = lms(), lms().state.registration
    if registration is None:
        return render_template("demo/not_connected.html"), 409
    fields = login_form(here, registration, message)
    page = Response(render_template("demo/post.html", action=registration.initiate_login_uri, fields=fields))
    page.headers["Cache-Control"] = "no-store"
    return page


def _table(place: Course) -> dict[str, Any]:
    """Columns and, for each student, one cell a column: score (* by hand), comment and the time it was received."""
    with lms().state.read() as data:
        columns = data.course_columns(place.id)
        titles = {
            item.column: item.title(language()) for item in data.course_activities(place.id) if item.column
        }
        cells = {
            person.id: [
                {
                    "score": _shown(column, grade),
                    "time": _("received %(time)s", time=clock(grade.received)),
                    "comment": grade.comment,
                }
                if (grade := data.grade(column.id, person.id))
                else None
                for column in columns
            ]
            for person in STUDENTS
        }
    return {
        "columns": [{"id": column.id, "label": titles.get(column.id, column.label)} for column in columns],
        "rows": [
            {"person": person.id, "name": person.name(language()), "cells": cells[person.id]}
            for person in STUDENTS
        ],
    }


def _shown(column: Column, grade: Grade) -> str:
    if column.text:
        return "–"
    by_hand = " *" if grade.overridden is not None else ""
    return f"{plain(round(grade.final, 2))} / {plain(column.maximum)}{by_hand}"


def clock(seconds: float) -> str:
    """Date and time of day by the clock of this machine."""
    moment = datetime.fromtimestamp(seconds).astimezone()
    return moment.strftime("%H:%M:%S" if seconds > time.time() - 43200 else "%Y-%m-%d %H:%M")


def _person(person_id: str) -> Person:
    return BY_ID.get(person_id) or abort(404)


def editor_of(person_id: str) -> Person:
    """Somebody who may change courses; anybody else ends here."""
    person = _person(person_id)
    return person if person.edits else abort(403)


def course_of(course_id: str) -> Course:
    """A course, or the page that there is none."""
    return lms().courses().get(course_id) or abort(404)


def activity_of(activity_id: str) -> Activity:
    """An activity, or the page that there is none."""
    with lms().state.read() as data:
        return data.activities.get(activity_id) or abort(404)
