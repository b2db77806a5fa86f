"""Lesson pages and the figures and files in them."""

import mimetypes

from flask import Blueprint, redirect, render_template, send_file
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lti_tool.curriculum.markdown import Bases, render_lesson
from lti_tool.domain.course import Module
from lti_tool.errors import NotFound
from lti_tool.services import gating, lessons
from lti_tool.web import access, kept_pages
from lti_tool.web.addresses import url_for
from lti_tool.web.current import course, db, lang, now, who

launched = Blueprint("lessons", __name__, url_prefix="/l/<launch_id>")

SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
"""For what is not a page of ours: it may be looked at, it may do nothing."""


@launched.get("/lessons/<lesson_id>")
@access.allow(*access.ANYONE_LAUNCHED)
def lesson(lesson_id: str) -> ResponseReturnValue:
    """One idea, and the way on."""
    page = lessons.open_lesson(db(), course(), who(), lesson_id)

    def render() -> str:
        # Relative addresses are the same in every launch, so the text is rendered once for all of them.
        bases = Bases(f"../assets/{page.module.id}/", "../n/", "../glossary", course().glossary)
        html = render_lesson(page.lesson, lang(), bases)
        return render_template("lesson.html", page=page, body=Markup(html))  # noqa: S704 (cleaned by the renderer)

    return kept_pages.page((lesson_id, page.read), render)


@launched.post("/lessons/<lesson_id>/finish")
@access.allow(*access.ANYONE_LAUNCHED)
def finish(lesson_id: str) -> ResponseReturnValue:
    """Mark as read and go on: to the next lesson, or back to the module."""
    page = lessons.open_lesson(db(), course(), who(), lesson_id)
    lessons.finish(db(), course(), who(), lesson_id, now())
    if page.following:
        return redirect(url_for("lessons.lesson", lesson_id=page.following.id), 303)
    return redirect(url_for("home.module", module_id=page.module.id), 303)


@launched.get("/assets/<module_id>/<name>")
@access.allow(*access.ANYONE_LAUNCHED)
def asset(module_id: str, name: str) -> ResponseReturnValue:
    """A figure or file of a module, once the module is open to this person."""
    module = gating.require_open(db(), course(), who(), module_id)
    if not isinstance(module, Module) or name not in module.assets:
        raise NotFound(name)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    answer = send_file(module.assets[name], mimetype=kind, conditional=True, max_age=3600)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.cache_control.private = True
    return answer
