"""assignment.yaml, its brief and the criteria bank -> Assignment."""

from collections.abc import Mapping
from typing import cast

from lti_tool.curriculum.fields import Table, open_table
from lti_tool.curriculum.lessons import read_pages
from lti_tool.curriculum.package import Package
from lti_tool.domain.course import Assignment, Criterion, RubricRow, Text

CRITERIA = "criteria.yaml"
ENDINGS = (
    *("pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "txt", "md", "csv"),
    *("png", "jpg", "jpeg", "webp", "mp4", "mov", "webm", "mp3", "m4a", "wav", "zip"),
)

Criteria = Mapping[str, Criterion]


def read_criteria(package: Package) -> Criteria | None:
    """The criteria bank by code, or None when it cannot be read."""
    table = open_table(package, CRITERIA)
    if table is None:
        return None
    bank: dict[str, Criterion] = {}
    for each in table.tables("criteria"):
        criterion = _criterion(each)
        if criterion.code in bank:
            each.report(f"the criterion {criterion.code} is given twice", "give it another code", "code")
        bank[criterion.code] = criterion
    table.close()
    return bank


def _criterion(table: Table) -> Criterion:
    code, title, levels = table.string("code"), table.text("title"), table.texts("levels")
    table.close()
    if table.has("levels") and len(levels) != 4:
        table.report(f"{len(levels)} levels instead of 4", "describe level 1 first, level 4 last", "levels")
    return Criterion(code, title, cast(tuple[Text, Text, Text, Text], levels))


def read_assignment(package: Package, path: str, criteria: Criteria | None) -> Assignment | None:
    """The assignment of a module, or None when its file cannot be read. Problems go to the package."""
    table = open_table(package, path)
    if table is None:
        return None
    assignment = Assignment(
        id=table.identifier(),
        title=table.text("title"),
        brief=read_pages(package, path.removesuffix(".yaml"), (path, 1)),
        rubric=_rubric(table, criteria),
        pass_mark=table.integer("pass_mark", 1, 100, default=70),
        text=table.yes("text", default=True),
        files=_endings(table),
        max_files=table.integer("max_files", 1, 50, default=5),
        max_mb=table.integer("max_mb", 1, default=20),
        resubmissions=table.integer("resubmissions", 0, default=2),
    )
    table.close()
    if not assignment.text and not assignment.files:
        table.report(
            "neither text nor files can be handed in", "write text: yes, or list file endings", "text"
        )
    return assignment


def _endings(table: Table) -> tuple[str, ...]:
    if not table.has("files"):
        return ()
    names = table.names("files")
    for name, line in names:
        if name not in ENDINGS:
            table.package.report(
                table.path,
                line,
                f"unknown file ending `{name}`",
                f"use lower case, one of: {', '.join(ENDINGS)}",
            )
    return tuple(name for name, _ in names)


def _rubric(table: Table, criteria: Criteria | None) -> tuple[RubricRow, ...]:
    before = len(table.package.problems)
    rows: dict[str, RubricRow] = {}
    for each in table.tables("rubric"):
        row = _row(each, criteria)
        if row and row.criterion.code in rows:
            each.report(f"the criterion {row.criterion.code} stands twice in the rubric", "join the two rows")
        elif row:
            rows[row.criterion.code] = row
    total = sum(row.weight for row in rows.values())
    # A row that could not be read has been reported; the sum without it would mislead.
    if criteria is not None and len(table.package.problems) == before and total != 100:
        table.report(f"the weights sum to {total}, not to 100", "change the weights", "rubric")
    return tuple(rows.values())


def _row(table: Table, criteria: Criteria | None) -> RubricRow | None:
    code = table.string("criterion")
    weight = table.integer("weight", 1, 100)
    critical = table.yes("critical", default=False)
    table.close()
    if criteria is None or not code:
        return None
    if code not in criteria:
        table.report(f"unknown criterion `{code}`", f"use a code of {CRITERIA}", "criterion")
        return None
    return RubricRow(criteria[code], weight, critical)
