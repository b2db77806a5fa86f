"""Quiz pages: in front, a question, before handing in, the result."""

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.errors import Conflict, MalformedMessage
from lti_tool.services import passback, quizzes
from lti_tool.services.quizzes import Shown
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.current import course, db, now, who
from lti_tool.web.look import clock_text
from lti_tool.web.view_models import RankError, ranks_of, response_from

launched = Blueprint("quizzes", __name__, url_prefix="/l/<launch_id>")

TAKERS = ("learner", *access.STAFF)


@launched.get("/quizzes/<quiz_id>")
@access.allow(*access.ANYONE_LAUNCHED)
def quiz(quiz_id: str) -> ResponseReturnValue:
    """The rules, the attempts so far, and one button."""
    start = quizzes.overview(db(), course(), who(), quiz_id, now())
    return render_template(
        "quiz.html",
        start=start,
        module=course().places[quiz_id][1],
        grade=passback.grades(db(), who().person_id, who().context_id).get(quiz_id),
        may_take=who().role in TAKERS,
    )


@launched.post("/quizzes/<quiz_id>/attempts")
@access.allow(*TAKERS)
def start(quiz_id: str) -> ResponseReturnValue:
    """Begin an attempt, or go on with the one that runs."""
    try:
        attempt_id = quizzes.start(db(), course(), who(), quiz_id, now())
    except Conflict:  # the waiting time or the number of attempts: the page in front says which
        return redirect(url_for("quizzes.quiz", quiz_id=quiz_id), 303)
    answered = quizzes.outline(db(), course(), who(), attempt_id, now()).answered
    number = next((number for number, done in enumerate(answered, 1) if not done), 1)
    return redirect(url_for("quizzes.question", attempt_id=attempt_id, number=number), 303)


@launched.get("/attempts/<int:attempt_id>")
@access.allow(*TAKERS)
def attempt(attempt_id: int) -> ResponseReturnValue:
    """Before handing in: what is answered and what is not."""
    outline = quizzes.outline(db(), course(), who(), attempt_id, now())
    if outline.submitted:
        return redirect(url_for("quizzes.result", attempt_id=attempt_id))
    return render_template("attempt.html", outline=outline, over=_over(outline))


@launched.get("/attempts/<int:attempt_id>/<int:number>")
@access.allow(*TAKERS)
def question(attempt_id: int, number: int) -> ResponseReturnValue:
    """One question."""
    try:
        shown = quizzes.question(db(), course(), who(), attempt_id, number, now())
    except Conflict:
        return redirect(url_for("quizzes.attempt", attempt_id=attempt_id))
    return _question_page(shown, shown.response)


@launched.post("/attempts/<int:attempt_id>/<int:number>")
@access.allow(*TAKERS)
def answer(attempt_id: int, number: int) -> ResponseReturnValue:
    """Keep the answer; then go where the button says, or tell the script when it was kept."""
    try:
        shown = quizzes.question(db(), course(), who(), attempt_id, number, now())
    except Conflict:
        return _closed(attempt_id)
    typed: dict[str, Any] = {}
    try:
        total = len(shown.lefts or shown.choices)
        typed = response_from(shown.kind, request.form, request.form.getlist("pick"), total)
        saved_at = quizzes.save(db(), course(), who(), attempt_id, number, typed, now())
    except RankError:
        return _refused(shown, shown.response, _("Two steps have the same place. Give each place once."))
    except MalformedMessage as error:
        if error.code != "number":
            raise
        return _refused(shown, typed, _("Write a number, for example 120,000."))
    except Conflict:
        return _closed(attempt_id)
    if _wants_json():
        return jsonify(saved_at=clock_text(saved_at))
    return redirect(_next_page(shown, request.form.get("go", "")), 303)


@launched.post("/attempts/<int:attempt_id>/submit")
@access.allow(*TAKERS)
def submit(attempt_id: int) -> ResponseReturnValue:
    """Hand in. Doing it twice is doing it once."""
    quizzes.submit(db(), course(), who(), attempt_id, now())
    return redirect(url_for("quizzes.result", attempt_id=attempt_id), 303)


@launched.get("/attempts/<int:attempt_id>/result")
@access.allow(*TAKERS)
def result(attempt_id: int) -> ResponseReturnValue:
    """What was right, what was not, and why."""
    try:
        marked = quizzes.result(db(), course(), who(), attempt_id, now())
    except Conflict:
        return redirect(url_for("quizzes.attempt", attempt_id=attempt_id))
    grade = passback.grades(db(), who().person_id, who().context_id).get(marked.quiz.id)
    module = course().places[marked.quiz.id][1] if marked.quiz.id in course().places else None
    return render_template("result.html", result=marked, grade=grade, module=module)


def _question_page(shown: Shown, response: dict[str, Any] | None, problem: str = "") -> str:
    return render_template(
        "question.html",
        shown=shown,
        response=response or {},
        ranks=ranks_of(response, len(shown.choices)),
        form=request.form,
        problem=problem,
        seconds=int((shown.due_at - now()).total_seconds()) if shown.due_at else None,
    )


def _refused(shown: Shown, typed: dict[str, Any] | None, problem: str) -> ResponseReturnValue:
    """The page again with what was typed, and what is wrong with it."""
    if _wants_json():
        return jsonify(problem=problem), 400
    return _question_page(shown, typed, problem), 400


def _closed(attempt_id: int) -> ResponseReturnValue:
    """The attempt was handed in elsewhere, or its time is over."""
    address = url_for("quizzes.attempt", attempt_id=attempt_id)
    if _wants_json():
        return jsonify(next=address), 409
    return redirect(address, 303)


def _over(outline: quizzes.Outline) -> bool:
    return outline.due_at is not None and outline.due_at <= now()


def _next_page(shown: Shown, go: str) -> str:
    """Where a button of the question page leads: `previous`, `next`, `overview`, a number, or nowhere else."""
    steps = {"previous": shown.number - 1, "next": shown.number + 1}
    number = steps.get(go, int(go) if go.isascii() and go.isdigit() and len(go) < 4 else shown.number)
    if go == "overview" or not 1 <= number <= shown.total:
        return url_for("quizzes.attempt", attempt_id=shown.attempt_id)
    return url_for("quizzes.question", attempt_id=shown.attempt_id, number=number)


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"
