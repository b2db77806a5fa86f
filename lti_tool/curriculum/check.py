"""What `lti-tool content check` prints: the problems, or what the course holds."""

from collections import Counter
from collections.abc import Sequence

from lti_tool.curriculum.problems import Problem
from lti_tool.domain.course import LANGS, Course, Module

Row = tuple[str, int]


def report(course: Course) -> list[Row]:
    """Counts of a course as (what, how many)."""
    modules = course.modules
    lessons = [lesson for module in modules for lesson in module.lessons]
    quizzes = [module.quiz for module in modules if module.quiz]
    assignments = [module.assignment for module in modules if module.assignment]
    questions = [question for quiz in quizzes for question in quiz.questions]
    kinds = Counter(question.kind for question in questions)
    levels = Counter(question.level for question in questions)
    criteria = {row.criterion.code for assignment in assignments for row in assignment.rubric}
    return [
        ("stages", len(course.stages)),
        ("modules", len(modules)),
        ("lessons", len(lessons)),
        *(
            (f"lesson characters, {lang}", sum(len(lesson.body[lang]) for lesson in lessons))
            for lang in LANGS
        ),
        ("minutes of reading", sum(lesson.minutes for lesson in lessons)),
        ("quizzes", len(quizzes)),
        ("questions", len(questions)),
        *((f"questions, {kind}", count) for kind, count in sorted(kinds.items())),
        *((f"questions, level {level}", count) for level, count in sorted(levels.items())),
        ("assignments", len(assignments)),
        ("criteria used", len(criteria)),
        ("assets", sum(len(module.assets) for module in modules)),
        ("glossary terms", len(course.glossary)),
    ]


def lines(course: Course | None, problems: Sequence[Problem]) -> list[str]:
    """One line a problem and their number; for a sound course its counts and its modules."""
    if course is None:
        return [*map(str, problems), f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"]
    rows = report(course)
    width = max(len(what) for what, _ in rows)
    counts = [f"{what:<{width}}  {count:>7,}" for what, count in rows]
    return [f"{course.id}: no problems", *counts, "", *map(_module_line, course.modules)]


def _module_line(module: Module) -> str:
    quiz = f"{module.quiz.draw} of {len(module.quiz.questions)} questions" if module.quiz else "no quiz"
    work = "assignment" if module.assignment else "no assignment"
    return f"{module.code}  {len(module.lessons)} lessons, {quiz}, {work}"
