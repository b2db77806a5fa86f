"""simulations/*.yaml -> simulations, with their comments in time."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import cast, get_args

from lti_tool.curriculum.fields import Table, open_table
from lti_tool.curriculum.package import Package, correction
from lti_tool.domain.simulation import Category, Comment, Fact, Inject, Priority, Simulation, Use

SIMULATIONS = "simulations"
CATEGORIES: tuple[Category, ...] = get_args(Category)
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
USES: tuple[Use, ...] = get_args(Use)
HESITATIONS = tuple(f"H{number}" for number in range(1, 10))
LONGEST = 3600
"""Seconds."""


def read_simulations(package: Package, course: Table, modules: Collection[str]) -> tuple[Simulation, ...]:
    """The simulations that `course` lists, in order. Problems go to the package."""
    named = course.names("simulations") if course.has("simulations") else []
    found, used = [], set[str]()
    for name, line in named:
        path = f"{SIMULATIONS}/{name}.yaml"
        if path in used:
            package.report(course.path, line, f"the simulation {name} is listed twice", "list it once")
            continue
        used.add(path)
        table = open_table(package, path, (course.path, line))
        if table:
            found.append(_simulation(table, modules))
    _check_unlisted(package, used)
    return tuple(found)


def _check_unlisted(package: Package, used: Collection[str]) -> None:
    for name in package.files(SIMULATIONS):
        path = f"{SIMULATIONS}/{name}"
        if path not in used and name != "README.md" and not package.misspelt(path):
            package.report(path, 1, "the file is not listed", "list it in course.yaml, or delete it")


def _simulation(table: Table, modules: Collection[str]) -> Simulation:
    use = cast(Use, table.word("use", USES))
    seconds = table.integer("seconds", 1, LONGEST)
    injects, comments = table.tables("injects"), table.tables("comments")
    simulation = Simulation(
        id=table.identifier(),
        title=table.text("title"),
        use=use,
        module=_module(table, modules) if use == "course" or (not use and table.has("module")) else None,
        seconds=seconds,
        # Students find the dossier of a module's simulation in its assignment.
        dossier=_dossier(table) if use in {"reserve", "practical"} or table.has("dossier") else (),
        audience=table.text("audience"),
        conditions=table.texts("conditions"),
        critical_test=table.text("critical_test"),
        injects=tuple(_inject(each) for each in injects),
        comments=tuple(_comment(each) for each in comments),
    )
    end = seconds if _given(table, "seconds", seconds) else LONGEST
    _check_times(injects, simulation.injects, end)
    _check_times(comments, simulation.comments, end)
    _check_counts(table.table("counts"), simulation.comments)
    table.close()
    return simulation


def _module(table: Table, modules: Collection[str]) -> str:
    name = table.string("module")
    if name and name not in modules and not table.package.may_hold(name):
        table.report(f"there is no module `{name}`", correction(name, modules, "name a module"), "module")
    return name


def _dossier(table: Table) -> tuple[Fact, ...]:
    facts = []
    for each in table.tables("dossier"):
        facts.append(Fact(each.text("item"), each.text("value")))
        each.close()
    return tuple(facts)


def _inject(table: Table) -> Inject:
    inject = Inject(table.integer("at", 0), table.text("title"), table.text("runner"), table.text("expected"))
    table.close()
    return inject


def _comment(table: Table) -> Comment:
    comment = Comment(
        at=table.integer("at", 0),
        handle=table.string("handle"),
        text=table.text("text"),
        category=cast(Category, table.word("category", CATEGORIES)),
        priority=cast(Priority, table.word("priority", PRIORITIES)),
        hesitation=table.word("hesitation", HESITATIONS) if table.has("hesitation") else "",
        planted=table.yes("planted", default=False),
        note=table.text("note"),
    )
    table.close()
    return comment


def _check_counts(counts: Table, comments: Sequence[Comment]) -> None:
    """The author says how many comments of each category there are, so that a slip shows."""
    found = Counter[str](comment.category for comment in comments)
    for category in CATEGORIES:
        said = counts.integer(category, 0)
        if counts.has(category) and said != found[category]:
            counts.report(
                f"{found[category]} comments are `{category}`, not {said}",
                "correct the number or a category",
                category,
            )
    counts.close()


def _check_times(tables: Sequence[Table], events: Sequence[Inject | Comment], end: int) -> None:
    """One after the other, and before the end."""
    before = -1
    for table, event in zip(tables, events, strict=True):
        if not _given(table, "at", event.at):
            continue
        if event.at <= before:
            table.report(f"{event.at} s is not after {before} s", "write first what comes first", "at")
        elif event.at >= end:
            table.report(f"{event.at} s is past the end, {end} s", "correct at: or seconds:", "at")
        before = max(before, event.at)


def _given(table: Table, key: str, number: int) -> bool:
    """Whether a number is the author's own, not the stand-in for one that has been reported."""
    return key in table.entries and table.entries[key].value == str(number)
