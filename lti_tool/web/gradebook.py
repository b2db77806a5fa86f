"""Grades and where they are: for a student, and for the staff."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.domain import spreadsheet
from lti_tool.services import drift, gating, passback, resending
from lti_tool.services import ledger as service
from lti_tool.services.ledger import Filter, Line
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.current import course, db, now, parts, who
from lti_tool.web.ledger_words import FILTERS, advice, after_advice, held_words
from lti_tool.web.look import local, node_label, points
from lti_tool.web.numbers import within
from lti_tool.web.plot import plot
from lti_tool.web.view_models import stage_rows

launched = Blueprint("gradebook", __name__, url_prefix="/l/<launch_id>")

BOM = "\ufeff"
"""Without it Excel takes UTF-8 for the code page of its country."""


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
    """Which grades are not where they should be, and what do I press?"""
    page = service.page(db(), who(), wanted(), within(request.args.get("page")), now(), _zone())
    return render_template(
        "gradebook.html",
        page=page,
        plot=plot(page.days),
        filters=FILTERS,
        at=_at,
        advice=advice,
        after_advice=after_advice,
        held_words=held_words,
    )


@launched.get("/gradebook/<int:report_id>")
@access.allow(*access.STAFF)
def history(report_id: int) -> ResponseReturnValue:
    """How did this grade come where it is?"""
    page = service.history(db(), who(), report_id)
    return render_template(
        "grade_history.html", page=page, advice=advice, after_advice=after_advice, held_words=held_words
    )


@launched.get("/gradebook/resend")
@access.allow(*access.STAFF)
def ask_resend() -> ResponseReturnValue:
    """How many will be sent? Many at once are asked for twice."""
    chosen = _many()
    batch = resending.batch(db(), who(), chosen)
    return render_template("grades_resend.html", wanted=chosen, batch=batch, filters=FILTERS, at=_at)


@launched.post("/gradebook/resend")
@access.allow(*access.STAFF)
def resend_all() -> ResponseReturnValue:
    """Send all again that the filter finds; without one, all that are on hold."""
    resending.resend_all(db(), who(), _many(), now())
    return redirect(_back("resent"), 303)


@launched.post("/gradebook/<int:report_id>/resend")
@access.allow(*access.STAFF)
def resend(report_id: int) -> ResponseReturnValue:
    """Try again with one grade."""
    resending.resend(db(), who(), report_id, now())
    return redirect(_back("resent"), 303)


@launched.post("/gradebook/<int:report_id>/keep")
@access.allow(*access.STAFF)
def keep(report_id: int) -> ResponseReturnValue:
    """What the LMS shows stands."""
    drift.keep(db(), who(), report_id, now())
    return redirect(_back("kept"), 303)


@launched.get("/gradebook/keep")
@access.allow(*access.STAFF)
def ask_keep() -> ResponseReturnValue:
    """Of how many shall stand what the LMS shows?"""
    batch = resending.batch(db(), who(), wanted())
    return render_template("grades_keep.html", wanted=wanted(), batch=batch, at=_at)


@launched.post("/gradebook/keep")
@access.allow(*access.STAFF)
def keep_all() -> ResponseReturnValue:
    """What the LMS shows stands, of all that the filter finds. Ours is never sent over many at once."""
    resending.keep_all(db(), who(), wanted(), now())
    return redirect(_back("kept"), 303)


@launched.post("/gradebook/<int:report_id>/overrule")
@access.allow(*access.STAFF)
def overrule(report_id: int) -> ResponseReturnValue:
    """Ours goes over what the LMS shows."""
    drift.send_ours(db(), who(), report_id, now())
    return redirect(_back("resent"), 303)


@launched.post("/gradebook/read")
@access.allow(*access.STAFF)
def read() -> ResponseReturnValue:
    """Have it read in the background what the LMS shows."""
    drift.request(db(), who(), now())
    return redirect(_back("asked"), 303)


@launched.get("/gradebook/export.csv")
@access.allow(*access.STAFF)
def export() -> ResponseReturnValue:
    """All that the filter finds, as a file."""
    lines = service.export(db(), who(), wanted())
    answer = Response(stream_with_context(_csv(lines)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="grades.csv"'
    return answer


def wanted() -> Filter:
    """The filter of the address; what cannot be understood does not filter."""
    state, activity = request.args.get("state", ""), request.args.get("activity", "")[:100]
    return Filter(
        state=state if state in FILTERS else "",
        student=within(request.args.get("student")),
        activity=activity if activity.isprintable() else "",
    )


def _many() -> Filter:
    """What is sent again together: the whole course only by its parts."""
    return wanted() if any(wanted()) else Filter(state="held")


def _at(chosen: Filter, endpoint: str = "gradebook.ledger", **more: Any) -> str:
    """The address of a page with a filter; values that are empty are left out."""
    values = {**chosen._asdict(), **more}
    return url_for(endpoint, **{name: value for name, value in values.items() if value})


def _back(note: str) -> str:
    """To the page of the list from which the button was pressed."""
    return _at(wanted(), note=note, page=within(request.args.get("page")))


def _zone() -> ZoneInfo:
    return ZoneInfo(parts().settings.timezone)


def _csv(lines: Iterator[Line]) -> Iterator[str]:
    zone = parts().settings.timezone
    heads = (
        *(
            _("Student"),
            _("Number of the student"),
            _("Activity"),
            _("Result"),
            _("State"),
            _("Reason of the hold"),
        ),
        *(_("Handed in (%(zone)s)", zone=zone), _("Received by the LMS (%(zone)s)", zone=zone)),
        *(_("Grade in the LMS"), _("Seen there (%(zone)s)", zone=zone), _("Tries"), _("Answer of the LMS")),
    )
    yield BOM + spreadsheet.line(heads)
    for line in lines:
        yield spreadsheet.line(
            (
                *(line.person_name, str(line.person_id), node_label(line.node), str(line.percent)),
                *(str(FILTERS[line.group][1]), held_words(line.reason) if line.group == "held" else ""),
                *(_written(line.submitted_at), _written(line.delivered_at)),
                *(points(line.shown), _written(line.seen_at), str(line.tries), line.answer),
            )
        )


def _written(moment: datetime | None) -> str:
    """As spreadsheet programs read times."""
    return local(moment).strftime("%Y-%m-%d %H:%M:%S") if moment else ""
