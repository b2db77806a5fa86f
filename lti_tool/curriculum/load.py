"""Content folder -> (Course, problems)."""

from datetime import date
from pathlib import Path

from lti_tool.curriculum.assignments import read_criteria
from lti_tool.curriculum.certification import read_certification
from lti_tool.curriculum.facts import check_used, read_facts
from lti_tool.curriculum.fields import open_table
from lti_tool.curriculum.gates import gates_of, open_needs, read_gates
from lti_tool.curriculum.glossary import read_glossary
from lti_tool.curriculum.package import Package
from lti_tool.curriculum.pages import check_pages
from lti_tool.curriculum.problems import Problem
from lti_tool.curriculum.repeats import check_repeats
from lti_tool.curriculum.review import warnings
from lti_tool.curriculum.simulations import SIMULATIONS, read_simulations
from lti_tool.curriculum.stages import StageReader, listed_folders
from lti_tool.curriculum.standards import works_of
from lti_tool.curriculum.start_check import read_start_check
from lti_tool.domain.course import Course
from lti_tool.errors import ContentError

COURSE = "course.yaml"


def load(folder: Path) -> tuple[Course | None, list[Problem]]:
    """The course in `folder`, or None and every problem of it, sorted by place. Never raises on content."""
    course, problems = _load(Package(folder))
    return course, problems


def sound(folder: Path) -> Course:
    """The course in `folder`. Raises ContentError with every problem: a broken one is not served."""
    course, problems = load(folder)
    if course is None or problems:
        raise ContentError(list(problems))
    return course


def review(folder: Path, today: date) -> tuple[Course | None, list[Problem], list[Problem]]:
    """As `load`, and what is worth a second look in a course without problems."""
    package = Package(folder)
    course, problems = _load(package)
    return course, problems, warnings(package, course, today) if course else []


def _load(package: Package) -> tuple[Course | None, list[Problem]]:
    course = _course(package)
    problems = sorted(set(package.problems))
    return (None if problems else course), problems


def _course(package: Package) -> Course | None:
    table = open_table(package, COURSE)
    read_facts(package)
    criteria = read_criteria(package)
    reader = StageReader(package, criteria)
    glossary = read_glossary(package)
    if table is None:
        for folder in package.folders_with("stage.yaml"):
            reader.stage(folder, (folder, 1))
        check_pages(package, ())
        return None
    name, title = table.identifier(), table.text("title")
    listed = listed_folders(package, table, "stages", "", apart=SIMULATIONS)
    stages = [stage for folder, line in listed if (stage := reader.stage(folder, (COURSE, line)))]
    works = works_of(stages, criteria)
    gates = read_gates(table, works)
    simulations = read_simulations(package, table, reader.needs)
    start_check = read_start_check(package, reader.needs)
    opened = open_needs(package, stages, reader.needs, gates)
    passages = gates_of(package, opened, gates)
    certification = read_certification(table, passages, works, simulations)
    table.close()
    course = Course(
        id=name,
        title=title,
        stages=opened,
        glossary=glossary,
        digest=package.digest(),
        simulations=simulations,
        start_check=start_check,
        certification=certification,
    )
    check_pages(package, course.nodes)
    check_repeats(package, course)
    check_used(package)
    return course
