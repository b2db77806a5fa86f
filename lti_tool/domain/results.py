"""Results made of other results."""

from lti_tool.domain.course import Stage
from lti_tool.domain.gating import Progress


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
