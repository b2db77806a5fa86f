"""The tool's signing keys: made when first needed, published together, the newest signs."""

from datetime import datetime

from lti_tool.errors import ConfigError
from lti_tool.lti.keys import Signer, jwks, load_signer, new_key
from lti_tool.services import audit
from lti_tool.storage import platform_queries
from lti_tool.storage.db import Session
from lti_tool.storage.platforms import ToolKey


def ensure(session: Session, now: datetime) -> None:
    """Make the first key. Called where the database is prepared, not inside a page."""
    if not platform_queries.tool_keys(session):
        _add(session, now)


def rotate(session: Session, now: datetime, *, by: str = audit.COMMAND_LINE) -> str:
    """Make a new key that signs from now on; older ones stay published. Returns its kid."""
    kid = _add(session, now)
    audit.record(session, by, audit.Action.KEY_ROTATED, f"key {kid}", now)
    return kid


def _add(session: Session, now: datetime) -> str:
    kid, pem = new_key()
    session.add(ToolKey(kid=kid, private_pem=pem, created_at=now))
    session.flush()
    return kid


def signer(session: Session) -> Signer:
    """What signs our messages: the newest key. Raises ConfigError when none was made."""
    known = platform_queries.tool_keys(session)
    if not known:
        raise ConfigError("there is no signing key: run `lti-tool db upgrade`")
    return load_signer(known[0].kid, known[0].private_pem)


def published(session: Session) -> dict[str, object]:
    """The public key set for `/lti/jwks.json`."""
    return jwks([(key.kid, key.private_pem) for key in platform_queries.tool_keys(session)])
