"""The start check: answering it part by part, the path that follows, and what a class brings along.

Nothing here is graded or sent, opens anything or closes it. Every function raises NotFound when the course has no
check.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.course import Choice, Course
from lti_tool.domain.start_check import Area, Path, Route, StartCheck, percents, recommend
from lti_tool.errors import AccessDenied, Conflict, MalformedMessage, NotFound
from lti_tool.services import gating
from lti_tool.services.who import Who
from lti_tool.storage import class_queries, start_check_queries
from lti_tool.storage.db import Session
from lti_tool.storage.work import StartTry


@dataclass(frozen=True)
class Entrance:
    """The page in front. `running`: answers are being given; `route`: as chosen last, "" for nobody has yet."""

    check: StartCheck
    running: bool
    finished_at: datetime | None
    route: str


@dataclass(frozen=True)
class Sheet:
    """The questions of one area, part `number` of `total`, and what was chosen so far."""

    number: int
    total: int
    area: Area
    questions: tuple[Choice, ...]
    chosen: Mapping[str, int]


@dataclass(frozen=True)
class Outcome:
    """A finished check. `open_modules`: those that can be opened now.

    `chosen` is None when the questions have changed since; then they cannot be explained.
    """

    check: StartCheck
    route: Route
    path: Path
    finished_at: datetime
    open_modules: frozenset[str]
    chosen: Mapping[str, int] | None


@dataclass(frozen=True)
class ClassLine:
    """A learner's finished check; `route` is None where the course has it no more."""

    person_id: int
    name: str
    route: Route | None
    percents: Mapping[str, int]
    finished_at: datetime


def entrance(session: Session, course: Course, who: Who) -> Entrance:
    """Whether to begin, to go on, or to look at what came out."""
    check = _check(course)
    tries = start_check_queries.tries(session, who.person_id, who.context_id)
    done = _done(tries)
    running = _running(check, tries)
    newest = running or done
    return Entrance(
        check, running is not None, done.finished_at if done else None, newest.route if newest else ""
    )


def begin(session: Session, course: Course, who: Who, route: str, now: datetime) -> None:
    """Start with empty sheets; the result of an earlier time stays until this one is finished."""
    check = _check(course)
    start_check_queries.forget(session, who.person_id, who.context_id)
    session.add(
        StartTry(
            person_id=who.person_id,
            context_id=who.context_id,
            route=check.route(route).id,
            digest=check.digest,
            answers={},
            percents={},
            saved_at=now,
        )
    )
    session.flush()


def sheet(session: Session, course: Course, who: Who, number: int) -> Sheet:
    """Part `number` (from 1). Raises NotFound, and Conflict `closed` when nothing has been begun."""
    check, area = _part(course, number)
    running = _running(check, start_check_queries.tries(session, who.person_id, who.context_id))
    if running is None:
        raise Conflict("no start check is running", code="closed")
    return Sheet(number, len(check.areas), area, check.questions[area.id], running.answers)


def save(
    session: Session, course: Course, who: Who, number: int, chosen: Mapping[str, int], now: datetime
) -> None:
    """Keep the answers of one part, those left out as not known.

    Raises MalformedMessage for an option that does not exist, and as `sheet`.
    """
    check, area = _part(course, number)
    questions = check.questions[area.id]
    for question in questions:
        if chosen.get(question.id, 0) not in range(len(question.options)):
            raise MalformedMessage(f"{question.id} has no such option")
    found = _hold(session, check, who)
    others = {name: option for name, option in found.answers.items() if name not in {q.id for q in questions}}
    own = {question.id: chosen[question.id] for question in questions if question.id in chosen}
    found.answers, found.saved_at = others | own, now
    session.flush()


def finish(session: Session, course: Course, who: Who, now: datetime) -> None:
    """Work out the result; it takes the place of an earlier one. Raises Conflict `closed`."""
    check = _check(course)
    found = _hold(session, check, who)
    found.percents, found.finished_at = percents(check, found.answers), now
    session.flush()
    start_check_queries.forget(session, who.person_id, who.context_id, but=found.id)


def outcome(session: Session, course: Course, who: Who, route: str = "") -> Outcome:
    """The recommended path, for `route` or else the one chosen. Raises NotFound before anything is finished."""
    check = _check(course)
    tries = start_check_queries.tries(session, who.person_id, who.context_id)
    done = _done(tries)
    if done is None or done.finished_at is None:
        raise NotFound("no start check is finished")
    known = {each.id for each in check.routes}
    chosen = check.route(route if route in known else done.route)
    modules = tuple(module.id for module in course.modules)
    states = gating.standing(session, course, who).states
    return Outcome(
        check,
        chosen,
        recommend(check, chosen, done.percents, modules),
        done.finished_at,
        frozenset(module for module in modules if states[module].status != "locked"),
        done.answers if done.digest == check.digest else None,
    )


def of_class(session: Session, course: Course, who: Who) -> tuple[ClassLine, ...]:
    """What the learners of a class bring along, by name. Raises AccessDenied (not staff)."""
    if not who.staff:
        raise AccessDenied("only staff see the class", code="role")
    routes = {route.id: route for route in _check(course).routes}
    newest = {each.person_id: each for each in start_check_queries.finished(session, who.context_id)}
    return tuple(
        ClassLine(
            member.person_id, member.person.name, routes.get(found.route), found.percents, found.finished_at
        )
        for member in class_queries.learners(session, who.context_id)
        if (found := newest.get(member.person_id)) and found.finished_at
    )


def _check(course: Course) -> StartCheck:
    if course.start_check is None:
        raise NotFound("this course has no start check")
    return course.start_check


def _part(course: Course, number: int) -> tuple[StartCheck, Area]:
    check = _check(course)
    if not 1 <= number <= len(check.areas):
        raise NotFound(f"part {number}")
    return check, check.areas[number - 1]


def _running(check: StartCheck, tries: Sequence[StartTry]) -> StartTry | None:
    """The try that goes on; answers to other questions than today's are not gone on with."""
    return next((each for each in tries if each.finished_at is None and each.digest == check.digest), None)


def _done(tries: Sequence[StartTry]) -> StartTry | None:
    """The one whose result stands."""
    return next((each for each in tries if each.finished_at), None)


def _hold(session: Session, check: StartCheck, who: Who) -> StartTry:
    running = _running(check, start_check_queries.tries(session, who.person_id, who.context_id))
    held = start_check_queries.hold(session, running.id) if running else None
    if held is None or held.finished_at:
        raise Conflict("no start check is running", code="closed")
    return held
