"""Shapes that pages need and services do not have. Pure: no request, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lti_tool.domain.course import Assignment, Course, Lesson, Module, Quiz, Stage
from lti_tool.domain.gating import NodeState, Progress
from lti_tool.services.passback import GradeState


@dataclass(frozen=True)
class PartRow:
    """A quiz or assignment in a list, with its result so far.

    `state`: none, done (a quiz with a result), or as in an assignment's work. `grade`: on its way to the LMS.
    """

    node: Quiz | Assignment
    state: str
    percent: int | None
    passed: bool
    grade: GradeState | None


@dataclass(frozen=True)
class LessonRow:
    """A lesson in a list."""

    lesson: Lesson
    read: bool


@dataclass(frozen=True)
class ModuleRow:
    """A module in a list."""

    module: Module
    state: NodeState
    lessons: tuple[LessonRow, ...]
    parts: tuple[PartRow, ...]

    @property
    def read(self) -> int:
        """How many lessons have been read."""
        return sum(row.read for row in self.lessons)


@dataclass(frozen=True)
class StageRow:
    """A stage of the course home. `average` of the results there are, 0-100; None before the first."""

    stage: Stage
    state: NodeState
    modules: tuple[ModuleRow, ...]
    done: int
    average: int | None
    grade: GradeState | None


def stage_rows(
    course: Course,
    states: Mapping[str, NodeState],
    progress: Progress,
    grades: Mapping[str, GradeState],
) -> tuple[StageRow, ...]:
    """The whole course as one person sees it."""
    return tuple(_stage_row(stage, states, progress, grades) for stage in course.stages)


def module_row(
    module: Module,
    states: Mapping[str, NodeState],
    progress: Progress,
    grades: Mapping[str, GradeState],
) -> ModuleRow:
    """One module as one person sees it."""
    parts: list[PartRow] = []
    if module.quiz:
        quiz = progress.quiz(module.quiz.id)
        state = "none" if quiz.best is None else "done"
        parts.append(PartRow(module.quiz, state, quiz.best, quiz.passed, grades.get(module.quiz.id)))
    if module.assignment:
        work = progress.assignment(module.assignment.id)
        grade = grades.get(module.assignment.id)
        parts.append(PartRow(module.assignment, work.state, work.percent, work.passed, grade))
    lessons = tuple(LessonRow(lesson, lesson.id in progress.lessons) for lesson in module.lessons)
    return ModuleRow(module, states[module.id], lessons, tuple(parts))


def _stage_row(
    stage: Stage,
    states: Mapping[str, NodeState],
    progress: Progress,
    grades: Mapping[str, GradeState],
) -> StageRow:
    modules = tuple(module_row(module, states, progress, grades) for module in stage.modules)
    results = [part.percent for row in modules for part in row.parts if part.percent is not None]
    return StageRow(
        stage,
        states[stage.id],
        modules,
        done=sum(row.state.status == "done" for row in modules),
        average=sum(results) // len(results) if results else None,
        grade=grades.get(stage.id),
    )


# --- questions ---------------------------------------------------------------------------------------------


class RankError(ValueError):
    """Two steps were given the same place."""


def response_from(kind: str, form: Mapping[str, Any], picks: Sequence[str], total: int) -> dict[str, Any]:
    """The response to save from the fields of a question page.

    `picks` are the values of the field `pick`; `total` the number of lefts or steps. Raises RankError.
    """
    if kind == "numeric":
        return {"number": form.get("number", "")}
    if kind == "matching":
        return {"pick": [_position(form.get(f"pick-{row}", "")) for row in range(total)]}
    if kind == "ordering":
        return {"pick": _order([_position(form.get(f"rank-{row}", "")) for row in range(total)])}
    return {"pick": [position for pick in picks if (position := _position(pick)) is not None]}


def options_from(form: Mapping[str, str]) -> dict[str, int]:
    """From the fields `q-<question>` of a page with many questions: which option was chosen of each."""
    found = {name.removeprefix("q-"): _position(value) for name, value in form.items() if name[:2] == "q-"}
    return {name: position for name, position in found.items() if position is not None}


def ranks_of(response: Mapping[str, Any] | None, total: int) -> list[int | None]:
    """For every step as shown, the place (0-based) the student gave it."""
    order = (response or {}).get("pick", [])
    return [order.index(step) if step in order else None for step in range(total)]


def _order(ranks: list[int | None]) -> list[int | None]:
    order: list[int | None] = [None] * len(ranks)
    for step, rank in enumerate(ranks):
        if rank is None or not 0 <= rank < len(ranks):
            continue
        if order[rank] is not None:
            raise RankError
        order[rank] = step
    return order


def _position(value: str) -> int | None:
    """The number in a field; None where nothing was chosen. Whether it exists is the service's question."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 else None
