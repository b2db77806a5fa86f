"""A course small enough to keep in the head, built without files.

    stage1              a101 -> a102      (a102 needs the quiz and the hand-in of a101)
    == Gate 1 ==        all quizzes and assignments of stage 1 passed
    stage2              b201

The quiz of a101 has one question of every kind; that of a102 is timed; that of b201 allows two attempts.
"""

from decimal import Decimal

from lti_tool.domain.course import (
    Assignment,
    Choice,
    Condition,
    Course,
    Criterion,
    Lesson,
    Matching,
    Module,
    Numeric,
    Option,
    Ordering,
    Pair,
    Question,
    Quiz,
    RubricRow,
    Stage,
    Text,
)


def text(words: str) -> Text:
    """A text that differs by language, so that a mix-up shows."""
    return Text(ja=f"{words}(日本語)", en=words)


def option(words: str, credit: int) -> Option:
    """An answer with the reason `why <words>`."""
    return Option(text(words), credit, text(f"why {words}"))


SINGLE = Choice(
    "a101-single",
    "single",
    "apply",
    text("Which hesitation?"),
    (option("timing", 100), option("price", 0), option("size", 0), option("trust", 0)),
)
MULTIPLE = Choice(
    "a101-multiple",
    "multiple",
    "understand",
    text("Which are true?"),
    (option("limit said", 100), option("price shown", 100), option("shouting", 0), option("hiding", 0)),
)
SITUATIONAL = Choice(
    "a101-situational",
    "situational",
    "evaluate",
    text("What do you say?"),
    (option("check first", 100), option("say unsure", 50), option("guess", 0), option("ignore", 0)),
)
MATCHING = Matching(
    "a101-matching",
    "understand",
    text("Who does what?"),
    (
        Pair(text("host"), text("speaks"), text("why host")),
        Pair(text("moderator"), text("answers comments"), text("why moderator")),
        Pair(text("operator"), text("switches cameras"), text("why operator")),
    ),
    extras=(text("ships parcels"),),
)
ORDERING = Ordering(
    "a101-ordering",
    "apply",
    text("In which order?"),
    tuple(text(step) for step in ("greet", "show", "offer", "close")),
    text("why this order"),
)
NUMERIC = Numeric(
    "a101-numeric",
    "apply",
    text("How much?"),
    Decimal("120000"),
    Decimal("500"),
    Text(ja="円", en="yen"),
    text("why this number"),
)
ALL_KINDS: tuple[Question, ...] = (SINGLE, MULTIPLE, SITUATIONAL, MATCHING, ORDERING, NUMERIC)

RUBRIC = (
    RubricRow(Criterion("C17", text("Evidence"), (text("1"), text("2"), text("3"), text("4"))), 60),
    RubricRow(Criterion("C10", text("Compliance"), (text("1"), text("2"), text("3"), text("4"))), 40, True),
)


def quiz(node: str, questions: tuple[Question, ...], draw: int, digest: str = "1", **rules: int) -> Quiz:
    """A quiz with pass mark 80; `rules`: minutes, wait_hours, attempts."""
    return Quiz(
        id=node,
        title=text(f"Quiz {node}"),
        draw=draw,
        pass_mark=80,
        questions=questions,
        digest=f"{node}@{digest}",
        **rules,
    )


def bank(prefix: str, size: int) -> tuple[Question, ...]:
    """`size` single-choice questions whose first option is right."""
    return tuple(
        Choice(
            f"{prefix}-{number}",
            "single",
            "remember",
            text(f"Question {number}?"),
            (option(f"right {number}", 100), option(f"wrong {number}", 0), option(f"worse {number}", 0)),
        )
        for number in range(1, size + 1)
    )


def module(name: str, week: int, questions: Quiz, needs: tuple[Condition, ...] = ()) -> Module:
    """A module with two lessons, a quiz and an assignment."""
    lessons = tuple(
        Lesson(f"{name}-{part}", text(f"{name} {part}"), 10, text(f"Body of {name} {part}"), f"{name}{part}")
        for part in ("why", "how")
    )
    assignment = Assignment(f"{name}-work", text(f"Work {name}"), text("Hand in a page."), RUBRIC)
    return Module(
        id=name,
        code=name.upper(),
        title=text(name),
        week=week,
        summary=text(f"About {name}"),
        outcomes=(text("can do it"),),
        lessons=lessons,
        quiz=questions,
        assignment=assignment,
        needs=needs,
    )


def tiny_course() -> Course:
    """The course drawn at the top of this file."""
    first = module("a101", 1, quiz("a101-quiz", ALL_KINDS, draw=6))
    second = module(
        "a102",
        2,
        quiz("a102-quiz", bank("a102", 5), draw=3, minutes=20, wait_hours=12),
        (Condition("quiz_passed", "a101-quiz"), Condition("assignment_submitted", "a101-work")),
    )
    third = module("b201", 3, quiz("b201-quiz", bank("b201", 6), draw=4, attempts=2, wait_hours=0))
    gate = tuple(
        Condition(kind, f"{name}-{node}")
        for kind, node in (("quiz_passed", "quiz"), ("assignment_passed", "work"))
        for name in ("a101", "a102")
    )
    stages = (
        Stage("stage1", 1, text("Stage 1"), text("Basics"), (first, second)),
        Stage("stage2", 2, text("Stage 2"), text("Practice"), (third,), gate, text("Gate 1")),
    )
    return Course("tiny", text("Tiny course"), stages, digest="tiny")
