"""The staff's list of grades on their way: what is held is explained and sent again."""

import re
from datetime import datetime

import pytest
from support.launching import Launched
from support.ledgers import fill, queries
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
    page = teacher.get("gradebook").text
    assert "成績表の列がロックされています" in page
    assert "Moodleの「評定」＞「評定表セットアップ」" in page, "what to press, in the LMS at hand"


def test_one_grade_is_sent_again(teacher: Launched, engine: Engine):
    page = teacher.post(f"gradebook/{number(engine)}/resend")
    assert state(engine) == "queued"
    assert "まもなくもう一度送ります" in page.text


def test_all_held_grades_are_sent_again(teacher: Launched, engine: Engine):
    assert "1件の成績を送り直しますか" in teacher.get("gradebook/resend?state=held").text
    page = teacher.post("gradebook/resend?state=held")
    assert state(engine) == "queued"
    assert "該当する成績はありません" in page.text


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


def test_the_ledger_of_a_large_course_asks_as_little_as_that_of_a_small_one(client_as, engine, app, now):
    """500 students with 60 graded items each: 30,000 grades."""
    teacher = client_as("instructor", sub="9")
    paths = ("gradebook", "gradebook?page=2", "gradebook?state=held", "gradebook/resend?state=held")
    counts = []
    for students, nodes in ((2, 2), (500, 60)):
        fill(engine, students, [f"node-{students}-{number}" for number in range(nodes)], now)
        counts.append([])
        for path in paths:
            with queries(engine) as sent:
                assert teacher.get(path).status_code == 200
            counts[-1].append(len(sent))
    small, large = counts
    assert large == small
    assert max(large) <= 8
    page = teacher.get("gradebook?page=600").text
    assert "601ページ中 600ページ" in page
    assert page.count("<tr>") < 120


def test_the_course_home_tells_staff_what_needs_them(teacher: Launched, client_as, engine):
    home = teacher.get("").text
    assert "1件の成績が対応を待っています" in home
    assert f'href="{teacher.root}/gradebook?state=needed"' in home
    assert "対応を待っています" not in client_as("learner", sub="5").get("").text
    with transaction(engine) as session:
        session.query(ScoreReport).one().state = "delivered"
    assert "対応を待っています" not in teacher.get("").text


def test_that_costs_staff_one_query_and_students_none(client_as, engine):
    teacher = client_as("instructor", sub="9")
    student = client_as("learner", sub="5")
    with queries(engine) as before:
        student.get("")
    with queries(engine) as sent:
        teacher.get("")
    asked = [statement for statement in sent if "FROM score_report" in statement]
    assert len([each for each in asked if "count(" in each]) == 1
    assert not [each for each in before if "count(" in each and "score_report" in each]
