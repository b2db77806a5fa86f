"""The grade columns of a course: as the LMS has them, and as its teacher wants them."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.domain.course import COURSE_NODE, Course
from lti_tool.errors import AccessDenied, BadAnswer, NotFound, OutboundError
from lti_tool.lti import ags, claims
from lti_tool.lti.ags import LineItem
from lti_tool.lti.claims import READ_COLUMNS
from lti_tool.lti.http import Http
from lti_tool.lti.tokens import Token
from lti_tool.services import passback, tokens
from lti_tool.services.column_maker import Maker, Place
from lti_tool.services.who import Who
from lti_tool.storage import column_queries, placing_queries, score_queries
from lti_tool.storage.db import Engine, Session, open_session, transaction
from lti_tool.storage.scores import LineItem as ColumnRow

ROUND = 20
RETRY = timedelta(minutes=10)
"""After an LMS could not do what was wished."""

log = logging.getLogger(__name__)

PATIENCE = 8.0
"""Seconds that a page waits for the LMS's list of columns; it is shown without them after that."""


@dataclass(frozen=True)
class Services:
    """Where and with what rights the columns of a context are read."""

    platform_id: int
    lineitems_url: str
    scopes: frozenset[str]


def services_of(session: Session, context_id: int) -> Services:
    """What the newest launches told of a context."""
    context = placing_queries.context(session, context_id)
    return Services(context.deployment.platform_id, context.lineitems_url, frozenset(context.scopes))


def read(engine: Engine, http: Http, services: Services, now: datetime) -> tuple[LineItem, ...] | None:
    """All columns of the LMS's gradebook that we may see; None when the LMS does not tell.

    No transaction may be open: the LMS is asked.
    """
    if not services.lineitems_url or not READ_COLUMNS & services.scopes:
        return None

    def call(token: Token) -> list[LineItem]:
        return ags.list_lineitems(http, token, services.lineitems_url, PATIENCE)

    try:
        scopes = tokens.of_grades(services.scopes)
        return tuple(tokens.ask(engine, http, services.platform_id, scopes, now, call))
    except OutboundError:
        return None


def node_of(engine: Engine, http: Http, services: Services, lineitem_url: str, now: datetime) -> str:
    """The `resourceId` of a column; empty when it has none or the LMS does not tell. No transaction may be open."""

    def call(token: Token) -> str:
        return ags.read_lineitem(http, token, lineitem_url)[0].resource_id

    if not lineitem_url or not READ_COLUMNS & services.scopes:
        return ""
    try:
        scopes = tokens.of_grades(services.scopes)
        return tokens.ask(engine, http, services.platform_id, scopes, now, call)
    except OutboundError:
        return ""


# --- what the teacher wants ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A column that may be chosen.

    `owner`: `activity` (it belongs to one that is placed, and grades always go there), `tool` (it stands alone), or
    empty (there is none). `wish`: what is about to happen to it. `doubles`: names of all columns the LMS has for the
    node, when these are several; `receives` is the one that grades are sent to.
    """

    node: str
    chosen: bool
    owner: str
    wish: str
    doubles: tuple[str, ...] = ()
    receives: str = ""


@dataclass(frozen=True)
class Choices:
    """All columns by node: the total, the stages, the activities. `may_make`: whether the LMS lets us make any."""

    by_node: dict[str, Choice]
    may_make: bool
    told: bool
    """Whether the LMS showed its columns."""


def choices(session: Session, course: Course, who: Who, found: Sequence[LineItem] | None) -> Choices:
    """What may be chosen; `found` are the LMS's columns, None when it does not tell. Raises AccessDenied."""
    _require_teacher(who)
    own = {row.node: row for row in score_queries.line_items(session, who.context_id)}
    chosen = _chosen(session, own, who.context_id)
    told = None if found is None else {item.url for item in found}
    by_node = {
        node: _choice(
            node,
            _there(own.get(node), told),
            [item for item in found or () if item.resource_id == node],
            chosen,
        )
        for node in ordered(course)
    }
    scopes = services_of(session, who.context_id).scopes
    return Choices(by_node, claims.SCOPE_LINEITEM in scopes, found is not None)


def ordered(course: Course) -> tuple[str, ...]:
    """Every node that can have a column: the total, then stage by stage."""
    found = [COURSE_NODE]
    for stage in course.stages:
        found.append(stage.id)
        found += [part.id for module in stage.modules for part in (module.quiz, module.assignment) if part]
    return tuple(found)


def leaving(session: Session, who: Who, wanted: Collection[str]) -> tuple[str, ...]:
    """The nodes whose column stands alone in the LMS and is not wanted any more. Raises AccessDenied."""
    _require_teacher(who)
    rows = score_queries.line_items(session, who.context_id)
    return tuple(
        row.node for row in rows if row.wanted and row.url and not row.from_launch and row.node not in wanted
    )


