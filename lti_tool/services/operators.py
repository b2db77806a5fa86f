"""Operators: their accounts, logging in and out, and the session in between."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from lti_tool.errors import Conflict, MalformedMessage, NotFound
from lti_tool.services import audit, passwords
from lti_tool.services.audit import COMMAND_LINE, Action
from lti_tool.storage import operator_queries
from lti_tool.storage.db import Session
from lti_tool.storage.operators import Operator, OperatorSession

LONGEST = timedelta(hours=12)
"""A session ends after this, whatever is done in it."""
IDLE = timedelta(minutes=30)
"""A session ends when nothing is done in it for so long."""
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


def add(session: Session, name: str, password: str, now: datetime, *, by: str = COMMAND_LINE) -> None:
    """Make an account. Raises MalformedMessage `name` or `password`, Conflict `name-taken`."""
    if not NAME.fullmatch(name):
        message = (
            "a name has up to 40 of a-z, 0-9, dot, hyphen and underscore, and begins with a letter or digit"
        )
        raise MalformedMessage(message, code="name")
    if operator_queries.by_name(session, name):
        raise Conflict(f"there is an operator {name} already", code="name-taken")
    row = Operator(name=name, password_hash=passwords.keep(password), created_at=now)
    session.add(row)
    session.flush()
    audit.record(session, by, Action.OPERATOR_CREATED, f"operator {name}", now)


def everybody(session: Session) -> Sequence[Operator]:
    """All accounts by name."""
    return operator_queries.everybody(session)


def set_password(
    session: Session, name: str, password: str, now: datetime, *, by: str = COMMAND_LINE
) -> None:
    """Give an account another password, and end its sessions. Raises NotFound, MalformedMessage `password`."""
    row = _existing(session, name)
    row.password_hash = passwords.keep(password)
    operator_queries.end_sessions(session, row.id, now)
    audit.record(session, by, Action.OPERATOR_PASSWORD, f"operator {name}", now)


def disable(session: Session, name: str, now: datetime, *, by: str = COMMAND_LINE) -> None:
    """Let an operator in no longer, and end their sessions. Raises NotFound."""
    row = _existing(session, name)
    operator_queries.end_sessions(session, row.id, now)
    if row.disabled_at is None:
        row.disabled_at = now
        audit.record(session, by, Action.OPERATOR_DISABLED, f"operator {name}", now)


def enable(session: Session, name: str, now: datetime, *, by: str = COMMAND_LINE) -> None:
    """Let an operator in again. Raises NotFound."""
    row = _existing(session, name)
    if row.disabled_at is not None:
        row.disabled_at = None
        audit.record(session, by, Action.OPERATOR_ENABLED, f"operator {name}", now)


def login(session: Session, name: str, password: str, now: datetime) -> str | None:
    """Open a session; its secret for the browser, or None when name and password do not belong together.

    A wrong name takes as long as a wrong password. Failures on names that exist are recorded; others are not,
    because anybody could fill the log with them, and because people type passwords into the wrong field.
    """
    row = operator_queries.by_name(session, name) if NAME.fullmatch(name) else None
    usable = row if row is not None and row.disabled_at is None else None
    right = passwords.fits(usable.password_hash if usable else None, password)
    if usable is None or not right:
        if row is not None:
            audit.record(session, audit.operator(name), Action.LOGIN_FAILED, f"operator {name}", now)
        return None
    if passwords.outdated(usable.password_hash):
        usable.password_hash = passwords.keep(password)
    operator_queries.forget_over(session, now)
    secret = secrets.token_urlsafe(32)
    session.add(
        OperatorSession(
            secret_hash=_hash(secret), operator_id=usable.id, created_at=now, expires_at=now + LONGEST
        )
    )
    audit.record(session, audit.operator(name), Action.LOGIN, f"operator {name}", now)
    return secret


def proves(session: Session, name: str, password: str, now: datetime) -> bool:
    """Whether whoever sits there knows the password of the account; a failure is recorded."""
    row = _existing(session, name)
    right = passwords.fits(row.password_hash, password)
    if not right:
        audit.record(session, audit.operator(name), Action.LOGIN_FAILED, f"operator {name}", now)
    return right


def resume(session: Session, secret: str, seen: datetime, now: datetime) -> Operator | None:
    """The operator who holds the secret of an open session and was last `seen` not too long ago."""
    if now - seen >= IDLE:
        return None
    row = operator_queries.session_of(session, _hash(secret))
    if row is None or row.expires_at <= now or row.operator.disabled_at is not None:
        return None
    return row.operator


def logout(session: Session, operator: Operator, secret: str, now: datetime) -> None:
    """End this session."""
    row = operator_queries.session_of(session, _hash(secret))
    if row is not None:
        session.delete(row)
        audit.record(session, audit.operator(operator.name), Action.LOGOUT, f"operator {operator.name}", now)


def _existing(session: Session, name: str) -> Operator:
    row = operator_queries.by_name(session, name)
    if row is None:
        raise NotFound(f"no operator {name}")
    return row


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
