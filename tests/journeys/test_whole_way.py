"""From an empty LMS course to grades in its gradebook, and what a term does to them: acceptance, without a browser."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from browser import staging
from browser.world import EVENING, KEIKO, KEN, SAKURA, World, eventually
from journeys.conftest import Visits
from support import pages
from support.visitor import Visitor

from lti_tool.app import utc_now
from lti_tool.demo import editing, services_nrps
from lti_tool.demo.people import PEOPLE, Person
from lti_tool.services import keys
from lti_tool.storage.db import open_session, transaction
from lti_tool.storage.people import Membership
from lti_tool.storage.platforms import ToolKey
from lti_tool.storage.scores import AccessToken, ScoreReport

QUIZ, WORK = "t101-quiz", "t101-assignment"


@pytest.fixture
def placed(world: World, visitor: Visits) -> World:
    """The teacher has placed the whole course in the evening class, which was empty."""
    teacher = visitor(KEIKO).pick(EVENING)
    assert "まだ何も配置されていません" in teacher.page
    teacher.send("/place", step="check", node=ticks(teacher))
    assert "新規・100点満点" in teacher.page
    teacher.send("/place", step="place")
    assert "12" in teacher.page
    return world


def ticks(visitor: Visitor) -> list[str]:
    """What is ticked on the picker's page."""
    return re.findall(r'type="checkbox" name="node" value="([^"]+)" checked', visitor.page)


def grade(world: World, person: str, node: str) -> float | None:
    return world.grade(person, node, EVENING)


def held(world: World) -> list[tuple[str, str]]:
    with open_session(world.engine, writes=False) as session:
        rows = session.query(ScoreReport).filter_by(state="held")
        return [(row.line_item.node, row.reason) for row in rows]


def test_from_nothing_to_the_gradebook(placed: World, visitor: Visits) -> None:
    """Connect, place, learn, be tested, hand in, be reviewed: the gradebook of the LMS shows both grades."""
    student = visitor(SAKURA).launch(placed.activity(QUIZ, EVENING)).pages()
    assert "100%" in pages.words(pages.pass_quiz(student, placed.course, QUIZ).text)
    assert pages.hand_in(student, WORK).status_code == 200
    teacher = visitor(KEIKO).launch(placed.activity("course", EVENING)).pages()
    number = re.search(r"/reviews/(\d+)\"", teacher.get("reviews").text)
    assert number
    page = teacher.get(f"reviews/{number[1]}").text
    levels = dict.fromkeys(re.findall(r'name="(level-[^"]+)"', page), "3")
    version = re.search(r'name="number" value="(\d+)"', page)
    assert version
    teacher.post(
        f"reviews/{number[1]}", {**levels, "number": version[1], "comment": "よい", "outcome": "graded"}
    )
    eventually(lambda: grade(placed, SAKURA, WORK) is not None)
    assert (grade(placed, SAKURA, QUIZ), grade(placed, SAKURA, WORK)) == (100, 75)


def test_what_is_placed_is_not_offered_again(placed: World, visitor: Visits) -> None:
    """Known by the columns of the LMS and by what was sent, before anybody has opened anything."""
    assert ticks(visitor(KEIKO).pick(EVENING)) == []


def test_a_deleted_activity_holds_its_grades_until_it_is_placed_again(placed: World, visitor: Visits) -> None:
    """AGS-34"""
    quiz = placed.activity(QUIZ, EVENING)
    visitor(SAKURA).launch(quiz)
    staging.take_quiz(placed, SAKURA, QUIZ, mistakes=2, course=EVENING)
    eventually(lambda: grade(placed, SAKURA, QUIZ) is not None)
    visitor(KEIKO).go(f"{placed.lms_url}/as/{KEIKO}/activity/{quiz}/settings").send("settings", step="delete")
    visitor(KEN).launch(placed.activity("course", EVENING))
    staging.take_quiz(placed, KEN, QUIZ, course=EVENING)
    eventually(lambda: held(placed) == [(QUIZ, "column-gone")])

    teacher = visitor(KEIKO).pick(EVENING)
    assert ticks(teacher) == [QUIZ], "only what is missing"
    teacher.send("/place", step="check", node=QUIZ).send("/place", step="place")
    visitor(KEN).launch(placed.activity(QUIZ, EVENING))
    eventually(lambda: grade(placed, KEN, QUIZ) == 100)
    eventually(lambda: grade(placed, SAKURA, QUIZ) is not None), "what was there before comes back too"
    assert held(placed) == []


def test_another_maximum_needs_nothing(placed: World, visitor: Visits) -> None:
    quiz = placed.activity(QUIZ, EVENING)
    for person in (SAKURA, KEN):
        visitor(person).launch(quiz)
    staging.take_quiz(placed, SAKURA, QUIZ, course=EVENING)
    eventually(lambda: grade(placed, SAKURA, QUIZ) == 100)
    settings = f"{placed.lms_url}/as/{KEIKO}/activity/{quiz}/settings"
    visitor(KEIKO).go(settings).send("settings", step="maximum", maximum="40")
    assert grade(placed, SAKURA, QUIZ) == 40
    staging.take_quiz(placed, KEN, QUIZ, course=EVENING)
    eventually(lambda: grade(placed, KEN, QUIZ) == 40)
    with placed.lms.state.read() as data:
        column = data.columns[placed.column(QUIZ, EVENING)]
        assert (column.resource_id, column.tag, column.maximum) == (QUIZ, "grade", 40)