def choose(
    session: Session,
    course: Course,
    who: Who,
    wanted: Collection[str],
    language: str,
    now: datetime,
    *,
    drop: bool,
) -> None:
    """Have these columns and no others, besides those of activities; new ones are named in `language`.

    Work and results are not touched. Columns that stand alone and are not wanted get no grades any more; with `drop`
    they are deleted in the LMS. Raises AccessDenied, NotFound for what can have no column.
    """
    _require_teacher(who)
    if unknown := set(wanted) - set(ordered(course)):
        raise NotFound(min(unknown), code="unknown-node")
    for node in ordered(course):
        row = passback.column_of(session, who.context_id, node)
        if score_queries.column_is_gone(session, row.id):
            row.url, row.from_launch = "", False
        if row.from_launch:
            continue
        row.language = language
        if node not in wanted:
            row.wish = "drop" if drop and row.url and row.wanted else "drop" if row.wish == "drop" else ""
            row.wanted = False
            passback.forgo(session, row)
        elif not row.wanted or not row.url:
            # One that was to be deleted may be gone already, and whoever did it not have come to say so.
            row.wanted, row.wish = True, "" if row.url and row.wish != "drop" else "make"
            passback.refill(session, course, row, now)
    session.flush()


def fulfil(
    engine: Engine,
    http: Http,
    course: Course,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Make, name and delete the columns that are wished so; how many were tried. `stopping` is asked before each."""
    with open_session(engine, writes=False) as session:
        jobs = [(row.wish, row.url, _place(row)) for row in column_queries.wished(session, clock(), ROUND)]
    maker, tried, silent = Maker(engine, http, course, clock), 0, set[int]()
    for wish, url, place in jobs:
        if stopping():
            break
        if place.platform_id in silent:
            continue  # the grades of other schools are not to wait for it again
        tried += 1
        values = _fulfilled(maker, wish, url, place)
        if "making_until" in values:
            silent.add(place.platform_id)
        with transaction(engine) as session:
            column_queries.settle(session, place.line_item_id, wish, **values)
    return tried


def _fulfilled(maker: Maker, wish: str, url: str, place: Place) -> dict[str, object]:
    """What is to be written down of a column after its wish was tried."""
    later: dict[str, object] = {"making_until": maker.clock() + RETRY}
    try:
        if wish == "make":
            return {"wish": ""} if _made(maker, url, place) else later
        if wish == "name":
            maker.name(place, url)
        elif url and maker.drop(place, url):
            return {"wish": "", "url": ""}
    except BadAnswer as error:
        log.info("column %s: %s", place.line_item_id, error)
        return {"wish": ""} if wish == "name" else later
    except OutboundError as error:
        log.info("column %s: %s", place.line_item_id, error)
        return later
    return {"wish": ""}


def _made(maker: Maker, url: str, place: Place) -> bool:
    """Whether the column is there now: the one at `url`, if that is known and still exists, or another."""
    if url and (maker.has(place, url) or not maker.keep(place.line_item_id, url, "")):
        return True
    made = maker.ensure(place)
    if made and url:
        with transaction(maker.engine) as session:
            passback.follow(session, place.line_item_id, 0, maker.clock())
    return bool(made)


def _place(row: ColumnRow) -> Place:
    context = row.context
    return Place(
        row.id,
        context.deployment.platform_id,
        row.node,
        context.lineitems_url,
        frozenset(context.scopes),
        row.language,
    )


def _chosen(session: Session, own: Mapping[str, ColumnRow], context_id: int) -> Callable[[str], bool]:
    """Whether a column is chosen. Who never chose has every column but the total, each with its first grade -
    or, in a copied course, what was chosen in the course it was made of."""
    rows, parent = own, placing_queries.context(session, context_id).copied_from_id
    decided = any(not row.wanted for row in own.values())
    if not decided and parent is not None:
        rows = {row.node: row for row in score_queries.line_items(session, parent)}
    return lambda node: rows[node].wanted if node in rows else node != COURSE_NODE


def _there(row: ColumnRow | None, told: Collection[str] | None) -> ColumnRow | None:
    """The column, unless the LMS tells its columns and has this one no more."""
    gone = row is not None and row.url and told is not None and row.url not in told and not row.wish
    return None if gone else row


def _choice(
    node: str, row: ColumnRow | None, found: Sequence[LineItem], chosen: Callable[[str], bool]
) -> Choice:
    owner = "" if row is None or not row.url else "activity" if row.from_launch else "tool"
    if any(item.link_id for item in found):
        owner = "activity"
    receives = next((item.label for item in found if row is not None and item.url == row.url), "")
    doubles = tuple(item.label for item in found) if len(found) > 1 else ()
    return Choice(
        node, chosen(node) or owner == "activity", owner, row.wish if row else "", doubles, receives
    )


def _require_teacher(who: Who) -> None:
    if who.role not in {"instructor", "admin"}:
        raise AccessDenied("only teachers choose columns", code="role")
