"""What people did before the page that a test is about: through the services, quicker than by hand."""

from io import BytesIO
from typing import Any

from browser.world import DAY, KEIKO, World
from support import answers

from lti_tool.app import utc_now
from lti_tool.domain.course import Quiz
from lti_tool.domain.quiz import Drawn, items
from lti_tool.services import assignments, quizzes, reviews
from lti_tool.storage.db import open_session, transaction
from lti_tool.storage.scores import ScoreReport
from lti_tool.storage.work import Answer, Attempt, Submission


def take_quiz(world: World, person: str, node: str, *, mistakes: int = 0, course: str = DAY) -> int:
    """A quiz from start to hand-in; the id of the attempt."""
    with transaction(world.engine) as session:
        who = world.who(person, course=course)
        return answers.take(session, world.course, who, node, utc_now(), mistakes=mistakes)


def begin_quiz(world: World, person: str, node: str) -> int:
    """An attempt that has just begun."""
    with transaction(world.engine) as session:
        return quizzes.start(session, world.course, world.who(person), node, utc_now())


def saved(world: World, attempt_id: int, question: str) -> dict[str, Any] | None:
    """The answer to a question as the tool has kept it."""
    with open_session(world.engine, writes=False) as session:
        row = session.get(Answer, (attempt_id, question))
        return row.response if row else None


def ask_every_kind(world: World, attempt_id: int) -> list[str]:
    """Give the attempt a paper with one question of each kind; the kinds in its order."""
    with transaction(world.engine) as session:
        attempt = session.get_one(Attempt, attempt_id)
        quiz = world.course.nodes[attempt.quiz]
        assert isinstance(quiz, Quiz)
        one_each = {question.kind: question for question in quiz.questions}.values()
        attempt.paper = [
            Drawn(question.id, tuple(range(len(items(question))))).to_dict() for question in one_each
        ]
        return [question.kind for question in one_each]


def write_draft(world: World, person: str, node: str) -> None:
    """A text and a file, not handed in."""
    with transaction(world.engine) as session:
        who = world.who(person)
        assignments.save_draft(
            session, world.course, who, node, "三つのコメントを選びました。\n1. 送料", utc_now()
        )
        file = BytesIO(b"%PDF-1.4 sample")
        store = world.parts.files
        assignments.add_file(session, world.course, store, who, node, "comments.pdf", file, utc_now())


def hand_in(world: World, person: str, node: str, text: str = "三つのコメントを選びました。") -> int:
    """A text handed in; the id of the submission."""
    with transaction(world.engine) as session:
        who = world.who(person)
        assignments.save_draft(session, world.course, who, node, text, utc_now())
        assignments.submit(session, world.course, who, node, utc_now())
        about = {"person_id": who.person_id, "context_id": who.context_id, "assignment": node}
        return session.query(Submission).filter_by(**about).one().id


def judge(world: World, submission_id: int, outcome: str, level: int = 3) -> None:
    """The teacher's judgement: the same level for every criterion, and a comment."""
    with transaction(world.engine) as session:
        who = world.who(KEIKO, "instructor", DAY)
        page = reviews.open_review(session, world.course, who, submission_id)
        levels = {row.criterion.code: level for row in page.assignment.rubric}
        number, said = page.version.number, "根拠を一つずつ足してください。"
        reviews.save_review(
            session, world.course, who, submission_id, levels, said, outcome, utc_now(), number=number
        )


def grades_on_hold(world: World) -> int:
    """How many grades wait for a person to act."""
    return grades_in(world, "held")


def grades_in(world: World, state: str) -> int:
    """How many grades are in a state."""
    with open_session(world.engine, writes=False) as session:
        return session.query(ScoreReport).filter_by(state=state).count()
