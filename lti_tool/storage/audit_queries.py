"""Queries on the audit log."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_tool.storage.audit import AuditEntry

BATCH = 1000
"""Rows held in memory at once while everything is read."""


class Filter(NamedTuple):
    """What is looked for; empty: everything. `since` is a moment, `before` the number of an entry."""

    who: str = ""
    action: str = ""
    since: datetime | None = None
    before: int | None = None


def newest(session: Session, wanted: Filter, count: int) -> Sequence[AuditEntry]:
    """The newest entries, newest first."""
    query = _wanted(select(AuditEntry), wanted).order_by(AuditEntry.id.desc()).limit(count)
    return session.scalars(query).all()


def oldest_first(session: Session, wanted: Filter) -> Iterator[AuditEntry]:
    """All entries, a few at a time."""
    last = 0
    while True:
        query = _wanted(select(AuditEntry).where(AuditEntry.id > last), wanted)
        batch = session.scalars(query.order_by(AuditEntry.id).limit(BATCH)).all()
        yield from batch
        if len(batch) < BATCH:
            return
        last = batch[-1].id
        session.expunge_all()


def _wanted(query: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.who:
        query = query.where(AuditEntry.who == wanted.who)
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.since:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.before:
        query = query.where(AuditEntry.id < wanted.before)
    return query
