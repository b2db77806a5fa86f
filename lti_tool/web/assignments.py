"""Assignment pages: the brief, the draft with its files, handing in, what came back. And downloads."""

from collections.abc import Iterator
from typing import BinaryIO

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from lti_tool.curriculum.markdown import Bases, render
from lti_tool.errors import ToolError
from lti_tool.services import assignments, passback
from lti_tool.services.assignments import Work
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.current import course, db, files, lang, now, who
from lti_tool.web.lessons import SANDBOX
from lti_tool.web.look import clock_text

launched = Blueprint("assignments", __name__, url_prefix="/l/<launch_id>")

CHUNK = 64 * 1024


@launched.get("/assignments/<assignment_id>")
@access.allow(*access.ANYONE_LAUNCHED)
def assignment(assignment_id: str) -> ResponseReturnValue:
    """What is wanted, is it safe, what did they say."""
    return _page(assignments.work(db(), course(), who(), assignment_id))


@launched.post("/assignments/<assignment_id>/draft")
@access.allow("learner")
def draft(assignment_id: str) -> ResponseReturnValue:
    """Keep what was typed, and the files that were chosen with it."""
    if problem := _keep(assignment_id):
        return _refused(assignment_id, problem)
    if _wants_json():
        return jsonify(saved_at=clock_text(now()))
    return _back(assignment_id, "saved")


@launched.post("/assignments/<assignment_id>/files")
@access.allow("learner")
def upload(assignment_id: str) -> ResponseReturnValue:
    """Add files; what was typed is kept too."""
    if problem := _keep(assignment_id):
        return _refused(assignment_id, problem)
    answer = _back(assignment_id, "added")
    return jsonify(next=answer.location) if _wants_json() else answer


@launched.post("/assignments/<assignment_id>/submit")
@access.allow("learner")
def submit(assignment_id: str) -> ResponseReturnValue:
    """Keep what was typed and hand it in."""
    problem = _keep(assignment_id)
    if not problem:
        try:
            assignments.submit(db(), course(), who(), assignment_id, now())
        except ToolError as error:
            problem = _problem(error, "")
    return _refused(assignment_id, problem) if problem else _back(assignment_id, "handed-in")


@launched.post("/assignments/<assignment_id>/files/<int:upload_id>/remove")
@access.allow("learner")
def remove(assignment_id: str, upload_id: int) -> ResponseReturnValue:
    """Take a file out of the draft; what was typed is kept."""
    if problem := _keep(assignment_id):
        return _refused(assignment_id, problem)
    key = assignments.remove_file(db(), course(), who(), assignment_id, upload_id)
    answer = _back(assignment_id, "removed")
    store = files()
    answer.call_on_close(
        lambda: store.delete(key)
    )  # after the commit: better a file too many than one too few
    return answer


@launched.get("/files/<int:upload_id>")
@access.allow("learner", *access.STAFF)
def download(upload_id: int) -> ResponseReturnValue:
    """A file that was handed in: always to keep, never to open inside this site."""
    found = assignments.download(db(), who(), upload_id)
    answer = Response(_chunks(files().open(found.key)), mimetype="application/octet-stream")
    answer.content_length = found.size
    answer.headers.set("Content-Disposition", "attachment", filename=found.name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _page(work: Work, typed: str | None = None, problem: str = "") -> str:
    node = work.assignment
    module = course().places[node.id][1]
    bases = Bases(f"../assets/{module.id if module else ''}/", "../n/")
    brief = render(node.brief[lang()], lang(), bases)
    return render_template(
        "assignment.html",
        work=work,
        brief=Markup(brief),  # noqa: S704 (cleaned by the renderer)
        module=module,
        grade=passback.grades(db(), who().person_id, who().context_id).get(node.id),
        text=work.text if typed is None else typed,
        problem=problem,
    )


def _keep(assignment_id: str) -> str:
    """Save text and files of the form. What could be kept is kept; returns what went wrong with the rest."""
    name = ""
    try:
        if "text" in request.form:
            text = request.form["text"].replace("\r\n", "\n")
            assignments.save_draft(db(), course(), who(), assignment_id, text, now())
        for file in request.files.getlist("file"):
            name = file.filename or ""
            if name:
                assignments.add_file(db(), course(), files(), who(), assignment_id, name, file.stream, now())
    except ToolError as error:
        return _problem(error, name)
    return ""


def _problem(error: ToolError, name: str) -> str:
    """What to tell about something that could not be kept; raises it again if there is nothing to tell."""
    words = {
        "file-type": _("%(name)s: this kind of file is not accepted here.", name=name),
        "empty-file": _("%(name)s is empty.", name=name),
        "too-many-files": _("%(name)s: there are as many files as allowed. Remove one first.", name=name),
        "too-large": _("%(name)s is too large.", name=name),
        "too-long": _("The text is too long."),
        "empty": _("There is nothing to hand in yet: write a text or add a file."),
        "storage": _(
            "%(name)s could not be stored just now. All else is kept; try again in a minute.", name=name
        ),
        "closed": _("This work is already handed in or graded, and cannot be changed now."),
    }
    if error.code not in words:
        raise error
    return words[error.code]


def _refused(assignment_id: str, problem: str) -> ResponseReturnValue:
    """The page again with what was typed, and what is wrong."""
    if _wants_json():
        return jsonify(problem=problem), 409
    work = assignments.work(db(), course(), who(), assignment_id)
    return _page(work, request.form.get("text"), problem), 409


def _back(assignment_id: str, note: str) -> Response:
    address = url_for("assignments.assignment", assignment_id=assignment_id, note=note)
    answer = redirect(address, 303)
    assert isinstance(answer, Response)  # noqa: S101 (werkzeug's type; Flask makes its own)
    return answer


def _wants_json() -> bool:
    """Whether our script asks, and not the browser itself."""
    return request.accept_mimetypes.best == "application/json"
