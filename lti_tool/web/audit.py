"""The audit log in the admin area."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from lti_tool.services import audit as service
from lti_tool.services.audit import Action, Filter
from lti_tool.web import access
from lti_tool.web.current import db, parts
from lti_tool.web.numbers import within

admin = Blueprint("audit", __name__, url_prefix="/admin/audit")

ACTIONS = {
    Action.OPERATOR_CREATED: _l("Operator created"),
    Action.OPERATOR_DISABLED: _l("Operator switched off"),
    Action.OPERATOR_ENABLED: _l("Operator switched on"),
    Action.OPERATOR_PASSWORD: _l("Operator's password changed"),
    Action.LOGIN: _l("Logged in"),
    Action.LOGIN_FAILED: _l("Login failed"),
    Action.LOGOUT: _l("Logged out"),
    Action.PLATFORM_INVITED: _l("LMS invited"),
    Action.PLATFORM_REGISTERED: _l("LMS registered"),
    Action.PLATFORM_RENEWED: _l("LMS renewed its registration"),
    Action.PLATFORM_ENTERED: _l("LMS entered by hand"),
    Action.PLATFORM_DISABLED: _l("LMS switched off"),
    Action.PLATFORM_MOVED: _l("LMS moved"),
    Action.PLATFORM_ENABLED: _l("LMS switched on again"),
    Action.PLATFORM_TRIED: _l("Grades sent to an LMS at once"),
    Action.INVITATION_REVOKED: _l("Invitation taken back"),
    Action.DEPLOYMENT_ASKED: _l("Deployment waits for approval"),
    Action.DEPLOYMENT_APPROVED: _l("Deployment approved"),
    Action.DEPLOYMENT_REFUSED: _l("Deployment refused"),
    Action.KEY_ROTATED: _l("New key made"),
    Action.KEYS_REPLACED: _l("All keys withdrawn"),
    Action.ATTEMPT_GRANTED: _l("Attempt granted"),
    Action.REVIEW_SAVED: _l("Review saved"),
    Action.GRADE_RESENT: _l("Grade sent again"),
    Action.LMS_GRADE_KEPT: _l("Grade of the LMS kept"),
    Action.LMS_GRADE_REPLACED: _l("Grade sent over that of the LMS"),
    Action.LMS_GRADES_ASKED: _l("Grades of the LMS read at a request"),
    Action.CLASS_LIST_ASKED: _l("Class list asked for"),
}


@admin.get("/")
@access.operators
def log() -> ResponseReturnValue:
    """Who did what?"""
    wanted = _wanted()._replace(before=within(request.args.get("before")) or None)
    return render_template(
        "admin/audit.html",
        page=service.page(db(), wanted),
        wanted=wanted,
        since=request.args.get("since", "") if wanted.since else "",
        actions=ACTIONS,
    )


@admin.get("/export.csv")
@access.operators
def export() -> ResponseReturnValue:
    """All that the filter finds, as a file."""
    lines = service.export(db(), _wanted())
    answer = Response(stream_with_context(lines), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return answer


def _wanted() -> Filter:
    """The filter of the address; what cannot be understood does not filter."""
    action, who = request.args.get("action", ""), request.args.get("who", "").strip()[:80]
    return Filter(
        who=who if who.isprintable() else "",
        action=action if action in set(Action) else "",
        since=_day(request.args.get("since", "")),
    )


def _day(text: str) -> datetime | None:
    """The first moment of a day in the time zone of the pages."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=ZoneInfo(parts().settings.timezone))
    except ValueError:
        return None
