"""Pages of the start check: in front, one part after the other, the path, and the class."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.domain.start_check import Pace
from lti_tool.errors import Conflict, NotFound
from lti_tool.services import start_checks
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.current import course, db, now, who
from lti_tool.web.view_models import options_from

launched = Blueprint("start_check", __name__, url_prefix="/l/<launch_id>/start-check")

TAKERS = ("learner", *access.STAFF)


@launched.get("/")
@access.allow(*TAKERS)
def entrance() -> ResponseReturnValue:
    """What it is, where you come from, and one button."""
    return render_template("start_check.html", page=start_checks.entrance(db(), course(), who()))


@launched.post("/")
@access.allow(*TAKERS)
def begin() -> ResponseReturnValue:
    """Begin, or begin again."""
    start_checks.begin(db(), course(), who(), request.form.get("route", ""), now())
    return redirect(url_for("start_check.part", number=1), 303)


@launched.get("/<int:number>")
@access.allow(*TAKERS)
def part(number: int) -> ResponseReturnValue:
    """The questions of one area."""
    try:
        sheet = start_checks.sheet(db(), course(), who(), number)
    except Conflict:
        return redirect(url_for("start_check.entrance"))
    return render_template("start_check_part.html", sheet=sheet)


@launched.post("/<int:number>")
@access.allow(*TAKERS)
def answer(number: int) -> ResponseReturnValue:
    """Keep the answers; then back, on, or to the result."""
    try:
        start_checks.save(db(), course(), who(), number, options_from(request.form), now())
        if request.form.get("go") == "result":
            start_checks.finish(db(), course(), who(), now())
            return redirect(url_for("start_check.result"), 303)
    except Conflict:  # finished in another tab, or the questions have changed
        return redirect(url_for("start_check.entrance"), 303)
    step = -1 if request.form.get("go") == "previous" else 1
    return redirect(url_for("start_check.part", number=max(1, number + step)), 303)


@launched.get("/result")
@access.allow(*TAKERS)
def result() -> ResponseReturnValue:
    """The recommended path, for the chosen route or another one."""
    try:
        outcome = start_checks.outcome(db(), course(), who(), request.args.get("route", ""))
    except NotFound:
        return redirect(url_for("start_check.entrance"))
    return render_template("start_check_result.html", outcome=outcome, pace_words=pace_words, looks=LOOKS)


@launched.get("/class")
@access.allow(*access.STAFF)
def of_class() -> ResponseReturnValue:
    """What the class brings along, and where all of it should go slowly."""
    lines = start_checks.of_class(db(), course(), who())
    return render_template("start_check_class.html", lines=lines, check=course().start_check)


LOOKS: dict[Pace, str] = {"care": "wait", "usual": "todo", "quick": "good"}


def pace_words(pace: Pace) -> str:
    """How fast to go."""
    return {"care": _("Take with care"), "usual": _("Usual pace"), "quick": _("You may be quick")}[pace]
