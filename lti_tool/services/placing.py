"""Answering a deep linking request: the teacher's choice of nodes goes back as placed activities."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from lti_tool.domain.course import COURSE_NODE, Assignment, Course, Lesson, Module, Quiz, Text
from lti_tool.errors import Conflict, NotFound
from lti_tool.lti import deep_linking
from lti_tool.lti.ags import LineItem
from lti_tool.lti.claims import DeepLinkingSettings
from lti_tool.lti.deep_linking import ContentItem
from lti_tool.lti.http import Http
from lti_tool.services import columns, keys
from lti_tool.services.launches import registration_of
from lti_tool.services.titles import STAGE, title_of
from lti_tool.storage import placing_queries, visit_queries
from lti_tool.storage.db import Engine, Session, open_session
from lti_tool.storage.people import ResourceLink
from lti_tool.storage.visit_queries import Visit

KINDS: tuple[tuple[type, Text], ...] = (
    (Quiz, Text("小テスト", "quiz")),
    (Assignment, Text("課題", "assignment")),
    (Lesson, Text("レッスン", "lesson")),
    (Module, Text("モジュール", "module")),
)
"""The words by which the search finds a kind of activity."""


@dataclass(frozen=True)
class Offer:
    """A node that may be placed, and what is known of it in the LMS course.

    `placed`: it stands there, under `name` where that is known; `sent`: it was handed over at `sent_at` and has not
    been opened since; else `missing`. `column`: the LMS's gradebook has a column for it already.
    """

    node: str
    state: Literal["missing", "sent", "placed"]
    name: str = ""
    sent_at: datetime | None = None
    column: bool = False


@dataclass(frozen=True)
class Item:
    """What one chosen node becomes in the LMS.

    `grade`: it brings a `new` column out of 100, its grade goes to the one that `exists`, or there is `none`.
    `again`: the LMS course has it already. `begins`: first day of its week, where the LMS tells when the course starts.
    """

    node: str
    title: str
    grade: Literal["new", "exists", "none"]
    again: bool
    week: int | None
    begins: date | None


@dataclass(frozen=True)
class Gradebook:
    """What the LMS's gradebook held when the picker was opened.

    `urls`: addresses of all columns. `names`: of our columns by node, the names of the activities they belong to; none
    for a column that stands alone.
    """

    urls: frozenset[str]
    names: Mapping[str, tuple[str, ...]]

    def to_plain(self) -> list[Any]:
        """As JSON, to go with the page."""
        return [sorted(self.urls), {node: list(names) for node, names in self.names.items()}]

    @classmethod
    def from_plain(cls, plain: list[Any]) -> "Gradebook":
        """Back from JSON."""
        urls, names = plain
        return cls(frozenset(urls), {node: tuple(found) for node, found in names.items()})


@dataclass(frozen=True)
class Offers:
    """All that may be placed, by node in teaching order. `gradebook`: whether the LMS told its columns."""

    by_node: Mapping[str, Offer]
    gradebook: bool

    def missing(self, nodes: Sequence[str]) -> tuple[str, ...]:
        """Those of `nodes` that the LMS course does not have."""
        return tuple(node for node in nodes if self.by_node[node].state == "missing")


def nodes(course: Course) -> tuple[str, ...]:
    """What may be placed, in teaching order: the course home, stages, modules, and their parts."""
    found = [COURSE_NODE]
    for stage in course.stages:
        found.append(stage.id)
        for module in stage.modules:
            found += [
                module.id,
                *(part.id for part in (*module.lessons, module.quiz, module.assignment) if part),
            ]
    return tuple(found)


def whole(course: Course) -> tuple[str, ...]:
    """What the whole course is when it is placed in one go: all but single lessons, which their modules show."""
    return tuple(node for node in nodes(course) if not isinstance(course.nodes.get(node), Lesson))


def matching(course: Course, words: str) -> frozenset[str]:
    """Nodes in whose name, module, stage or kind - of either language - every one of `words` stands."""
    wanted = _folded(words).split()
    return frozenset(
        node for node in nodes(course) if all(word in _described(course, node) for word in wanted)
    )


def look(engine: Engine, http: Http, course: Course, context_id: int, now: datetime) -> Gradebook | None:
    """What the LMS's gradebook holds at this moment; None when it does not tell. No transaction may be open."""
    with open_session(engine, writes=False) as session:
        services = columns.services_of(session, context_id)
    found = columns.read(engine, http, services, now)
    return None if found is None else _gradebook(course, found)


def offers(session: Session, course: Course, context_id: int, gradebook: Gradebook | None) -> Offers:
    """Everything that may be placed in a context, and what is known of it."""
    opened = {link.node: link for link in placing_queries.links(session, context_id)}
    sent = placing_queries.sent_items(session, context_id)
    found = (
        _offer(node, opened.get(node), sent.get(node), gradebook, graded=node in course.graded)
        for node in nodes(course)
    )
    return Offers({offer.node: offer for offer in found}, gradebook is not None)


