"""Needs and gates: what the authors wrote, expanded to single conditions that can all be met in time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lti_tool.curriculum.fields import Table
from lti_tool.curriculum.package import Package, correction
from lti_tool.curriculum.stages import Need, Needs, read_needs
from lti_tool.curriculum.standards import Works, read_standards
from lti_tool.domain.certification import Gate as Passage
from lti_tool.domain.certification import Standard
from lti_tool.domain.course import Assignment, Condition, ConditionKind, Module, Node, Quiz, Stage, Text

SINGLE: dict[str, tuple[ConditionKind, type[Node], str]] = {
    "quiz_passed": ("quiz_passed", Quiz, "quiz"),
    "assignment_submitted": ("assignment_submitted", Assignment, "assignment"),
    "assignment_passed": ("assignment_passed", Assignment, "assignment"),
}
WHOLE_STAGE: dict[str, ConditionKind] = {
    "stage_quizzes_passed": "quiz_passed",
    "stage_assignments_submitted": "assignment_submitted",
    "stage_assignments_passed": "assignment_passed",
}


@dataclass(frozen=True)
class Gate:
    """An item of `gates` in course.yaml: `before` a stage, or `after` the last one."""

    before: str
    after: str
    title: Text
    needs: list[Need]
    standards: tuple[Standard, ...]
    judged: tuple[Text, ...]
    award: str | None
    otherwise: Text | None
    path: str
    line: int


def read_gates(table: Table, works: Works) -> list[Gate]:
    """The gates that course.yaml lists; none when it has no such key."""
    return [_gate(each, works) for each in table.tables("gates")] if table.has("gates") else []


def _gate(table: Table, works: Works) -> Gate:
    place = "after" if table.has("after") else "before"
    name = table.string(place)
    gate = Gate(
        before=name if place == "before" else "",
        after=name if place == "after" else "",
        title=table.text("title"),
        needs=read_needs(table),
        standards=read_standards(table, works),
        judged=table.texts("judged") if table.has("judged") else (),
        award=table.string("award") if table.has("award") else None,
        otherwise=table.text("otherwise") if table.has("otherwise") else None,
        path=table.path,
        line=table.line_of(place),
    )
    table.close()
    return gate


class Path:
    """The modules in teaching order, to tell what comes before what."""

    def __init__(self, package: Package, stages: Sequence[Stage]) -> None:
        self._package = package
        self._stages = {stage.id: stage for stage in stages}
        self._starts: dict[str, int] = {}
        self._home: dict[str, tuple[Node, int]] = {}
        place = 0
        for stage in stages:
            self._starts[stage.id] = place
            for module in stage.modules:
                for node in (module, *module.lessons, module.quiz, module.assignment):
                    if node:
                        self._home[node.id] = (node, place)
                place += 1

    def conditions(self, needs: Sequence[Need], before: int) -> tuple[Condition, ...]:
        """The needs of something that stands in front of the module number `before`."""
        found = (condition for need in needs for condition in self._expand(need, before))
        return tuple(dict.fromkeys(found))

    def start(self, stage: Stage) -> int:
        """Number of the first module of a stage."""
        return self._starts[stage.id]

    def _expand(self, need: Need, before: int) -> Iterator[Condition]:
        if need.key in SINGLE:
            yield from self._single(need, before)
        elif need.key in WHOLE_STAGE:
            yield from self._stage(need, before)
        else:
            known = ", ".join([*SINGLE, *WHOLE_STAGE])
            self._report(need, f"unknown need `{need.key}`", f"use one of: {known}")

    def _single(self, need: Need, before: int) -> Iterator[Condition]:
        kind, wanted, what = SINGLE[need.key]
        node, place = self._home.get(need.node, (None, 0))
        if node is None and need.node not in self._stages:
            alike = [name for name, (node, _) in self._home.items() if isinstance(node, wanted)]
            self._unknown(need, what, alike)
        elif not isinstance(node, wanted):
            self._report(need, f"`{need.node}` is no {what}", f"{need.key} wants the id of a {what}")
        elif place >= before:
            self._late(need)
        else:
            yield Condition(kind, need.node)

    def _stage(self, need: Need, before: int) -> Iterator[Condition]:
        stage = self._stages.get(need.node)
        if stage is None:
            self._unknown(need, "stage", self._stages)
        elif self.start(stage) + len(stage.modules) > before:
            self._late(need)
        else:
            kind = WHOLE_STAGE[need.key]
            parts = [module.quiz if kind == "quiz_passed" else module.assignment for module in stage.modules]
            if not any(parts) and not self._package.broken:
                self._report(need, f"`{need.node}` has nothing that `{need.key}` could ask for", "remove it")
            yield from (Condition(kind, part.id) for part in parts if part)

    def _unknown(self, need: Need, what: str, alike: Iterable[str]) -> None:
        if not self._package.may_hold(need.node):
            advice = correction(need.node, alike, "correct the id")
            self._report(need, f"there is no {what} `{need.node}`", advice)

    def _late(self, need: Need) -> None:
        self._report(need, f"`{need.node}` comes later, so this would never open", "name something earlier")

    def _report(self, need: Need, message: str, advice: str) -> None:
        self._package.report(need.path, need.line, message, advice)


def open_needs(
    package: Package, stages: Sequence[Stage], needs: Needs, gates: Sequence[Gate]
) -> tuple[Stage, ...]:
    """The stages again, with the conditions of their modules and of the gates in front of them."""
    path = Path(package, stages)
    fronts = _fronts(package, stages, gates)
    opened = []
    for stage in stages:
        first = path.start(stage)
        modules = [
            replace(module, needs=_module_needs(path, needs.get(module.id), stage, place, first + place))
            for place, module in enumerate(stage.modules)
        ]
        gate = fronts.get(stage.id)
        conditions = path.conditions(gate.needs, first) if gate else ()
        title = gate.title if gate else None
        opened.append(replace(stage, modules=tuple(modules), needs=conditions, gate=title))
    return tuple(opened)


def gates_of(package: Package, stages: Sequence[Stage], gates: Sequence[Gate]) -> tuple[Passage, ...]:
    """All gates as students are told of them, that at the end of the course included."""
    path = Path(package, stages)
    found = []
    for gate in gates:
        stage = next((stage for stage in stages if stage.id == (gate.before or gate.after)), None)
        if gate.after and (stage is None or stage is not stages[-1]):
            advice = "name the last stage; a gate before another one says before:"
            package.report(gate.path, gate.line, f"`{gate.after}` is not where the course ends", advice)
        elif stage is not None:
            place = path.start(stage) + (len(stage.modules) if gate.after else 0)
            needs = path.conditions(gate.needs, place) if gate.after else stage.needs
            found.append(
                Passage(
                    gate.title,
                    gate.before or None,
                    needs,
                    gate.standards,
                    gate.judged,
                    gate.award,
                    gate.otherwise,
                )
            )
    return tuple(found)


def _fronts(package: Package, stages: Sequence[Stage], gates: Sequence[Gate]) -> dict[str, Gate]:
    known = {stage.id for stage in stages}
    fronts: dict[str, Gate] = {}
    for gate in gates:
        if gate.after:
            continue
        if gate.before in fronts:
            package.report(gate.path, gate.line, f"a second gate before {gate.before}", "join the two gates")
        elif gate.before in known:
            fronts[gate.before] = gate
        elif gate.before and not package.may_hold(gate.before):
            advice = correction(gate.before, known, "correct the id")
            package.report(gate.path, gate.line, f"there is no stage `{gate.before}`", advice)
    return fronts


def _module_needs(
    path: Path, written: list[Need] | None, stage: Stage, place: int, whole: int
) -> tuple[Condition, ...]:
    if written is not None:
        return path.conditions(written, whole)
    return _default(stage.modules[place - 1]) if place else ()


def _default(previous: Module) -> tuple[Condition, ...]:
    """What opens a module that says nothing: the quiz of the one before passed, its assignment handed in."""
    quiz = [Condition("quiz_passed", previous.quiz.id)] if previous.quiz else []
    work = [Condition("assignment_submitted", previous.assignment.id)] if previous.assignment else []
    return (*quiz, *work)
