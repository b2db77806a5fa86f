"""The picker of deep linking, as pages; what is signed is tested in tests/lti and tests/services."""

import re

import pytest
from markupsafe import escape
from support import tokens
from support.launching import Launched, open_picker

from lti_tool.web.view_models import chosen_nodes

RETURN = tokens.settings()["deep_link_return_url"]


@pytest.fixture
def picker(app, now) -> Launched:
    """A teacher whom the LMS has sent to choose."""
    return open_picker(app, now)


def test_the_teacher_ticks_and_the_choice_goes_back_to_the_lms(picker):
    """DL-06, CERT-D01, CERT-D02."""
    page = picker.get("place")
    assert "LMSに配置する" in page.text
    answer = picker.post("place", {"node": ["t101-quiz", "course"]})
    assert f'action="{escape(RETURN)}"' in answer.text
    assert re.search(r'name="JWT" value="[\w-]+\.[\w-]+\.[\w-]+"', answer.text)
    assert tokens.ISSUER in answer.headers["Content-Security-Policy"].split("form-action")[1].split(";")[0]


def test_nothing_ticked_is_told(picker):
    answer = picker.post("place", {})
    assert answer.status_code == 400
    assert "何も選ばれていません" in answer.text


def test_the_lms_is_answered_once(picker):
    """DL-25, ATK-18."""
    picker.post("place", {"node": "course"})
    assert picker.post("place", {"node": "course"}).status_code == 409
    assert picker.get("place").status_code == 409


def test_where_the_lms_takes_one_only_one_can_be_chosen(app, now):
    """DL-12."""
    page = open_picker(app, now, multiple=False).get("place")
    assert 'type="radio"' in page.text
    assert 'type="checkbox"' not in page.text
    assert 'value="all"' not in page.text


def test_something_the_course_does_not_have_is_refused(picker):
    """DL-26."""
    assert picker.post("place", {"node": "t999"}).status_code == 404


def test_a_stage_and_everything_are_spelt_out(app):
    course = app.extensions["lti_tool"].course
    stage = chosen_nodes(course, ["all:stage2"])
    assert stage == ["stage2", "t201", "t201-quiz", "t201-assignment"]
    everything = chosen_nodes(course, ["all", "t101-quiz"])
    assert everything.count("t101-quiz") == 1
    assert everything[0] == "course"
    assert {"stage1", "stage2", "t102-assignment", "t201-quiz"} <= set(everything)
