"""What the picker learns from the LMS's own list of columns."""

import pytest
from support.delivering import QUIZ, School, answering, cut

from lti_tool.demo.state import Column
from lti_tool.lti.claims import SCOPE_SCORE
from lti_tool.services import placing
from lti_tool.services.placing import Gradebook
from lti_tool.storage.people import Context


def look(school: School) -> Gradebook | None:
    return placing.look(school.engine, school.http, school.course, school.context_id, school.now)


def test_columns_of_activities_are_told_from_columns_that_stand_alone(school: School):
    """AGS-12: foreign columns, and members that are missing, do no harm."""
    with school.lms.state.change() as data:
        data.columns["90"] = Column("90", "2", "M Quiz", 100, resource_id="a102-quiz", link_id="4")
        data.columns["91"] = Column("91", "2", "Another tool", 50)
    found = look(school)
    assert found is not None
    assert found.names == {QUIZ: (), "a102-quiz": ("M Quiz",)}
    assert len(found.urls) == 3


@pytest.mark.parametrize("fault", [answering(500), answering(404), cut, answering(200, b"{}")])
def test_an_lms_that_does_not_answer_hides_only_its_columns(school: School, fault):
    school.http.always = fault
    assert look(school) is None


@pytest.mark.parametrize("missing", [{"scopes": [SCOPE_SCORE]}, {"lineitems_url": ""}])
def test_without_the_right_to_look_nobody_is_asked(school: School, missing):
    """AGS-02."""
    school.change(Context, **missing)
    assert look(school) is None
    assert school.http.asked == []
