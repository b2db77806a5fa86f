"""What gates and examinations have in common: levels that a criterion has to reach, and trying again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lti_tool.curriculum.assignments import Criteria
from lti_tool.curriculum.fields import NOTHING, Table
from lti_tool.curriculum.package import correction
from lti_tool.domain.certification import Retake, Standard
from lti_tool.domain.course import Assignment, Quiz, Stage


@dataclass(frozen=True)
class Works:
    """What course.yaml may name of the modules: their ids, quizzes and assignments, and the criteria bank."""

    modules: frozenset[str]
    quizzes: Mapping[str, Quiz]
    assignments: Mapping[str, Assignment]
    criteria: Criteria


def works_of(stages: Sequence[Stage], criteria: Criteria | None) -> Works:
    """What the stages hold."""
    modules = [module for stage in stages for module in stage.modules]
    return Works(
        frozenset(module.id for module in modules),
        {module.quiz.id: module.quiz for module in modules if module.quiz},
        {module.assignment.id: module.assignment for module in modules if module.assignment},
        criteria or {},
    )


def named_assignment(table: Table, works: Works) -> Assignment | None:
    """The assignment that `assignment:` names, or None with a problem."""
    name = table.string("assignment")
    found = works.assignments.get(name)
    if name and found is None and not table.package.may_hold(name):
        advice = correction(name, works.assignments, "name an assignment")
        table.report(f"there is no assignment `{name}`", advice, "assignment")
    return found


def read_standards(table: Table, works: Works) -> tuple[Standard, ...]:
    """The list `standards`, which may be left out."""
    return (
        tuple(_in_rubric(each, works) for each in table.tables("standards")) if table.has("standards") else ()
    )


def read_standard(table: Table, works: Works) -> Standard:
    """`criterion` and `level` of work outside the course."""
    code = table.string("criterion")
    criterion = works.criteria.get(code)
    if code and criterion is None and works.criteria:
        advice = correction(code, works.criteria, "name one of criteria.yaml")
        table.report(f"unknown criterion `{code}`", advice, "criterion")
    return Standard(None, code, criterion.title if criterion else NOTHING, table.integer("level", 1, 4))


def read_retake(table: Table) -> Retake:
    """`retake:` of an examination."""
    each = table.table("retake")
    months = each.integer("months", 1) if each.has("months") else None
    retake = Retake(each.integer("wait_days", 0), each.integer("most", 1), months)
    each.close()
    return retake


def _in_rubric(table: Table, works: Works) -> Standard:
    assignment = named_assignment(table, works)
    code, level = table.string("criterion"), table.integer("level", 1, 4)
    table.close()
    rubric = {row.criterion.code: row.criterion for row in assignment.rubric} if assignment else {}
    if assignment and rubric and code and code not in rubric:
        advice = f"its rubric has {', '.join(rubric)}"
        table.report(f"`{assignment.id}` is not judged by `{code}`", advice, "criterion")
    title = rubric[code].title if code in rubric else NOTHING
    return Standard(assignment.id if assignment else "", code, title, level)
