"""The lessons of a module: their entries in module.yaml and their Markdown files."""

import hashlib

from lti_tool.curriculum.facts import fill
from lti_tool.curriculum.fields import NOTHING, Table
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
    body = read_pages(package, f"{folder}/{stem}", (table.path, table.line_of("file"))) if stem else NOTHING
    digest = hashlib.sha256(f"{body.ja}\0{body.en}".encode()).hexdigest()
    return Lesson(name, title, minutes, body, digest)


def read_pages(package: Package, stem: str, named_at: tuple[str, int]) -> Text:
    """The Markdown of `stem`.ja.md and `stem`.en.md with its facts; neither is one problem, where they are named."""
    paths = [f"{stem}.{lang}.md" for lang in LANGS]
    if not any(package.exists(path) for path in paths):
        package.missing(" and ".join(paths), named_at)
        package.broken.update(paths)
        return NOTHING
    bodies = [package.text(path, named_at) for path in paths]
    for path, body in zip(paths, bodies, strict=True):
        if body is not None and not body.strip():
            package.report(path, 1, "the page is empty", "write it, or take it out of the course")
    ja, en = (
        fill(package, path, body or "", lang) for path, body, lang in zip(paths, bodies, LANGS, strict=True)
    )
    return Text(ja, en)
