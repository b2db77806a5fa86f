"""Simulations: the runner's notes with the key, and the screen for the class. Students have no address here."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.domain.simulation import Category, Priority, Simulation, Use
from lti_tool.errors import NotFound
from lti_tool.web import access
from lti_tool.web.current import course

launched = Blueprint("simulations", __name__, url_prefix="/l/<launch_id>/simulations")


@launched.get("/")
@access.allow(*access.STAFF)
def index() -> ResponseReturnValue:
    """Every simulation, and what each is for."""
    return render_template("simulations.html", simulations=course().simulations, use_words=use_words)


@launched.get("/<simulation_id>")
@access.allow(*access.STAFF)
def notes(simulation_id: str) -> ResponseReturnValue:
    """For the runner alone: what happens when, what to do, and the key."""
    simulation = _find(simulation_id)
    return render_template(
        "simulation.html",
        simulation=simulation,
        module=course().nodes[simulation.module] if simulation.module else None,
        use_words=use_words,
        category_words=category_words,
        priority_words=priority_words,
        mark=mark,
    )


@launched.get("/<simulation_id>/screen")
@access.allow(*access.STAFF)
def screen(simulation_id: str) -> ResponseReturnValue:
    """For the room: the clock and the comments, and nothing that tells how to answer them."""
    return render_template("simulation_screen.html", simulation=_find(simulation_id), mark=mark)


def mark(seconds: int) -> str:
    """A moment of a simulation, e.g. 4:05."""
    return f"{seconds // 60}:{seconds % 60:02}"


def use_words(use: Use) -> str:
    """What a simulation is for."""
    return {
        "course": _("In its module"),
        "reserve": _("Reserve: for resits only"),
        "practical": _("Practical examination"),
    }[use]


def category_words(category: Category) -> str:
    """What kind of comment it is."""
    return {
        "question": _("Asks something"),
        "hesitation": _("Hesitates"),
        "intent": _("Wants to buy"),
        "praise": _("Praises"),
        "logistics": _("Asks for terms"),
        "troll": _("Provokes"),
    }[category]


def priority_words(priority: Priority) -> str:
    """When a comment must be taken up."""
    return {
        "red": _("Red: stop now"),
        "amber": _("Amber: next sentence"),
        "green": _("Green: at the next seam"),
        "blue": _("Blue: the moderator takes it"),
    }[priority]


def _find(simulation_id: str) -> Simulation:
    for simulation in course().simulations:
        if simulation.id == simulation_id:
            return simulation
    raise NotFound(simulation_id)
