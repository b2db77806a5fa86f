"""Results made of other results."""

from collections.abc import Collection, Mapping

from lti_tool.domain.course import Stage
from lti_tool.domain.gating import Progress


def course_percent(results: Mapping[str, int], graded: Collection[str]) -> tuple[int, int] | None:
    """The mean of those of the `graded` nodes that have a result, 0-100, rounded down, and how many these are.

    None before the first. What has no result yet is not counted, neither as 0 nor otherwise.
    """
    found = [results[node] for node in graded if node in results]
    return (sum(found) // len(found), len(found)) if found else None


def stage_percent(stage: Stage, progress: Progress) -> int | None:
    """Mean of all quiz and assignment results of a stage, 0-100, rounded down; None until every one is there.

    A stage that is half done has no result yet: a mean over what is missing would tell the gradebook a lie.
    """
    results: list[int | None] = []
    for module in stage.modules:
        if module.quiz:
            quiz = progress.quizzes.get(module.quiz.id)
            results.append(quiz.best if quiz else None)
        if module.assignment:
            assignment = progress.assignments.get(module.assignment.id)
            results.append(assignment.percent if assignment else None)
    known = [result for result in results if result is not None]
    if not known or len(known) < len(results):
        return None
    return sum(known) // len(known)
