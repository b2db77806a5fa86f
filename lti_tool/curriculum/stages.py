"""stage.yaml and module.yaml -> stages and modules, with the needs as their authors wrote them."""

from collections.abc import Mapping
from dataclasses import dataclass

from lti_tool.curriculum.assignments import Criteria, read_assignment
from lti_tool.curriculum.fields import Table, open_table
from lti_tool.curriculum.instructor import read_instructor
from lti_tool.curriculum.lessons import read_lessons
from lti_tool.curriculum.package import Package, correction
from lti_tool.curriculum.quizzes import read_quiz
from lti_tool.domain.course import Module, Stage

ASSETS = "assets"


@dataclass(frozen=True)
class Need:
    """One `key: value` of a list of needs, and where it stands."""

    key: str
    node: str
    path: str
    line: int


Needs = Mapping[str, list[Need] | None]
"""By module id; None where the author wrote none and the default holds."""


def read_needs(table: Table) -> list[Need]:
    """The list `needs`; each item is a map of one key."""
    needs = []
    for each in table.tables("needs"):
        if len(each.entries) != 1:
            each.report("a need is one key and one value", "write - quiz_passed: m101-quiz")
            continue
        key = next(iter(each.entries))
        node = each.string(key)
        if node:
            needs.append(Need(key, node, each.path, each.line_of(key)))
    return needs


class StageReader:
    """Reads stages one after the other; `needs` collects what their modules ask for."""

    def __init__(self, package: Package, criteria: Criteria | None) -> None:
        self._package = package
        self._criteria = criteria
        self.needs: dict[str, list[Need] | None] = {}

    def stage(self, folder: str, named_at: tuple[str, int]) -> Stage | None:
        """The stage in `folder`, or None when it cannot be read; its modules are checked all the same."""
        table = open_table(self._package, f"{folder}/stage.yaml", named_at)
        if table is None:
            for inner in self._package.folders_with("module.yaml", folder):
                self._module(inner, (inner, 1))
            return None
        name, number = table.identifier(), table.integer("number", 1)
        title, summary = table.text("title"), table.text("summary")
        modules = []
        for inner, line in listed_folders(self._package, table, "modules", folder):
            module = self._module(f"{folder}/{inner}", (table.path, line))
            if module:
                modules.append(module)
        table.close()
        return Stage(name, number, title, summary, tuple(modules))

    def _module(self, folder: str, named_at: tuple[str, int]) -> Module | None:
        package = self._package
        table = open_table(package, f"{folder}/module.yaml", named_at)
        quiz, assignment = f"{folder}/quiz.yaml", f"{folder}/assignment.yaml"
        test = read_quiz(package, quiz) if package.exists(quiz) else None
        work = read_assignment(package, assignment, self._criteria) if package.exists(assignment) else None
        if table is None:
            return None
        module = Module(
            id=table.identifier(),
            code=table.string("code"),
            title=table.text("title"),
            week=table.integer("week", 1),
            summary=table.text("summary"),
            outcomes=table.texts("outcomes"),
            lessons=read_lessons(package, table, folder),
            quiz=test,
            assignment=work,
            assets=self._assets(f"{folder}/{ASSETS}"),
            instructor=read_instructor(package, table, folder),
        )
        self.needs[module.id] = read_needs(table) if table.has("needs") else None
        table.close()
        return module

    def _assets(self, folder: str) -> dict[str, str]:
        root = self._package.root.resolve()
        return {name: str(root / folder / name) for name in self._package.files(folder)}


def listed_folders(
    package: Package, table: Table, key: str, inside: str, apart: str = ""
) -> list[tuple[str, int]]:
    """The folders that a list names and that exist; also reports those that it forgets or names twice.
    The folder `apart` is in no list.
    """
    names = table.names(key)
    there = [name for name in package.folders(inside) if name != apart]
    wanted: dict[str, int] = {}
    for name, line in names:
        where = f"{inside}/{name}" if inside else name
        if name not in there:
            advice = correction(name, there, "make it, or correct the name")
            package.report(table.path, line, f"there is no folder {where}", advice)
            package.broken.add(where)
        elif name in wanted:
            package.report(table.path, line, f"the folder {name} is listed twice", "list it once")
        else:
            wanted[name] = line
    for name in there:
        listed = name in wanted or package.misspelt(f"{inside}/{name}" if inside else name)
        if names and not listed:
            table.report(f"the folder {name} is not listed", f"add it to {key}, or delete it", key)
    return list(wanted.items())
