"""People, contexts, resource links, memberships and launch sessions of a deployment."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, join
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.storage.db import Base
from lti_tool.storage.platforms import Deployment, Platform


class Person(Base):
    """Somebody known by `sub` in one deployment. Never matched by name or e-mail (CORE §3.3)."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("deployment_id", "sub"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    sub: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255), default="")
    email: Mapped[str] = mapped_column(String(255), default="")
    language: Mapped[str] = mapped_column(String(2), default="")
    """Language chosen by hand; empty: the launch decides."""
    created_at: Mapped[datetime]


class Context(Base):
    """A course of the LMS. A launch without context lives in one made for its link (`implied`)."""

    __tablename__ = "context"
    __table_args__ = (UniqueConstraint("deployment_id", "implied", "context_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    context_id: Mapped[str] = mapped_column(String(255))
    implied: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(String(500), default="")
    lineitems_url: Mapped[str] = mapped_column(String(1000), default="")
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """AGS scopes of the newest launch."""
    memberships_url: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime]
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("context.id"))
    """The nearest course known to us that the LMS made this one of. Nothing but names is ever taken from there."""

    deployment: Mapped[Deployment] = relationship()


class ResourceLink(Base):
    """A placed activity. `node` is the content node it opens (`course` for the course home)."""

    __tablename__ = "resource_link"
    __table_args__ = (UniqueConstraint("context_id", "resource_link_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    resource_link_id: Mapped[str] = mapped_column(String(255))
    node: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(500), default="")
    lineitem_url: Mapped[str] = mapped_column(String(1000), default="")
    bound_by: Mapped[str] = mapped_column(String(20), default="custom", server_default="custom")
    """How `node` was found: `custom` (the link names it), `column` (its line item does), `history` (the link it was
    copied from did), `teacher`, or `none` (nothing named it: the course home)."""

    context: Mapped[Context] = relationship()


class SentItem(Base):
    """A node that was handed to the LMS to place in a context. Whether it was placed, only a launch will tell."""

    __tablename__ = "sent_item"

    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"), primary_key=True)
    node: Mapped[str] = mapped_column(String(100), primary_key=True)
    sent_at: Mapped[datetime]


class Membership(Base):
    """A person's place in a context, by their newest launch there or, before the first, by the LMS's class list."""

    __tablename__ = "membership"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20))
    """Of the newest launch; of the class list for those who never came."""
    last_launch_at: Mapped[datetime | None]
    """None: on the class list, but never came."""
    status: Mapped[str] = mapped_column(String(10), default="active", server_default="active")
    """`active`, or `left`: the class list has them no more, their work is kept."""
    left_at: Mapped[datetime | None]
    listed_at: Mapped[datetime | None]
    """When the class list that named them last was asked for."""

    person: Mapped[Person] = relationship()


class Roster(Base):
    """How the LMS's class list of a context was read last, and when it is to be read again."""

    __tablename__ = "roster"

    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"), primary_key=True)
    due_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    """A worker reads it until then; afterwards another takes over."""
    state: Mapped[str] = mapped_column(String(10), default="")
    """`running` from the wish to the end, `failed`, else empty."""
    reason: Mapped[str] = mapped_column(String(20), default="")
    """Why it failed."""
    people: Mapped[int] = mapped_column(default=0)
    """Active members at `synced_at`."""
    synced_at: Mapped[datetime | None]
    whole_at: Mapped[datetime | None]
    """When the whole list was read, not only the differences."""
    differences_url: Mapped[str] = mapped_column(String(1000), default="")
    """Where the LMS tells what changed since the whole list; empty where it does not."""


class LaunchSession(Base):
    """One launch, open in one tab. `id` stands in addresses and is no secret; the cookie is."""

    __tablename__ = "launch_session"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("resource_link.id"))
    role: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2))
    framed: Mapped[bool] = mapped_column(default=True)
    return_url: Mapped[str] = mapped_column(String(2000), default="")
    deep_linking: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Settings to answer a deep linking request with; cleared once answered."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    person: Mapped[Person] = relationship()
    context: Mapped[Context] = relationship()
    link: Mapped[ResourceLink | None] = relationship()
    platform: Mapped[Platform] = relationship(
        secondary=lambda: join(Context, Deployment),
        primaryjoin=lambda: LaunchSession.context_id == Context.id,
        secondaryjoin=lambda: Deployment.platform_id == Platform.id,
        viewonly=True,
    )
    """In one step: every page needs it, and nothing of what lies between."""
