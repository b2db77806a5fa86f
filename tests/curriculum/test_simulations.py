"""The simulations of the course against its programme."""

from collections import Counter
from pathlib import Path

import pytest

from lti_tool.curriculum.load import load
from lti_tool.domain.course import Course
from lti_tool.domain.simulation import Simulation

CONTENT = Path(__file__).parents[2] / "content"
COUNTS = {
    "sim-a": {"question": 6, "hesitation": 6, "intent": 4, "praise": 3, "logistics": 3, "troll": 2},
    "sim-b": {"question": 5, "hesitation": 5, "intent": 1, "praise": 1, "logistics": 2},
    "sim-c": {"question": 12, "hesitation": 8, "intent": 7, "praise": 4, "logistics": 6, "troll": 3},
}


@pytest.fixture(scope="module")
def course() -> Course:
    course, problems = load(CONTENT)
    assert course, problems
    return course


def named(course: Course, name: str) -> Simulation:
    return next(each for each in course.simulations if each.id == name)


@pytest.mark.parametrize("name", COUNTS)
def test_a_simulation_of_stage_3_has_the_comments_of_the_programme(course, name):
    simulation = named(course, name)
    assert (simulation.seconds, simulation.use) == (720, "course")
    assert Counter(comment.category for comment in simulation.comments) == COUNTS[name]
    assert any(comment.planted for comment in simulation.comments) or simulation.injects


def test_the_three_belong_to_the_three_modules_and_the_reserve_to_none(course):
    assert [(each.module, each.use) for each in course.simulations] == [
        ("m301", "course"),
        ("m302", "course"),
        ("m303", "course"),
        (None, "reserve"),
        (None, "practical"),
    ]


def test_simulation_c_presses_forty_comments_into_three_minutes(course):
    """4:30 to 7:30, the wrong fee at 5:00, the outage at 7:30."""
    storm = named(course, "sim-c")
    assert len([comment for comment in storm.comments if 270 <= comment.at <= 450]) == 40
    assert [inject.at for inject in storm.injects] == [300, 450]


def test_the_practical_examination_has_26_comments_and_two_critical_events(course):
    scenario = named(course, "practical-1")
    assert (len(scenario.comments), len(scenario.injects), scenario.seconds) == (26, 2, 720)
    assert scenario.dossier
