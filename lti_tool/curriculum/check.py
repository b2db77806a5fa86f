"""What `lti-tool content check` prints: the problems, or what the course holds."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from lti_tool.curriculum import statistics
from lti_tool.curriculum.problems import Problem
from lti_tool.curriculum.statistics import Bank, Holding
from lti_tool.domain.course import LANGS, Course

Row = tuple[str, int]
HEAD = (
    "module",
    "lessons",
    *(f"characters {lang}" for lang in LANGS),
    "bank",
    "draw",
    "times",
    "work",
    "asked",
)
LAST_TEXT = 2
"""The last columns of the table hold words and are aligned left, as the first is."""


def report(course: Course) -> list[Row]:
    """Counts of a course as (what, how many)."""
    modules = course.modules
    lessons = [lesson for module in modules for lesson in module.lessons]
    assignments = [module.assignment for module in modules if module.assignment]
    questions = statistics.questions(course)
    kinds = Counter[str](question.kind for question in questions)
    levels = Counter[str](question.level for question in questions)
    criteria = {row.criterion.code for assignment in assignments for row in assignment.rubric}
    return [
        ("stages", len(course.stages)),
        ("modules", len(modules)),
        ("lessons", len(lessons)),
        *(
            (f"lesson characters, {lang}", sum(statistics.length(lesson.body[lang]) for lesson in lessons))
            for lang in LANGS
        ),
        ("minutes of reading", sum(lesson.minutes for lesson in lessons)),
        ("quizzes", sum(module.quiz is not None for module in modules)),
        ("questions", len(questions)),
        *((f"questions, {kind}", kinds[kind]) for kind in statistics.KINDS),
        *((f"questions, level {level}", levels[level]) for level in statistics.LEVELS),
        ("assignments", len(assignments)),
        ("criteria used", len(criteria)),
        ("assets", sum(len(module.assets) for module in modules)),
        ("glossary terms", len(course.glossary)),
        ("files for instructors", sum(len(module.instructor) for module in modules)),
        ("questions of the start check", len(statistics.start_questions(course))),
        ("gates", len(course.certification.gates) if course.certification else 0),
        ("levels of the credential", len(course.certification.awards) if course.certification else 0),
        ("simulations", len(course.simulations)),
        ("comments in simulations", sum(len(each.comments) for each in course.simulations)),
    ]


def lines(course: Course | None, problems: Sequence[Problem], warnings: Sequence[Problem] = ()) -> list[str]:
    """One line a problem and their number; for a sound course its counts, its modules, its answers, and what is
    worth a second look."""
    if course is None:
        return [*map(str, problems), _number(len(problems), "problem")]
    rows = report(course)
    width = max(len(what) for what, _ in rows)
    counts = [f"{what:<{width}}  {count:>7,}" for what, count in rows]
    doubts = ["", *(f"warning: {each}" for each in warnings)] if warnings else []
    head = f"{course.id}: no problems, {_number(len(warnings), 'warning')}"
    return [head, *counts, "", *_modules(course), *_answers(course), *doubts]


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _modules(course: Course) -> Iterator[str]:
    """The table of modules. What is asked is an average: an attempt draws from the whole bank."""
    return _aligned([HEAD, *(_cells(statistics.holding(module)) for module in course.modules)])


def _cells(module: Holding) -> tuple[str, ...]:
    bank = module.bank
    numbers = (str(bank.size), str(bank.draw), f"{bank.size / bank.draw:.1f}") if bank else ("-", "-", "-")
    return (
        module.code,
        str(module.lessons),
        *(f"{module.characters[lang]:,}" for lang in LANGS),
        *numbers,
        "assignment" if module.assignment else "-",
        _asked(bank) if bank else "-",
    )


def _asked(bank: Bank) -> str:
    return " / ".join(
        ", ".join(f"{float(round(bank.asked(count), 1)):g} {name}" for name, count in counts.items())
        for counts in (bank.kinds, bank.levels)
    )


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            f"{cell:<{width}}" if place in {0, *range(len(row) - LAST_TEXT, len(row))} else f"{cell:>{width}}"
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _answers(course: Course) -> Iterator[str]:
    """What the answers give away, kind by kind."""
    for kind in statistics.CHOSEN_ONE:
        items = statistics.choices(course, kind)
        if not items:
            continue
        yield ""
        yield f"{len(items)} questions of kind {kind}; answers are shown shuffled, positions are those in the file"
        shares = _percents(count / len(items) for count in statistics.key_positions(items))
        yield f"the best answer stands at 1, 2, ... in {shares}"
        rows = [("a student who chooses earns", *LANGS)]
        for habit in statistics.habits(items):
            rows.append((habit.name, *(f"{float(habit.scores[lang]):.1f} %" for lang in LANGS)))
        width = max(len(row[0]) for row in rows)
        for name, *scores in rows:
            yield "  ".join([f"{name:<{width}}", *(f"{score:>7}" for score in scores)])
        yield f"up to {statistics.luck(items):.1f} % may be chance"


def _percents(shares: Iterable[float]) -> str:
    return ", ".join(f"{share:.1%}" for share in shares).replace("%", " %")
