"""The course home, module pages, and the way from a node to its page."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from lti_tool.domain.course import Assignment, Lesson, Module, Node, Quiz
from lti_tool.domain.gating import next_step
from lti_tool.errors import NotFound
from lti_tool.services import gating, ledger, passback, quizzes
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.current import course, db, now, who
from lti_tool.web.view_models import module_row, stage_rows

launched = Blueprint("home", __name__, url_prefix="/l/<launch_id>")


@launched.get("/")
@access.allow(*access.ANYONE_LAUNCHED)
def course_home() -> ResponseReturnValue:
    """Where am I, what do I do next, what is in my way."""
    standing = gating.standing(db(), course(), who())
    progress = standing.progress
    grades = passback.grades(db(), who().person_id, who().context_id)
    step = next_step(course(), progress, standing.states) if who().learner else None
    node = course().nodes[step] if step else None
    quiz = quizzes.overview(db(), course(), who(), node.id, now()) if isinstance(node, Quiz) else None
    return render_template(
        "home.html",
        stages=stage_rows(course(), standing.states, progress, grades),
        step=node,
        step_module=course().places[node.id][1] if node else None,
        step_work=progress.assignment(node.id) if isinstance(node, Assignment) else None,
        step_quiz=quiz,
        fresh=who().learner and not progress.begun,
        needing=ledger.needing(db(), who()),
    )


@launched.get("/n/<node_id>")
@access.allow(*access.ANYONE_LAUNCHED)
def node(node_id: str) -> ResponseReturnValue:
    """From a link in a lesson, or a reason on a locked page, to the page of that node."""
    if node_id == "course":
        return redirect(page_of(None))
    return redirect(page_of(gating.require_open(db(), course(), who(), node_id)))


@launched.get("/modules/<module_id>")
@access.allow(*access.ANYONE_LAUNCHED)
def module(module_id: str) -> ResponseReturnValue:
    """A week's work: what it is for, and its lessons, quiz and assignment."""
    standing = gating.standing(db(), course(), who())
    found = standing.require_open(module_id)
    if not isinstance(found, Module):
        raise NotFound(module_id)
    grades = passback.grades(db(), who().person_id, who().context_id)
    row = module_row(found, standing.states, standing.progress, grades)
    return render_template("module.html", row=row, stage=course().places[found.id][0])


def page_of(node: Node | None) -> str:
    """Address of the page of a node; None: the course home, where the stages are too."""
    if isinstance(node, Module):
        return url_for("home.module", module_id=node.id)
    if isinstance(node, Lesson):
        return url_for("lessons.lesson", lesson_id=node.id)
    if isinstance(node, Quiz):
        return url_for("quizzes.quiz", quiz_id=node.id)
    if isinstance(node, Assignment):
        return url_for("assignments.assignment", assignment_id=node.id)
    return url_for("home.course_home", _anchor=node.id if node else None)
