"""The staff's list of grades on their way: what is held is explained and sent again."""

import re
from datetime import datetime

import pytest
from support.launching import Launched
from support.pages import hand_in

from lti_tool.storage.db import Engine, transaction
from lti_tool.storage.scores import ScoreReport

ALL_3 = {"level-C08": "3", "level-C10": "3", "level-C17": "3"}


@pytest.fixture
def teacher(client_as, engine: Engine) -> Launched:
    """A teacher whose student's grade is held because its column is locked in the LMS."""
    hand_in(client_as("learner", sub="5"), "t101-assignment", "三つ選びました。")
    teacher = client_as("instructor", sub="9", name="山本 先生")
    address = re.search(r"/(reviews/\d+)\"", teacher.get("reviews").text)
    assert address
    teacher.post(address[1], {**ALL_3, "comment": "よい。", "outcome": "graded", "number": "1"})
    with transaction(engine) as session:
        row = session.query(ScoreReport).one()
        row.state, row.reason, row.tries = "held", "column-locked", 1
    return teacher


def state(engine: Engine) -> str:
    """State of the one grade."""
    with transaction(engine) as session:
        return session.query(ScoreReport).one().state


def number(engine: Engine) -> int:
    """Number of the one grade."""
    with transaction(engine) as session:
        return session.query(ScoreReport).one().id


def test_the_list_says_why_a_grade_is_held(teacher: Launched):
    assert "ロックを解除" in teacher.get("gradebook").text


def test_one_grade_is_sent_again(teacher: Launched, engine: Engine):
    page = teacher.post(f"gradebook/{number(engine)}/resend")
    assert state(engine) == "queued"
    assert "まもなくもう一度送ります" in page.text


def test_all_held_grades_are_sent_again(teacher: Launched, engine: Engine):
    teacher.post("gradebook/resend")
    assert state(engine) == "queued"
    assert "保留中をすべて送り直す" not in teacher.get("gradebook").text


def test_a_grade_of_another_course_is_not_there(teacher: Launched, client_as, engine: Engine, now: datetime):
    """ATK-20."""
    other = client_as("instructor", sub="10", context_id="another")
    assert other.post(f"gradebook/{number(engine)}/resend").status_code == 404
    other.post("gradebook/resend")
    assert state(engine) == "held"


def test_a_student_sends_nothing(teacher: Launched, client_as, engine: Engine):
    """AGS-40."""
    student = client_as("learner", sub="5")
    assert student.post(f"gradebook/{number(engine)}/resend").status_code == 403
    assert state(engine) == "held"


def test_a_replaced_window_has_a_way_back_and_a_frame_has_none(client_as):
    """Moodle replaces the window on phones."""
    for target, shown in (("iframe", False), ("frame", True), ("window", True)):
        launched = client_as(
            "learner",
            launch_presentation={
                "locale": "ja",
                "document_target": target,
                "return_url": "https://moodle.example/mod/lti/return.php?course=2",
            },
        )
        assert ("return.php?course=2" in launched.get().text) is shown
