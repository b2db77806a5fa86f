"""Access tokens for tests of the services: what a platform granted."""

from datetime import UTC, datetime

from lti_tool.lti.claims import SCOPE_LINEITEM, SCOPE_RESULT, SCOPE_SCORE
from lti_tool.lti.tokens import Token

LATER = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)


def access(*scopes: str) -> Token:
    """A token that covers these scopes for another hour."""
    return Token("opaque-token", frozenset(scopes), LATER)


ALL = access(SCOPE_SCORE, SCOPE_RESULT, SCOPE_LINEITEM)
"""All that grades need."""
