"""The grade columns of a course as the LMS has them."""

from dataclasses import dataclass
from datetime import datetime

from lti_tool.errors import OutboundError
from lti_tool.lti import ags
from lti_tool.lti.ags import LineItem
from lti_tool.lti.claims import READ_COLUMNS
from lti_tool.lti.http import Http
from lti_tool.lti.tokens import Token
from lti_tool.services import tokens
from lti_tool.storage import placing_queries
from lti_tool.storage.db import Engine, Session

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
