"""The course as immutable values. Everything is found by its author-given, permanent id."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lti_tool.domain.certification import Certification
from lti_tool.domain.conditions import Condition as Condition
from lti_tool.domain.conditions import ConditionKind as ConditionKind
from lti_tool.domain.instructor import InstructorFile
from lti_tool.domain.questions import Choice as Choice
from lti_tool.domain.questions import Level as Level
from lti_tool.domain.questions import Matching as Matching
from lti_tool.domain.questions import Numeric as Numeric
from lti_tool.domain.questions import Option as Option
from lti_tool.domain.questions import Ordering as Ordering
from lti_tool.domain.questions import Pair as Pair
from lti_tool.domain.questions import Question as Question
from lti_tool.domain.simulation import Simulation
from lti_tool.domain.start_check import StartCheck
from lti_tool.domain.text import LANGS as LANGS
from lti_tool.domain.text import Lang as Lang
from lti_tool.domain.text import Text as Text

COURSE_NODE = "course"
"""Stands for the whole course among node ids: its home, and its total."""


# --- quizzes -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """Questions of a quiz, by id, of which `pass_mark` percent are needed whatever the rest brought."""

    id: str
    title: Text
    pass_mark: int
    questions: frozenset[str]


@dataclass(frozen=True)
class Quiz:
    """A bank of questions and the rules of an attempt.

    `draw` questions are asked; `pass_mark` is in percent; `minutes` None means untimed;
    `wait_hours` between attempts; `attempts` None means unlimited. The highest attempt counts.
    `digest` changes whenever anything an attempt depends on changes.

    An examination has `forms`: an attempt asks one of them whole, by question ids, instead of drawing.
    `unscored` questions are being tried out. Without `feedback` nobody learns which answers were right.
    """

    id: str
    title: Text
    draw: int
    pass_mark: int
    questions: tuple[Question, ...]
    digest: str
    minutes: int | None = None
    wait_hours: int = 12
    attempts: int | None = None
    forms: tuple[tuple[str, ...], ...] = ()
    parts: tuple[Part, ...] = ()
    unscored: frozenset[str] = frozenset()
    feedback: bool = True


# --- assignments -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Criterion:
    """A row of the rubric criteria bank. `levels[0]` describes level 1 (insufficient), `levels[3]` level 4."""

    code: str
    title: Text
    levels: tuple[Text, Text, Text, Text]


@dataclass(frozen=True)
class RubricRow:
    """A criterion in one rubric: its weight (all weights sum to 100) and whether level 1 fails the whole."""

    criterion: Criterion
    weight: int
    critical: bool = False


@dataclass(frozen=True)
class Assignment:
    """What is wanted, what may be handed in and how it is judged."""

    id: str
    title: Text
    brief: Text
    """Markdown."""
    rubric: tuple[RubricRow, ...]
    pass_mark: int = 70
    text: bool = True
    """Whether a typed text may be handed in."""
    files: tuple[str, ...] = ()
    """Accepted file endings, lower case, without the dot; empty means no files."""
    max_files: int = 5
    max_mb: int = 20
    resubmissions: int = 2


# --- structure ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lesson:
    """One page, one idea. `body` is Markdown; pages are rendered once per digest."""

    id: str
    title: Text
    minutes: int
    body: Text
    digest: str


@dataclass(frozen=True)
class Module:
    """A week's work. `needs` must all hold before it opens (besides its stage's)."""

    id: str
    code: str
    """Short name shown to people, e.g. `M102`."""
    title: Text
    week: int
    summary: Text
    outcomes: tuple[Text, ...]
    lessons: tuple[Lesson, ...]
    quiz: Quiz | None
    assignment: Assignment | None
    needs: tuple[Condition, ...] = ()
    assets: Mapping[str, str] = field(default_factory=dict)
    """File name -> absolute path of every asset of the module."""
    instructor: tuple[InstructorFile, ...] = ()


@dataclass(frozen=True)
class Stage:
    """A third of the programme. `needs` is the gate in front of it, expanded to single conditions."""

    id: str
    number: int
    title: Text
    summary: Text
    modules: tuple[Module, ...]
    needs: tuple[Condition, ...] = ()
    gate: Text | None = None
    """Title of the gate in front, e.g. `ゲート1`."""


@dataclass(frozen=True)
class Term:
    """A glossary entry. Japanese is sorted by `reading`, empty where the term is written in kana or Latin letters.

    Pages of the languages `linked` lead to it from its first use, also under its other spellings (`also`).
    """

    id: str
    term: Text
    meaning: Text
    reading: str = ""
    also: tuple[str, ...] = ()
    linked: tuple[Lang, ...] = LANGS


Node = Stage | Module | Lesson | Quiz | Assignment


@dataclass(frozen=True)
class Course:
    """The whole programme, loaded once."""

    id: str
    title: Text
    stages: tuple[Stage, ...]
    glossary: tuple[Term, ...] = ()
    digest: str = ""
    simulations: tuple[Simulation, ...] = ()
    start_check: StartCheck | None = None
    certification: Certification | None = None

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Every node below the course by id."""
        return {node.id: node for node in self._walk()}

    @cached_property
    def places(self) -> Mapping[str, tuple[Stage, Module | None]]:
        """For every node below the course: its stage, and its module unless it is a stage."""
        places: dict[str, tuple[Stage, Module | None]] = {}
        for stage in self.stages:
            places[stage.id] = (stage, None)
            for module in stage.modules:
                for node in _inside(module):
                    places[node.id] = (stage, module)
        return places

    @cached_property
    def modules(self) -> tuple[Module, ...]:
        """All modules in teaching order."""
        return tuple(module for stage in self.stages for module in stage.modules)

    @cached_property
    def graded(self) -> frozenset[str]:
        """Ids of all nodes that bring a grade column when they are placed: quizzes, assignments and stages."""
        parts = (part for module in self.modules for part in (module.quiz, module.assignment) if part)
        return frozenset({stage.id for stage in self.stages} | {part.id for part in parts})

    def _walk(self) -> Iterator[Node]:
        for stage in self.stages:
            yield stage
            for module in stage.modules:
                yield from _inside(module)


def _inside(module: Module) -> Iterator[Node]:
    yield module
    yield from module.lessons
    if module.quiz:
        yield module.quiz
    if module.assignment:
        yield module.assignment
