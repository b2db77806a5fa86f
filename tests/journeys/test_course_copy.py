"""A course is copied: by the LMS, opened by its people, and told from the course it was made of."""

from browser import staging
from browser.world import DAY, KEIKO, SAKURA, World, eventually
from journeys.conftest import Visits

from lti_tool.storage.db import open_session
from lti_tool.storage.people import Context, Membership, ResourceLink
from lti_tool.storage.scores import ScoreReport

QUIZ, WORK = "t101-quiz", "t101-assignment"


def copied(world: World, visitor: Visits, course: str = DAY) -> str:
    """Copy a course as its teacher does; the id of the copy."""
    teacher = visitor(KEIKO).go(f"{world.lms_url}/as/{KEIKO}/course/{course}").send("/copy")
    return teacher.url.rsplit("/", 1)[1]


def test_a_copy_is_recognised_and_kept_apart(world: World, visitor: Visits) -> None:
    """CPY-02, AGS-36."""
    visitor(KEIKO).launch(world.activity("course"))
    visitor(SAKURA).launch(world.activity(QUIZ))
    staging.take_quiz(world, SAKURA, QUIZ, mistakes=0)
    eventually(lambda: world.grade(SAKURA, QUIZ) == 100)

    copy = copied(world, visitor)
    assert world.grade(SAKURA, QUIZ, copy) is None
    teacher = visitor(KEIKO).launch(world.activity(WORK, copy))
    assert teacher.url.endswith("/activities?first=1"), "told once"
    assert "から作られました" in teacher.page
    assert "ライブコマース(昼間クラス)" in teacher.page
    assert "元のコースにあり、ここではまだ開かれていないもの" in teacher.page
    assert visitor(KEIKO).launch(world.activity(WORK, copy)).url.endswith(f"/assignments/{WORK}")

    student = visitor(SAKURA).launch(world.activity(QUIZ, copy))
    assert student.url.endswith(f"/quizzes/{QUIZ}")
    assert "100%" not in student.page, "nothing of the other course"
    staging.take_quiz(world, SAKURA, QUIZ, mistakes=1, course=copy)
    eventually(lambda: world.grade(SAKURA, QUIZ, copy) is not None)
    assert world.grade(SAKURA, QUIZ) == 100
    assert (world.grade(SAKURA, QUIZ, copy) or 0) < 100
    with world.lms.state.read() as data:
        ours = [column.resource_id for column in data.course_columns(copy)]
    assert len(ours) == len(set(ours)), "no second column"
    with open_session(world.engine, writes=False) as session:
        assert session.query(ScoreReport).count() == 2
        row = session.query(Context).filter_by(context_id=copy).one()
        members = {each.person.sub for each in session.query(Membership).filter_by(context_id=row.id)}
    assert SAKURA in members


def test_a_copy_of_a_copy_knows_the_nearest(world: World, visitor: Visits) -> None:
    visitor(KEIKO).launch(world.activity(QUIZ))
    first = copied(world, visitor)
    visitor(KEIKO).launch(world.activity(QUIZ, first))
    second = copied(world, visitor, first)
    visitor(KEIKO).launch(world.activity(QUIZ, second))
    with open_session(world.engine, writes=False) as session:
        rows = {row.context_id: row for row in session.query(Context)}
    assert rows[second].copied_from_id == rows[first].id
    assert rows[first].copied_from_id == rows[DAY].id


def test_an_activity_that_lost_its_name_is_found_by_its_column(world: World, visitor: Visits) -> None:
    """An LMS that forgets custom parameters when it restores a course: the resourceId of the column is left."""
    with world.lms.state.change() as data:
        quiz = data.activities[world.activity(QUIZ)]
        quiz.custom = {}
    student = visitor(SAKURA).launch(quiz.id)
    assert student.url.endswith(f"/quizzes/{QUIZ}")
    assert visitor(SAKURA).launch(quiz.id).url.endswith(f"/quizzes/{QUIZ}"), "also the next time"
    with open_session(world.engine, writes=False) as session:
        (link,) = session.query(ResourceLink)
    assert (link.node, link.bound_by) == (QUIZ, "column")


def test_a_teacher_mends_what_nothing_names(world: World, visitor: Visits) -> None:
    with world.lms.state.change() as data:
        quiz = data.activities[world.activity(QUIZ)]
        quiz.custom, column = {}, data.columns[quiz.column or ""]
        column.resource_id = None
    teacher = visitor(KEIKO).launch(quiz.id)
    assert teacher.status == 200
    teacher.go("activities")
    assert "開くものの指定がありません" in teacher.page
    with open_session(world.engine, writes=False) as session:
        (link,) = session.query(ResourceLink)
    teacher.send(f"/activities/{link.id}", node=QUIZ)
    assert "教員が選択" in teacher.page
    assert visitor(SAKURA).launch(quiz.id).url.endswith(f"/quizzes/{QUIZ}")
