"""One grade column in the LMS: found, made - never twice -, named, or deleted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from lti_tool.domain.course import COURSE_NODE, Course, Text
from lti_tool.lti import ags
from lti_tool.lti.claims import READ_COLUMNS, SCOPE_LINEITEM
from lti_tool.lti.deep_linking import TAG
from lti_tool.lti.http import Http
from lti_tool.lti.tokens import Token
from lti_tool.services import tokens
from lti_tool.services.titles import title_of
from lti_tool.storage import delivery_queries
from lti_tool.storage.db import Engine, open_session, transaction

T = TypeVar("T")

CLAIM = timedelta(minutes=5)
"""Longer than the calls for one column or score take together; after it another worker takes over."""
TOTAL = Text("総合", "total")


@dataclass(frozen=True)
class Place:
    """A column that may have to be found or made, and with what rights."""

    line_item_id: int
    platform_id: int
    node: str
    lineitems_url: str
    scopes: frozenset[str]
    language: str


@dataclass(frozen=True)
class Maker:
    """Looks after single columns. Writes nothing down but tokens and the addresses of columns."""

    engine: Engine
    http: Http
    course: Course
    clock: Callable[[], datetime]

    def find(self, place: Place) -> str:
        """The node's column by resourceId; "" when there is none or we may not look. Raises OutboundError."""
        if not place.lineitems_url or not READ_COLUMNS & place.scopes:
            return ""

        def call(token: Token) -> ags.LineItem | None:
            return ags.find_lineitem(self.http, token, place.lineitems_url, place.node)

        found = self._ask(place, call)
        return found.url if found else ""

    def ensure(self, place: Place) -> str | None:
        """Find the node's column, or make it where the LMS lets us. Raises OutboundError.

        "" when it cannot be; None while another worker is at it: only one may, or there would be two columns.
        """
        now = self.clock()
        with transaction(self.engine) as session:
            mine = delivery_queries.claim_column(session, place.line_item_id, now, now + CLAIM)
        if not mine:
            with open_session(self.engine, writes=False) as session:
                return delivery_queries.column_url(session, place.line_item_id) or None
        try:
            url = self.find(place) or self._make(place)
            return url if not url or self.keep(place.line_item_id, "", url) else None
        finally:
            with transaction(self.engine) as session:
                delivery_queries.release_column(session, place.line_item_id)

    def name(self, place: Place, url: str) -> None:
        """Write into a column which node it is of, so that it is found again. Raises OutboundError."""

        def call(token: Token) -> None:
            ags.change_lineitem(self.http, token, url, resourceId=place.node, tag=TAG)

        if SCOPE_LINEITEM in place.scopes:
            self._ask(place, call)

    def has(self, place: Place, url: str) -> bool:
        """Whether the LMS still has a column; True where we may not look. Raises OutboundError."""

        def call(token: Token) -> bool:
            return ags.has_lineitem(self.http, token, url)

        return not READ_COLUMNS & place.scopes or self._ask(place, call)

    def drop(self, place: Place, url: str) -> bool:
        """Delete a column that belongs to no activity; whether it is gone. Raises OutboundError."""

        def call(token: Token) -> bool:
            return ags.drop_lineitem(self.http, token, url, place.node)

        return SCOPE_LINEITEM in place.scopes and self._ask(place, call)

    def keep(self, line_item_id: int, known: str, url: str) -> bool:
        """Remember where a column is, in place of `known`; False when a launch was faster."""
        with transaction(self.engine) as session:
            return delivery_queries.keep_column(session, line_item_id, known, url)

    def _make(self, place: Place) -> str:
        if not place.lineitems_url or SCOPE_LINEITEM not in place.scopes:
            return ""
        label = title_of(self.course, place.node, place.language)
        if place.node == COURSE_NODE:
            label = f"{label} ({TOTAL[place.language]})"

        def call(token: Token) -> ags.LineItem:
            return ags.create_lineitem(self.http, token, place.lineitems_url, label, place.node, TAG)

        return self._ask(place, call).url

    def _ask(self, place: Place, call: Callable[[Token], T]) -> T:
        scopes = tokens.of_grades(place.scopes)
        return tokens.ask(self.engine, self.http, place.platform_id, scopes, self.clock(), call)
