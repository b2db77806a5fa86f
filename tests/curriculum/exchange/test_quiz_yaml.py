"""Imported questions become a quiz file that the loader reads."""

import shutil
from pathlib import Path

from lti_tool.curriculum.exchange import quiz_yaml
from lti_tool.curriculum.load import load
from lti_tool.domain.course import Course, Quiz

TINY = Path(__file__).parents[2] / "courses" / "tiny"


def quizzes(course: Course | None) -> list[Quiz]:
    assert course
    return [module.quiz for module in course.modules if module.quiz]


def test_questions_survive_the_way_through_a_file(tmp_path):
    before = quizzes(load(TINY)[0])
    package = Path(shutil.copytree(TINY, tmp_path / "tiny"))
    for path in package.rglob("quiz.yaml"):
        head = path.read_text(encoding="utf-8").partition("questions:")[0]
        name = head.partition("id: ")[2].split()[0]
        (quiz,) = [quiz for quiz in before if quiz.id == name]
        path.write_text(head + quiz_yaml.write(list(quiz.questions)), encoding="utf-8")
    course, problems = load(package)
    assert problems == []
    assert quizzes(course) == before
