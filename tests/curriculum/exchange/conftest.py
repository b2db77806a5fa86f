"""The real banks: nothing shows better what a format has to carry."""

from pathlib import Path

import pytest

from lti_tool.curriculum.load import load
from lti_tool.domain.course import Quiz

CONTENT = Path(__file__).parents[3] / "content"


@pytest.fixture(scope="session")
def banks() -> list[Quiz]:
    """Every bank of the course."""
    course, _problems = load(CONTENT)
    assert course
    return [module.quiz for module in course.modules if module.quiz]
