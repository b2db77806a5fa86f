"""The lessons of a module: their entries in module.yaml and their Markdown files."""

import hashlib

from lti_tool.curriculum.fields import Table
from lti_tool.curriculum.package import Package
from lti_tool.domain.course import LANGS, Lesson, Text


def read_lessons(package: Package, table: Table, folder: str) -> tuple[Lesson, ...]:
    """All lessons that `table` (a module) lists, in order. Problems go to the package."""
    return tuple(_lesson(package, each, folder) for each in table.tables("lessons"))


def _lesson(package: Package, table: Table, folder: str) -> Lesson:
    name, title = table.identifier(), table.text("title")
    minutes = table.integer("minutes", 1, 600)
    stem = table.string("file")
    table.close()
    bodies = [_body(package, table, f"{folder}/{stem}.{lang}.md") if stem else "" for lang in LANGS]
    digest = hashlib.sha256("\0".join(bodies).encode()).hexdigest()
    return Lesson(name, title, minutes, Text(bodies[0], bodies[1]), digest)


def _body(package: Package, table: Table, path: str) -> str:
    body = package.text(path, (table.path, table.line_of("file")))
    if body is not None and not body.strip():
        package.report(path, 1, "the page is empty", "write the lesson, or take it out of module.yaml")
    return body or ""
