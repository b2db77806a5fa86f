"""The grade columns of a course as the LMS has them."""

from dataclasses import dataclass
from datetime import datetime

from lti_tool.errors import OutboundError
from lti_tool.lti import ags, claims
from lti_tool.lti.ags import LineItem
from lti_tool.lti.http import Http
from lti_tool.lti.tokens import Token
from lti_tool.services import tokens
from lti_tool.storage.db import Engine

READABLE = frozenset({claims.SCOPE_LINEITEM, claims.SCOPE_LINEITEM_READONLY})
PATIENCE = 8.0
"""Seconds that a page waits for the LMS's list of columns; it is shown without them after that."""


@dataclass(frozen=True)
class Services:
    """Where and with what rights the columns of a context are read."""

    platform_id: int
    lineitems_url: str
    scopes: frozenset[str]


def read(engine: Engine, http: Http, services: Services, now: datetime) -> tuple[LineItem, ...] | None:
    """All columns of the LMS's gradebook that we may see; None when the LMS does not tell.

    No transaction may be open: the LMS is asked.
    """
    if not services.lineitems_url or not READABLE & services.scopes:
        return None

    def call(token: Token) -> list[LineItem]:
        return ags.list_lineitems(http, token, services.lineitems_url, PATIENCE)

    try:
        scopes = tokens.of_grades(services.scopes)
        return tuple(tokens.ask(engine, http, services.platform_id, scopes, now, call))
    except OutboundError:
        return None
