"""Grades and where they are: for a student, and for the staff."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from lti_tool.services import gating, passback
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.current import course, db, now, who
from lti_tool.web.view_models import stage_rows

launched = Blueprint("gradebook", __name__, url_prefix="/l/<launch_id>")


@launched.get("/grades")
@access.allow(*access.ANYONE_LAUNCHED)
def mine() -> ResponseReturnValue:
    """Did the LMS get it?"""
    standing = gating.standing(db(), course(), who())
    grades = passback.grades(db(), who().person_id, who().context_id)
    rows = stage_rows(course(), standing.states, standing.progress, grades)
    return render_template("grades.html", stages=rows)


@launched.get("/gradebook")
@access.allow(*access.STAFF)
def ledger() -> ResponseReturnValue:
    """Which grades are not where they should be?"""
    lines = passback.ledger(db(), who())
    counts = {state: sum(line.state == state for line in lines) for state in ("delivered", "queued", "held")}
    counts["delivered"] += sum(line.state == "confirmed" for line in lines)
    counts["queued"] += sum(line.state == "sending" for line in lines)
    return render_template("gradebook.html", lines=lines, counts=counts)


@launched.post("/gradebook/resend")
@access.allow(*access.STAFF)
def resend_held() -> ResponseReturnValue:
    """Try again with everything that is on hold."""
    passback.resend(db(), who(), None, now())
    return redirect(url_for("gradebook.ledger", note="resent"), 303)


@launched.post("/gradebook/<int:report_id>/resend")
@access.allow(*access.STAFF)
def resend(report_id: int) -> ResponseReturnValue:
    """Try again with one grade."""
    passback.resend(db(), who(), report_id, now())
    return redirect(url_for("gradebook.ledger", note="resent"), 303)
