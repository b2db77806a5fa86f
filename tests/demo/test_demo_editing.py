"""What a teacher does to a course of the demo LMS: copies, duplicates, deletes, changes a maximum."""

import pytest
from flask.testing import FlaskClient
from support.pretend_tool import PretendTool, open_message
from werkzeug.exceptions import HTTPException

from lti_tool.demo.app import Lms, create_demo, lms_of
from lti_tool.demo.gradebook import record_score, result_json
from lti_tool.demo.state import Grade
from lti_tool.lti.claims import CLAIM


@pytest.fixture
def press(client: FlaskClient):
    """Press a button of a teacher's page."""
    client.application.config["WTF_CSRF_ENABLED"] = False

    def send(path: str, person: str = "3", **fields: str):
        return client.post(f"/as/{person}/{path}", data=fields, follow_redirects=True)

    return send


def graded(here: Lms, course: str = "2"):
    with here.state.read() as data:
        return next(one for one in data.course_activities(course) if one.column)


def test_a_copy_has_new_ids_and_the_same_contents(press, here: Lms, client, client_id, tool: PretendTool):
    page = press("course/2/copy")
    assert "This is the copy" in page.text
    with here.state.read() as data:
        (copy,) = data.copies
        old, new = data.course_activities("2"), data.course_activities(copy)
        columns = data.course_columns(copy)
        assert [one.custom for one in new] == [one.custom for one in old]
        assert not {one.id for one in new} & {one.id for one in old}
        assert [one.resource_id for one in columns] == ["m101-quiz", "m101-assignment"]
        assert {one.link_id for one in columns} == {one.id for one in new if one.column}
    claims = open_message(client, tool, f"/as/3/activity/{new[0].id}/launch")
    assert claims[CLAIM + "context"]["id"] == copy
    assert claims[CLAIM + "custom"]["context_history"] == "2"
    assert copy in lms_of(create_demo(here.config)).courses(), "over a restart"


def test_a_copy_of_a_copy_names_the_nearest_first(press, here: Lms):
    press("course/2/copy")
    (first,) = here.state._data.copies
    press(f"course/{first}/copy")
    with here.state.read() as data:
        assert [one.history for one in data.copies.values()] == [("2",), (first, "2")]


def test_an_activity_goes_with_its_column_and_grades(press, here: Lms):
    activity = graded(here)
    with here.state.change() as data:
        data.keep_grade(Grade(str(activity.column), "5", 80, "", 1.0, 1.0))
    assert "is deleted" in press(f"activity/{activity.id}/settings", step="delete").text
    with here.state.read() as data:
        assert activity.id not in data.activities
        assert activity.column not in data.columns
        assert not data.grades


def test_a_duplicate_has_a_column_of_its_own(press, here: Lms):
    activity = graded(here)
    press(f"activity/{activity.id}/settings", step="duplicate")
    with here.state.read() as data:
        columns = [one for one in data.columns.values() if one.resource_id == "m101-quiz"]
    assert len({one.id for one in columns}) == len({one.link_id for one in columns}) == 2


def test_grades_keep_their_proportion_to_another_maximum(press, here: Lms):
    activity = graded(here)
    with here.state.change() as data:
        data.keep_grade(Grade(str(activity.column), "5", 80, "", 1.0, 1.0))
    press(f"activity/{activity.id}/settings", step="maximum", maximum="40")
    with here.state.read() as data:
        assert data.columns[str(activity.column)].maximum == 40
        assert data.grade(str(activity.column), "5").score == 32


@pytest.mark.parametrize("fields", [{}, {"step": "burn"}, {"step": "maximum", "maximum": "0"}])
def test_other_buttons_do_not_exist(press, here: Lms, fields):
    assert press(f"activity/{graded(here).id}/settings", **fields).status_code == 400


@pytest.mark.parametrize("person", ["4", "5"])
def test_only_editors_change_a_course(press, here: Lms, client: FlaskClient, person):
    assert press("course/2/copy", person).status_code == 403
    assert press(f"activity/{graded(here).id}/settings", person, step="delete").status_code == 403
    assert client.get(f"/as/{person}/activity/{graded(here).id}/settings").status_code == 403
    assert client.get(f"/as/3/activity/{graded(here).id}/settings").status_code == 200


@pytest.fixture
def cell(press, here: Lms, client_id, client):
    """The page of a column in which the tool has given Sakura (5) 80, and what its service says of her now."""
    activity = graded(here)
    column = str(activity.column)
    with here.state.change() as data:
        data.keep_grade(Grade(column, "5", 80, "Good.", 1.0, 1.0))

    def look() -> dict:
        with here.state.read() as data:
            grade = data.grade(column, "5")
            return result_json(here, data.columns[column], grade) if grade else {}

    return f"column/{column}", column, look


def score(column: str, here: Lms, given: int, at: str) -> None:
    """The tool sends a score, past its service."""
    body = {"userId": "5", "scoreGiven": given, "scoreMaximum": 100, "timestamp": at}
    with here.state.change() as data:
        progress = {"activityProgress": "Completed", "gradingProgress": "FullyGraded"}
        record_score(data.columns[column], data, body | progress, 1.0)


def test_a_grade_given_by_hand_stays_until_it_is_taken_off(press, here: Lms, cell):
    page, column, look = cell
    press(page, step="override", student="5", score="95.5", comment="By hand")
    assert (look()["resultScore"], look()["comment"]) == (95.5, "By hand")
    score(column, here, 70, "2100-01-01T00:00:00Z")
    assert (look()["resultScore"], look()["comment"]) == (95.5, "By hand"), "as Moodle does"
    press(page, step="release", student="5")
    assert look()["resultScore"] == 70


def test_a_grade_given_by_hand_to_somebody_without_one_is_gone_when_taken_off(press, here: Lms, cell):
    page, column, _look = cell
    press(page, step="override", student="6", score="50")
    press(page, step="release", student="6")
    with here.state.read() as data:
        assert data.grade(column, "6") is None


def test_a_column_of_text_takes_scores_and_shows_none(press, here: Lms, cell):
    page, column, look = cell
    press(page, step="text")
    score(column, here, 70, "2100-01-01T00:00:00Z")
    assert set(look()) == {"id", "userId"}
    press(page, step="points")
    assert look()["resultScore"] == 70


def test_a_locked_column_refuses(press, here: Lms, cell):
    page, column, look = cell
    press(page, step="lock")
    with pytest.raises(HTTPException) as refused:
        score(column, here, 70, "2100-01-01T00:00:00Z")
    assert (refused.value.get_response().status_code, refused.value.get_response().get_data()) == (500, b"[]")
    press(page, step="unlock")
    score(column, here, 70, "2100-01-01T00:00:00Z")
    assert look()["resultScore"] == 70


@pytest.mark.parametrize(
    "fields",
    [
        {"step": "override", "student": "5", "score": "101"},
        {"step": "override", "student": "5", "score": "-1"},
        {"step": "override", "student": "5", "score": "many"},
        {"step": "override", "student": "3", "score": "50"},
        {"step": "burn"},
    ],
)
def test_nonsense_changes_no_grade(press, cell, fields):
    page, _column, look = cell
    assert press(page, **fields).status_code == 400
    assert look()["resultScore"] == 80


def test_a_student_changes_no_grade(press, cell):
    page, _column, look = cell
    assert press(page, person="5", step="override", student="5", score="100").status_code == 403
    assert look()["resultScore"] == 80