def test_one_thing_placed_twice_has_its_grade_once(placed: World, visitor: Visits) -> None:
    """AGS-37: the teacher is told; when the column with the grades goes, the other one gets them."""
    with placed.lms.state.change() as data:
        first = data.activities[placed.activity(QUIZ, EVENING)]
        second = editing.duplicate(data, first, EVENING)
    for activity in (first, second):
        visitor(SAKURA).launch(activity.id)
    staging.take_quiz(placed, SAKURA, QUIZ, course=EVENING)
    eventually(lambda: grade(placed, SAKURA, QUIZ) == 100)
    with placed.lms.state.read() as data:
        assert [each.column for each in data.grades.values()] == [first.column]
    teacher = visitor(KEIKO).launch(placed.activity("course", EVENING)).pages()
    assert "LMSに列が複数あるものがあります" in teacher.get("columns").text
    with placed.lms.state.change() as data:
        editing.delete_activity(data, first)
    visitor(KEN).launch(second.id)
    staging.take_quiz(placed, KEN, QUIZ, course=EVENING)
    eventually(lambda: grade(placed, KEN, QUIZ) == 100)


def test_one_link_is_enough(world: World, visitor: Visits) -> None:
    """Only the course home is placed. The first grade makes its column; the teacher wants the total instead."""
    teacher = visitor(KEIKO).pick(EVENING)
    teacher.send("/place", step="check", node="course").send("/place", step="place")
    home = world.activity("course", EVENING)
    visitor(SAKURA).launch(home)
    staging.take_quiz(world, SAKURA, QUIZ, course=EVENING)
    eventually(lambda: [one.resource_id for one in columns(world)] == [QUIZ])
    eventually(lambda: grade(world, SAKURA, QUIZ) == 100)
    asked = visitor(KEIKO).launch(home).go("columns").send("/columns", node=["course"])
    assert "チェックを外した列" in asked.page
    asked.send("/columns", step="drop", node=["course"])
    eventually(lambda: [one.resource_id for one in columns(world)] == ["course"])
    eventually(lambda: grade(world, SAKURA, "course") == 100)
    with world.lms.state.read() as data:
        assert data.grades[f"{world.column('course', EVENING)}/{SAKURA}"].comment.startswith(
            "ここまでの平均 1/6"
        )


def columns(world: World) -> list:
    with world.lms.state.read() as data:
        return data.course_columns(EVENING)


def test_both_sides_change_their_keys(
    placed: World, visitor: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TOK-03, KEY-03: launches and grades go on, whoever changes keys, and after a leak too."""
    quiz = placed.activity(QUIZ, EVENING)
    assert visitor(SAKURA).launch(quiz).status == 200
    monkeypatch.setattr(
        "lti_tool.lti.keys.COOLDOWN", timedelta(0)
    )  # a while has passed since it was asked last
    placed.lms.state.rotate_key()
    assert visitor(SAKURA).launch(quiz).status == 200
    with transaction(placed.engine) as session:
        new = keys.rotate(session, utc_now())
        assert keys.signer(session, utc_now()).kid != new.kid, "it is published first"
        assert len(keys.published(session, utc_now())["keys"]) == 2
    tomorrow(placed)
    staging.take_quiz(placed, SAKURA, QUIZ, mistakes=2, course=EVENING)
    eventually(lambda: grade(placed, SAKURA, QUIZ) is not None)
    with transaction(placed.engine) as session:
        keys.replace(session, utc_now())
        session.query(AccessToken).delete()
    visitor(KEN).launch(quiz)
    staging.take_quiz(placed, KEN, QUIZ, course=EVENING)
    eventually(lambda: grade(placed, KEN, QUIZ) == 100)


def tomorrow(world: World) -> None:
    """The new key signs, and the tool has to ask for a token with it."""
    with transaction(world.engine) as session:
        newest = session.query(ToolKey).order_by(ToolKey.signs_from.desc()).first()
        assert newest is not None
        newest.signs_from -= timedelta(hours=25)
        session.query(AccessToken).delete()


def test_a_class_of_two_and_a_half_thousand(
    placed: World, visitor: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NRP-07, NRP-15: read page by page; who never came is shown."""
    someone = next(person for person in PEOPLE if person.kind == "student")
    crowd: tuple[Person, ...] = tuple(
        replace(someone, id=str(10_000 + number), username=f"s{number}", ja=("学生", f"{number}"))
        for number in range(2_500)
    )
    monkeypatch.setattr(services_nrps, "PEOPLE", (*crowd, *PEOPLE))
    teacher = visitor(KEIKO).launch(placed.activity("course", EVENING)).pages()

    def read() -> bool:
        with open_session(placed.engine, writes=False) as session:
            return session.query(Membership).filter_by(last_launch_at=None).count() >= 2_500

    eventually(read)
    asked = [status for status in placed.calls("/memberships") if status]
    assert len(asked) >= 6
    assert set(asked) == {200}
    page = teacher.get("class").text
    assert "学生" in page
    assert page.count("<tr>") > 2_500
