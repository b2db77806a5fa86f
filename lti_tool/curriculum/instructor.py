"""The folder `instructor/` of a module: keys and notes for those who teach."""

import re

from lti_tool.curriculum.fields import Table
from lti_tool.curriculum.lessons import read_pages
from lti_tool.curriculum.package import Package, correction
from lti_tool.domain.instructor import InstructorFile
from lti_tool.domain.text import LANGS, Text

INSTRUCTOR = "instructor"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.(md|csv|pdf))?")

ENDINGS = "write a name without ending for two pages, or end it with .md, .csv or .pdf"


def read_instructor(package: Package, table: Table, folder: str) -> tuple[InstructorFile, ...]:
    """All files that `table` (a module) lists under `instructor`, in order. Problems go to the package.

    `key` is a page in two files, key.ja.md and key.en.md; `key.md` a page for both languages at once; with
    another ending it is a file for download.
    """
    inside = f"{folder}/{INSTRUCTOR}"
    tables = table.tables("instructor") if table.has("instructor") else []
    files, used = [], set[str]()
    for each in tables:
        name, title = each.string("file"), each.text("title")
        each.close()
        line = each.line_of("file")
        if not NAME.fullmatch(name):
            if name:
                package.report(each.path, line, f"`{name}` is no file for instructors", ENDINGS)
            package.broken.add(f"{inside}/{name}")
        elif name in used:
            package.report(each.path, line, f"the file {name} is listed twice", "list it once")
        else:
            used.update(_paths(name))
            files.append(_file(package, inside, name, title, (each.path, line)))
    if f"{inside}/" not in package.broken:
        _check_unlisted(package, inside, used)
    return tuple(files)


def _paths(name: str) -> set[str]:
    return {name} if "." in name else {name, *(f"{name}.{lang}.md" for lang in LANGS)}


def _file(package: Package, inside: str, name: str, title: Text, named_at: tuple[str, int]) -> InstructorFile:
    stem, _, ending = name.partition(".")
    path = f"{inside}/{name}"
    if not ending:
        return InstructorFile(name, title, read_pages(package, path, named_at))
    if ending == "md":
        both = package.text(path, named_at) or ""
        if path in package.texts and not both.strip():
            package.report(path, 1, "the page is empty", "write it, or take it out of the course")
        return InstructorFile(stem, title, Text(both, both))
    if not package.exists(path):
        package.missing(path, named_at)
    return InstructorFile(name, title, path=str(package.root.resolve() / path))


def _check_unlisted(package: Package, inside: str, used: set[str]) -> None:
    for name in package.files(inside):
        path = f"{inside}/{name}"
        if name not in used and name != "README.md" and not package.misspelt(path):
            advice = correction(name, used, "list it under instructor: in module.yaml, or delete it")
            package.report(path, 1, "the file is not listed", advice)
