"""How somebody is certified: gates, papers and the practical examination, the levels awarded, and renewal.

What is here is the school's programme as data. The rules that open stages are `gating`'s; what no rule of this tool
can see is told as somebody's decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lti_tool.domain.conditions import Condition
from lti_tool.domain.text import Text


@dataclass(frozen=True)
class Standard:
    """A level (1-4) that a criterion has to reach; whoever reviews the work sees it.

    `assignment` is the one whose rubric it stands in, None for work outside the course.
    """

    assignment: str | None
    criterion: str
    title: Text
    level: int


@dataclass(frozen=True)
class Gate:
    """A gate in front of the stage `opens`, or, when that is None, at the end of the course.

    `needs` are what this tool sees by itself; `standards` and `judged` are for people to decide. `award` is the id
    of a level. `otherwise`: what to do when something is missing.
    """

    title: Text
    opens: str | None
    needs: tuple[Condition, ...]
    standards: tuple[Standard, ...]
    judged: tuple[Text, ...]
    award: str | None
    otherwise: Text | None


@dataclass(frozen=True)
class Domain:
    """A field of the examination: its share in percent, and the modules that teach it.

    `levels`: how many scored questions of each cognitive level the final paper asks.
    """

    id: str
    title: Text
    weight: int
    modules: tuple[str, ...]
    levels: Mapping[str, int]


@dataclass(frozen=True)
class Retake:
    """When a failed examination may be taken again, and how often in all, within so many months (None: ever)."""

    wait_days: int
    most: int
    months: int | None


@dataclass(frozen=True)
class Tolerance:
    """By how many questions a form may differ from its plan in one kind, level or domain."""

    kinds: int
    levels: int
    domains: int


@dataclass(frozen=True)
class Paper:
    """The plan of a written test, to which its bank is held. Marks in percent, time in minutes.

    `scored` questions count, `trial` ones are being tried out. There are `forms` or more (0: drawn from the bank), any
    two of which share `anchors`. `parts` are
    marks needed besides the whole. `final`: the one whose levels the domains describe.
    """

    quiz: str
    final: bool
    scored: int
    trial: int
    forms: int
    anchors: int
    minutes: int
    pass_mark: int
    provisional: bool
    parts: Mapping[str, int]
    kinds: Mapping[str, int]
    levels: Mapping[str, int]
    by_domain: bool
    tolerance: Tolerance
    retake: Retake | None


@dataclass(frozen=True)
class Phase:
    """A phase of the practical examination; `points` of 100 come from `criteria`, none from preparing."""

    title: Text
    minutes: int
    points: int
    criteria: tuple[str, ...]


@dataclass(frozen=True)
class Practical:
    """The practical examination. Two raters, or `raters`, mark alone; a third is called when their totals are more
    than `apart` points from each other."""

    assignment: str
    phases: tuple[Phase, ...]
    comments: int
    injects: int
    pass_mark: int
    standards: tuple[Standard, ...]
    raters: int
    apart: int
    retake: Retake

    @property
    def minutes(self) -> int:
        """From the first to the last."""
        return sum(phase.minutes for phase in self.phases)


@dataclass(frozen=True)
class Award:
    """A level of the credential. `years` of validity; None: as long as what it goes with, or for good (`lasting`)."""

    id: str
    title: Text
    years: int | None
    lasting: bool
    asks: tuple[Text, ...]


@dataclass(frozen=True)
class Renewal:
    """What keeps the credential alive: hours of study, a stream of one's own, a paper on law, a declaration.

    `early` days before the end it may begin, until `late` days after it; until `latest` days after it `catch_up` is
    asked besides, and later everything again.
    """

    hours: int
    law_hours: int
    data_hours: int
    stream_minutes: int
    stream_months: int
    stream_mark: int
    stream_standard: Standard
    questions: int
    pass_mark: int
    early: int
    late: int
    latest: int
    catch_up: Text


@dataclass(frozen=True)
class Certification:
    """Everything that leads to the credential and keeps it. `kept_months`: how long a passed half stays valid;
    `appeal_days`: how long a result may be appealed."""

    note: Text
    gates: tuple[Gate, ...]
    domains: tuple[Domain, ...]
    papers: tuple[Paper, ...]
    practical: Practical | None
    awards: tuple[Award, ...]
    renewal: Renewal | None
    kept_months: int
    appeal_days: int

    def award(self, name: str | None) -> Award | None:
        """The level of this id."""
        return next((award for award in self.awards if award.id == name), None)


def asked_in(domain: Domain, scored: int) -> int:
    """How many of `scored` questions a domain has, by its weight."""
    return round(domain.weight * scored / 100)
