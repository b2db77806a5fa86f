"""Queries on the way to the LMS: tokens, and columns that are looked for or made."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lti_tool.storage.db import changed
from lti_tool.storage.platforms import Platform
from lti_tool.storage.scores import AccessToken, LineItem
from lti_tool.storage.work_queries import insert_once


def claim_column(session: Session, line_item_id: int, now: datetime, until: datetime) -> bool:
    """Whether we may look for a column whose address is not known, and make it. One worker at a time may."""
    query = update(LineItem).where(
        LineItem.id == line_item_id,
        LineItem.url == "",
        or_(LineItem.making_until.is_(None), LineItem.making_until < now),
    )
    return changed(session, query.values(making_until=until)) == 1


def release_column(session: Session, line_item_id: int) -> None:
    """The column could not be found or made: another worker may try."""
    session.execute(update(LineItem).where(LineItem.id == line_item_id).values(making_until=None))


def keep_column(session: Session, line_item_id: int, known: str, url: str) -> bool:
    """Remember the address of a column we found or made in place of `known`; False when a launch was faster."""
    query = update(LineItem).where(LineItem.id == line_item_id, LineItem.url == known)
    values = {"url": url, "from_launch": False, "making_until": None}
    return changed(session, query.values(**values)) == 1


def column_url(session: Session, line_item_id: int) -> str:
    """The address of a column, "" while it is not known."""
    return session.scalars(select(LineItem.url).where(LineItem.id == line_item_id)).one()


def token(session: Session, platform_id: int, scopes: str, now: datetime) -> AccessToken | None:
    """A token that is still good."""
    query = select(AccessToken).where(
        AccessToken.platform_id == platform_id, AccessToken.scopes == scopes, AccessToken.expires_at > now
    )
    return session.scalar(query)


def keep_token(session: Session, row: AccessToken) -> None:
    """Keep a token in place of the one before. When two workers fetched one each, either will do."""
    query = update(AccessToken).where(
        AccessToken.platform_id == row.platform_id, AccessToken.scopes == row.scopes
    )
    values = {"token": row.token, "granted": row.granted, "expires_at": row.expires_at}
    if not changed(session, query.values(**values)):
        insert_once(session, row)


def platform(session: Session, platform_id: int) -> Platform:
    """A platform by our own id."""
    return session.get_one(Platform, platform_id)


def locked_platform(session: Session, platform_id: int) -> Platform:
    """A platform as it is now, locked against a worker that notes its failures."""
    query = select(Platform).where(Platform.id == platform_id).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()