def plan(
    session: Session,
    course: Course,
    visit: Visit,
    gradebook: Gradebook | None,
    chosen: Sequence[str],
) -> tuple[Item, ...]:
    """What `chosen` becomes in the LMS, in teaching order; only the first where the LMS takes one.

    Raises Conflict(code="answered"), NotFound for something the course does not have.
    """
    known = offers(session, course, visit.context_id, gradebook).by_node
    for node in chosen:
        if node not in known:
            raise NotFound(node, code="unknown-node")
    kept = _kept(visit)
    items = tuple(_item(course, known[node], visit.language, kept) for node in known if node in chosen)
    return items if kept["accept_multiple"] else items[:1]


def respond(
    session: Session,
    course: Course,
    visit: Visit,
    gradebook: Gradebook | None,
    chosen: Sequence[str],
    now: datetime,
) -> tuple[str, str]:
    """The address to post to and the signed response; nothing chosen means the teacher cancelled.

    A request is answered once (DL-25). Raises Conflict(code="answered") the second time, NotFound for something
    the course does not have.
    """
    row = visit_queries.hold(session, visit.id)
    visit = visit._replace(deep_linking=row.deep_linking)
    kept = _kept(visit)
    items = plan(session, course, visit, gradebook, chosen)
    settings = DeepLinkingSettings(
        return_url=kept["return_url"],
        accept_types=tuple(kept["accept_types"]),
        accept_multiple=kept["accept_multiple"],
        accept_lineitem=kept["accept_lineitem"],
        data=kept["data"],
    )
    placing_queries.keep_sent(session, visit.context_id, [item.node for item in items], now)
    row.deep_linking = None
    return deep_linking.response(
        keys.signer(session, now),
        registration_of(row.platform),
        kept["deployment_id"],
        settings,
        [ContentItem(item.node, item.title, "", item.grade == "new") for item in items],
        kept["launch_url"],
        now,
    )


def _kept(visit: Visit) -> dict[str, Any]:
    if visit.deep_linking is None:
        raise Conflict(code="answered")
    return visit.deep_linking


def _gradebook(course: Course, items: Sequence[LineItem]) -> Gradebook:
    ours: dict[str, tuple[str, ...]] = {}
    for item in items:
        if item.resource_id in course.graded:
            names = (item.label,) if item.link_id else ()
            ours[item.resource_id] = ours.get(item.resource_id, ()) + names
    return Gradebook(frozenset(item.url for item in items), ours)


def _offer(
    node: str,
    link: ResourceLink | None,
    sent_at: datetime | None,
    gradebook: Gradebook | None,
    *,
    graded: bool,
) -> Offer:
    """Where the LMS tells its columns, that is the newest word: an activity whose column is gone, is gone."""
    names = gradebook.names.get(node) if gradebook else None
    column = names is not None
    if names:
        return Offer(node, "placed", (link.title if link else "") or names[0], column=True)
    gone = gradebook is not None and link is not None and link.lineitem_url not in {"", *gradebook.urls}
    if link is not None and not gone:
        return Offer(node, "placed", link.title, column=column)
    if sent_at is not None and not (gradebook is not None and graded):
        return Offer(node, "sent", sent_at=sent_at, column=column)
    return Offer(node, "missing", column=column)


def _item(course: Course, offer: Offer, language: str, kept: Mapping[str, Any]) -> Item:
    node = offer.node
    grade: Literal["new", "exists", "none"] = "none"
    if node in course.graded and kept["accept_lineitem"] is not False:
        grade = "exists" if offer.column else "new"
    module = course.places[node][1] if node in course.places else None
    week = module.week if module else None
    return Item(
        node,
        title_of(course, node, language),
        grade,
        offer.state != "missing",
        week,
        _first_day(kept.get("begins", ""), week),
    )


def _first_day(begins: str, week: int | None) -> date | None:
    """When a week of the course starts; None where the LMS does not tell when the course does."""
    try:
        start = datetime.fromisoformat(begins)
    except ValueError:
        return None
    return None if week is None else start.date() + timedelta(weeks=week - 1)


def _described(course: Course, node_id: str) -> str:
    """All words by which the search finds a node."""
    found = [title_of(course, node_id, language) for language in ("ja", "en")]
    if node_id in course.nodes:
        node, (stage, module) = course.nodes[node_id], course.places[node_id]
        kinds = [words for kind, words in KINDS if isinstance(node, kind)]
        for words in (stage.title, *((module.title,) if module else ()), *kinds):
            found += [words.ja, words.en]
        found += [f"{STAGE[language]}{stage.number}" for language in ("ja", "en")]
    return _folded("\n".join(found))


def _folded(words: str) -> str:
    """Without differences of width and case."""
    return unicodedata.normalize("NFKC", words).casefold()
