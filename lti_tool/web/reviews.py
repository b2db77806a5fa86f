"""The staff's reviews: what waits, oldest first, and one submission with its rubric."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.errors import Conflict, MalformedMessage
from lti_tool.services import reviews
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.current import course, db, now, who

launched = Blueprint("reviews", __name__, url_prefix="/l/<launch_id>")


@launched.get("/reviews")
@access.allow(*access.STAFF)
def queue() -> ResponseReturnValue:
    """What must I look at, oldest first?"""
    return render_template("reviews.html", waiting=reviews.queue(db(), course(), who()))


@launched.get("/reviews/<int:submission_id>")
@access.allow(*access.STAFF)
def review(submission_id: int) -> ResponseReturnValue:
    """One submission, its rubric and what was said before."""
    return _page(submission_id)


@launched.post("/reviews/<int:submission_id>")
@access.allow(*access.STAFF)
def judge(submission_id: int) -> ResponseReturnValue:
    """Return the work or grade it."""
    outcome = request.form.get("outcome", "")
    try:
        reviews.save_review(
            db(),
            course(),
            who(),
            submission_id,
            _levels(),
            request.form.get("comment", "").replace("\r\n", "\n"),
            outcome,
            now(),
            number=request.form.get("number", 0, type=int),
        )
    except Conflict as error:
        return _page(submission_id, _problem(error)), 409
    return redirect(url_for("reviews.queue", note=outcome), 303)


def _page(submission_id: int, problem: str = "") -> str:
    """The review page; after a refusal with what was ticked and typed."""
    page = reviews.open_review(db(), course(), who(), submission_id)
    judged = page.version.review
    return render_template(
        "review.html",
        page=page,
        levels=_levels() if problem else dict(judged.levels) if judged else {},
        comment=request.form.get("comment", "") if problem else judged.comment if judged else "",
        problem=problem,
    )


def _levels() -> dict[str, int]:
    """Levels by criterion code from the fields `level-<code>`."""
    levels: dict[str, int] = {}
    for field, value in request.form.items():
        if field.startswith("level-"):
            if value not in {"1", "2", "3", "4"}:
                raise MalformedMessage(field)
            levels[field.removeprefix("level-")] = int(value)
    return levels


def _problem(error: Conflict) -> str:
    """What to tell about a judgement that was refused; raises it again if there is nothing to tell."""
    words = {
        "moved-on": _("The student has handed in a newer version meanwhile. Please look at it first."),
        "comment": _("Write a comment: the student must know what to change."),
        "incomplete": _("Choose a level for every criterion before grading."),
        "critical-level-2": _(
            "A critical criterion is at level 2. Return the work so that this part is redone."
        ),
        "no-resubmissions": _("No resubmission is left. Please grade the work."),
    }
    if error.code not in words:
        raise error
    return words[error.code]
