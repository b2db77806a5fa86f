"""What is open, locked or done for a person, and what comes next. Pure and total (blueprint §1.3, §6)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from lti_tool.domain.course import Assignment, Condition, Course, Module, Node, Quiz, Stage

AssignmentState = Literal["none", "draft", "submitted", "returned", "graded"]
Status = Literal["open", "locked", "done"]

HANDED_IN = frozenset({"submitted", "returned", "graded"})
"""States of work that has been handed in at least once: a return never locks again what that opened."""


@dataclass(frozen=True)
class QuizProgress:
    """`best`: highest percent of the submitted attempts, None: none yet. `passed`: whether any passed."""

    best: int | None = None
    passed: bool = False


@dataclass(frozen=True)
class AssignmentProgress:
    """Where the work on one assignment stands; `percent` of the newest grading."""

    state: AssignmentState = "none"
    percent: int | None = None
    passed: bool = False


@dataclass(frozen=True)
class Progress:
    """All that a person has done in a context, by node id. What is missing has not been begun."""

    quizzes: Mapping[str, QuizProgress] = field(default_factory=dict)
    assignments: Mapping[str, AssignmentProgress] = field(default_factory=dict)
    lessons: frozenset[str] = frozenset()

    @property
    def begun(self) -> bool:
        """Whether anything has been done at all."""
        return bool(self.quizzes or self.assignments or self.lessons)

    def quiz(self, node: str) -> QuizProgress:
        """Progress in a quiz, begun or not."""
        return self.quizzes.get(node, QuizProgress())

    def assignment(self, node: str) -> AssignmentProgress:
        """Progress in an assignment, begun or not."""
        return self.assignments.get(node, AssignmentProgress())

    def meets(self, condition: Condition) -> bool:
        """Whether a condition holds; one about an unknown node never does."""
        if condition.kind == "quiz_passed":
            return self.quiz(condition.node).passed
        if condition.kind == "assignment_passed":
            return self.assignment(condition.node).passed
        return self.assignment(condition.node).state in HANDED_IN


@dataclass(frozen=True)
class NodeState:
    """`reasons`, for something locked, are the conditions not met yet: the stage's, then the module's."""

    status: Status
    reasons: tuple[Condition, ...] = ()


OPEN = NodeState("open")
DONE = NodeState("done")


def reasons(course: Course, progress: Progress, node: str) -> tuple[Condition, ...]:
    """Why a node of the course is locked: the conditions not met yet, its stage's first. Empty when it is not."""
    stage, module = course.places[node]
    gate = _unmet(stage, progress)
    return gate if module is None else tuple(dict.fromkeys(gate + _unmet(module, progress)))


def evaluate(course: Course, progress: Progress) -> dict[str, NodeState]:
    """The state of every stage, module, lesson, quiz and assignment by id. More progress never locks."""
    states: dict[str, NodeState] = {}
    for stage in course.stages:
        gate = _unmet(stage, progress)
        for module in stage.modules:
            unmet = tuple(dict.fromkeys(gate + _unmet(module, progress)))
            states |= _inside(module, progress, unmet)
        complete = bool(stage.modules) and all(states[module.id] == DONE for module in stage.modules)
        states[stage.id] = _state(gate, complete)
    return states


def next_step(course: Course, progress: Progress, states: Mapping[str, NodeState]) -> str | None:
    """The id of what to do next, or None when everything is done, locked or waits for a review.

    Work that came back is first. Then, in teaching order, the first module with something left to do: a
    lesson, the quiz, the assignment. Work that was graded and not passed is named when nothing else is left.
    """
    steps: tuple[Callable[[Module], Iterator[str]], ...] = (
        lambda module: _assignment_in(module, progress, "returned"),
        lambda module: _left_to_do(module, progress),
        lambda module: _assignment_in(module, progress, "graded"),
    )
    for step in steps:
        for module in course.modules:
            if states[module.id].status == "open":
                for node in step(module):
                    return node
    return None


def _unmet(node: Stage | Module, progress: Progress) -> tuple[Condition, ...]:
    return tuple(condition for condition in node.needs if not progress.meets(condition))


def _state(reasons: tuple[Condition, ...], complete: bool) -> NodeState:
    if reasons:
        return NodeState("locked", reasons)
    return DONE if complete else OPEN


def _inside(module: Module, progress: Progress, reasons: tuple[Condition, ...]) -> dict[str, NodeState]:
    complete = {lesson.id: lesson.id in progress.lessons for lesson in module.lessons}
    graded: list[Node] = [node for node in (module.quiz, module.assignment) if node]
    results = {node.id: _passed(node, progress) for node in graded}
    # A module with nothing to pass is done when it has been read.
    complete[module.id] = all((results or complete).values())
    return {node: _state(reasons, done) for node, done in (complete | results).items()}


def _passed(node: Node, progress: Progress) -> bool:
    if isinstance(node, Quiz):
        return progress.quiz(node.id).passed
    return isinstance(node, Assignment) and progress.assignment(node.id).passed


def _left_to_do(module: Module, progress: Progress) -> Iterator[str]:
    quiz = module.quiz.id if module.quiz and not progress.quiz(module.quiz.id).passed else None
    work = module.assignment
    begun = work and progress.assignment(work.id)
    todo = work.id if work and begun and not begun.passed and begun.state not in HANDED_IN else None
    graded = module.quiz or module.assignment
    if quiz or todo or not graded:  # otherwise the module only waits for a review
        yield from (lesson.id for lesson in module.lessons if lesson.id not in progress.lessons)
    yield from (node for node in (quiz, todo) if node)


def _assignment_in(module: Module, progress: Progress, state: AssignmentState) -> Iterator[str]:
    if module.assignment:
        begun = progress.assignment(module.assignment.id)
        if begun.state == state and not begun.passed:
            yield module.assignment.id
