"""Acceptance 2: before its gate is met nothing of stage 2 is served, whichever way somebody tries to get in."""

import io
import re

import pytest
from support import tokens
from support.pages import begin, hand_in, pass_quiz, quiz_of

from lti_tool.storage.db import transaction
from lti_tool.storage.work import Attempt, LessonRead, Submission, Upload
from lti_tool.web.current import Parts

LOCKED_NODES = ("stage2", "t201", "t201-goal", "t201-sheet", "t201-quiz", "t201-assignment")
FORGED = (
    ("get", "modules/t201"),
    ("get", "lessons/t201-goal"),
    ("get", "lessons/t201-sheet"),
    ("post", "lessons/t201-goal/finish"),
    ("get", "quizzes/t201-quiz"),
    ("post", "quizzes/t201-quiz/attempts"),
    ("get", "assignments/t201-assignment"),
    ("post", "assignments/t201-assignment/draft"),
    ("post", "assignments/t201-assignment/files"),
    ("post", "assignments/t201-assignment/files/1/remove"),
    ("post", "assignments/t201-assignment/submit"),
    ("get", "assets/t201/figure.svg"),
    ("get", "n/t201-quiz"),
    ("get", "n/t201-goal"),
)


@pytest.fixture
def course(app):
    """The course that is served."""
    parts: Parts = app.extensions["lti_tool"]
    return parts.course


@pytest.fixture
def nodes(course):
    """What of stage 2 the course really has: the list above must not be about nothing."""
    stage = course.stages[1]
    found = {stage.id}
    for module in stage.modules:
        parts = (*module.lessons, module.quiz, module.assignment)
        found |= {module.id, *(part.id for part in parts if part)}
    return found


@pytest.fixture
def hidden(course):
    """Sentences of stage 2 that no student may read yet: lesson text, questions, answers, the brief."""
    sentences: set[str] = set()
    for module in course.stages[1].modules:
        texts = [lesson.body for lesson in module.lessons]
        texts += [module.assignment.brief, *module.outcomes]
        for question in module.quiz.questions:
            texts.append(question.ask)
            texts += [option.text for option in getattr(question, "options", ())]
            texts += [option.why for option in getattr(question, "options", ())]
        for text in texts:
            for words in (text.ja, text.en):
                sentences.update(line for line in _plain(words) if len(line) >= 8)
    assert len(sentences) > 20
    return sentences


def _plain(markdown: str) -> list[str]:
    """Runs of words without markup or quotes, as they stand in HTML too."""
    return [run.strip() for run in re.split(r"[\n*#|>\[\]()`&<\"'_:{}-]+", markdown)]


def leaks(text: str, hidden: set[str]) -> set[str]:
    """The hidden sentences in a page."""
    return {sentence for sentence in hidden if sentence in text}


def test_the_list_of_this_test_is_about_what_the_course_has(nodes):
    assert nodes == set(LOCKED_NODES)


@pytest.mark.parametrize("node", LOCKED_NODES[1:])
def test_a_launch_into_a_locked_activity_shows_the_locked_page_with_reasons(client_as, hidden, node):
    """DL-27."""
    student = client_as("learner", node)
    page = student.get(student.first_page)
    assert page.status_code == 403
    assert "まだ開いていません" in page.text or "ロック" in page.text
    assert page.text.count("/n/t1") >= 4, "each reason leads to what opens it"
    assert not leaks(page.text, hidden)


def test_a_launch_into_the_locked_stage_shows_the_course_home_or_the_reasons(client_as, hidden):
    student = client_as("learner", "stage2")
    page = student.get(student.first_page)
    assert not leaks(page.text, hidden)


@pytest.mark.parametrize("role", ["learner", "observer"])
def test_a_forged_address_serves_nothing_and_leaves_no_trace(app, client_as, hidden, role):
    student = client_as(role)
    for method, path in FORGED:
        if method == "get":
            page = student.get(path)
        else:
            page = student.post(path, {"text": "x", "file": (io.BytesIO(b"%PDF-"), "a.pdf")})
        assert page.status_code in {403, 404}, path
        assert not leaks(page.text, hidden), path
    with transaction(app.extensions["lti_tool"].engine) as session:
        assert [session.query(kind).count() for kind in (Attempt, Submission, Upload, LessonRead)] == [0] * 4


def test_an_address_learnt_as_teacher_opens_nothing_for_a_student(client_as, hidden):
    teacher = client_as("instructor", sub="5")
    attempt = begin(teacher, "t201-quiz")
    student = client_as("learner", sub="5", client=teacher.client)
    for path in (f"attempts/{attempt}", f"attempts/{attempt}/1", f"attempts/{attempt}/result"):
        page = student.get(path)
        assert page.status_code in {403, 404}
        assert not leaks(page.text, hidden)


def test_half_a_gate_opens_nothing_and_the_whole_gate_does(client_as, course, hidden):
    student, teacher = client_as(), client_as("instructor", sub="9")
    stage = course.stages[0]
    for module in stage.modules:
        page = pass_quiz(student, course, module.quiz.id)
        assert page.status_code == 200
        assert student.get("modules/t201").status_code == 403
        hand_in(student, module.assignment.id)
    locked = student.get("lessons/t201-goal")
    assert locked.status_code == 403
    assert not leaks(locked.text, hidden)
    for address in re.findall(r"/(reviews/\d+)\"", teacher.get("reviews").text):
        form = teacher.get(address).text
        levels = dict.fromkeys(re.findall(r'name="(level-[A-Z0-9]+)"', form), "4")
        assert (
            teacher.post(address, {**levels, "comment": "", "outcome": "graded", "number": "1"}).status_code
            == 200
        )
    assert student.get("lessons/t201-goal").status_code == 200
    assert quiz_of(course, "t201-quiz").id in student.get("modules/t201").text


def test_another_course_of_the_lms_is_another_gate(client_as):
    """What a student did elsewhere opens nothing here."""
    assert client_as(context_id="3").get("modules/t201").status_code == 403
    assert client_as(context=tokens.ABSENT).get("modules/t201").status_code == 403
