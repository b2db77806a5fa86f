"""A check for those who bring experience: where they stand, area by area, and which path through the course that
suggests. It is advice: nothing is graded, opened or skipped by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from lti_tool.domain.questions import Choice
from lti_tool.domain.text import Text

Pace = Literal["care", "usual", "quick"]
PACES: tuple[Pace, ...] = get_args(Pace)
"""Slowest first."""

Answers = Mapping[str, int]
"""By question id, which option was chosen, counted from 0 in file order. Whoever does not know leaves it out."""


@dataclass(frozen=True)
class Area:
    """A field of experience and the modules that teach it.

    From `usual` percent on the usual pace will do, from `quick` on one may go quicker; None: no score makes that
    wise. `advice` has a text for every pace that can be reached.
    """

    id: str
    title: Text
    modules: tuple[str, ...]
    usual: int
    quick: int | None
    advice: Mapping[Pace, Text]


@dataclass(frozen=True)
class Route:
    """Where somebody comes from. `care`: modules to take slowly whatever the score, for habits mislead there.

    `evidence`: what a school that recognises earlier learning may want to see.
    """

    id: str
    title: Text
    who: Text
    strengths: Text
    beware: Text
    care: tuple[str, ...]
    pace: tuple[Text, ...]
    evidence: tuple[Text, ...]


@dataclass(frozen=True)
class StartCheck:
    """The whole check. `questions` has those of every area, by its id, in the order in which they are asked."""

    title: Text
    intro: Text
    recognition: tuple[Text, ...]
    areas: tuple[Area, ...]
    routes: tuple[Route, ...]
    questions: Mapping[str, tuple[Choice, ...]]
    digest: str

    def route(self, name: str) -> Route:
        """The route of this id, or the first."""
        return next((route for route in self.routes if route.id == name), self.routes[0])


@dataclass(frozen=True)
class Standing:
    """An area as somebody stands in it: percent of the credit there is, and the pace that suggests."""

    area: Area
    percent: int
    pace: Pace

    @property
    def advice(self) -> Text:
        """What to do about it."""
        return self.area.advice[self.pace]


@dataclass(frozen=True)
class Path:
    """A recommendation. `areas`: what needs most work first; `modules`: in course order, for every pace."""

    areas: tuple[Standing, ...]
    modules: Mapping[Pace, tuple[str, ...]]


def percents(check: StartCheck, answers: Answers) -> dict[str, int]:
    """The credit earned in every area, in percent, rounded down. An answer that does not exist earns nothing."""
    return {
        area.id: sum(_credit(question, answers) for question in questions) // len(questions)
        for area in check.areas
        if (questions := check.questions[area.id])
    }


def recommend(check: StartCheck, route: Route, reached: Mapping[str, int], modules: tuple[str, ...]) -> Path:
    """The path for somebody of `route` who `reached` so much. `modules`: the course's, in teaching order.

    A module that several areas name gets the slowest of their paces. Areas without a result say nothing.
    """
    found = [
        Standing(area, reached[area.id], pace_in(area, reached[area.id]))
        for area in check.areas
        if area.id in reached
    ]
    paces = dict.fromkeys(route.care, PACES[0])
    for standing in found:
        for module in standing.area.modules:
            paces[module] = min(paces.get(module, standing.pace), standing.pace, key=PACES.index)
    ordered = [module for module in modules if module in paces]
    weakest_first = tuple(sorted(found, key=lambda each: each.percent))
    return Path(
        weakest_first, {pace: tuple(each for each in ordered if paces[each] == pace) for pace in PACES}
    )


def pace_in(area: Area, percent: int) -> Pace:
    """The pace that a result suggests."""
    if area.quick is not None and percent >= area.quick:
        return "quick"
    return "usual" if percent >= area.usual else "care"


def _credit(question: Choice, answers: Answers) -> int:
    chosen = answers.get(question.id, -1)
    return question.options[chosen].credit if 0 <= chosen < len(question.options) else 0
