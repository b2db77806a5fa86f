"""start-check.yaml -> the check for those who bring experience."""

import hashlib
from collections.abc import Collection

from lti_tool.curriculum.fields import Table, open_table
from lti_tool.curriculum.package import Package, correction
from lti_tool.curriculum.quizzes import read_question
from lti_tool.domain.course import Choice
from lti_tool.domain.start_check import Area, Pace, Route, StartCheck

START_CHECK = "start-check.yaml"
FEWEST = 3
"""Questions of an area: fewer tell chance from experience too badly even for advice."""


def read_start_check(package: Package, modules: Collection[str]) -> StartCheck | None:
    """The check, or None when the course has none (or it cannot be read). Problems go to the package."""
    table = open_table(package, START_CHECK) if package.exists(START_CHECK) else None
    if table is None:
        return None
    title, intro, recognition = table.text("title"), table.text("intro"), table.texts("recognition")
    areas = [_area(each, modules) for each in table.tables("areas")]
    routes = [_route(each, modules) for each in table.tables("routes")]
    table.sized("areas", 1, "areas")
    table.sized("routes", 1, "routes")
    _check_once(table, "area", [area.id for area in areas])
    _check_once(table, "route", [route.id for route in routes])
    questions: dict[str, list[Choice]] = {area.id: [] for area in areas}
    for each in table.tables("questions"):
        _ask(each, questions)
    table.close()
    for name, asked in questions.items():
        if name and len(asked) < FEWEST and START_CHECK not in package.broken:
            table.report(
                f"the area `{name}` has {len(asked)} questions", f"give it at least {FEWEST}", "questions"
            )
    digest = hashlib.sha256(package.texts[START_CHECK].encode()).hexdigest()
    found = {name: tuple(asked) for name, asked in questions.items()}
    return StartCheck(title, intro, recognition, tuple(areas), tuple(routes), found, digest)


def _area(table: Table, modules: Collection[str]) -> Area:
    quick = table.integer("quick", 1, 100) if table.has("quick") else None
    usual = table.integer("usual", 1, 100)
    if quick is not None and quick <= usual:
        table.report("`quick` is not above `usual`", "raise it, or leave it out", "quick")
    advice = table.table("advice")
    paces: tuple[Pace, ...] = ("care", "usual") if quick is None else ("care", "usual", "quick")
    area = Area(
        id=table.string("id"),
        title=table.text("title"),
        modules=_modules(table, "modules", modules),
        usual=usual,
        quick=quick,
        advice={pace: advice.text(pace) for pace in paces},
    )
    advice.close()
    table.close()
    return area


def _route(table: Table, modules: Collection[str]) -> Route:
    route = Route(
        id=table.string("id"),
        title=table.text("title"),
        who=table.text("who"),
        strengths=table.text("strengths"),
        beware=table.text("beware"),
        care=_modules(table, "care", modules),
        pace=table.texts("pace"),
        evidence=table.texts("evidence"),
    )
    table.close()
    return route


def _modules(table: Table, key: str, modules: Collection[str]) -> tuple[str, ...]:
    named = table.names(key)
    for name, line in named:
        if name not in modules and not table.package.may_hold(name):
            advice = correction(name, modules, "name a module")
            table.package.report(table.path, line, f"there is no module `{name}`", advice)
    return tuple(name for name, _ in named)


def _ask(table: Table, questions: dict[str, list[Choice]]) -> None:
    """Add a question to those of its area."""
    area = table.word("area", questions)
    question = read_question(table)
    if isinstance(question, Choice) and question.kind != "multiple" and area:
        questions[area].append(question)
        return
    table.package.broken.add(table.path)  # so that it is not missing besides
    if question is not None and area:
        advice = "use kind choice with one right:, or situational"
        table.report(f"`{question.id}` is not answered by one choice", advice)


def _check_once(table: Table, what: str, names: list[str]) -> None:
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        table.report(f"the {what} `{name}` is given twice", "rename one of them", f"{what}s")
