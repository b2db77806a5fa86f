"""Platforms, their deployments, registration invites, the tool's keys and spent nonces."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.storage.db import Base


class Platform(Base):
    """A registration: one LMS site as one client (iss, client_id)."""

    __tablename__ = "platform"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(String(500))
    client_id: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255), default="")
    product_family: Mapped[str] = mapped_column(String(100), default="")
    auth_url: Mapped[str] = mapped_column(String(1000))
    token_url: Mapped[str] = mapped_column(String(1000))
    jwks_url: Mapped[str] = mapped_column(String(1000))
    token_audience: Mapped[str] = mapped_column(String(1000), default="")
    """Audience of client assertions where it is not the token URL; empty otherwise."""
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    """Calls in a row that its services did not answer."""
    quiet_until: Mapped[datetime | None]
    """After too many failures, or when it asked for it: no score is sent there before."""
    sender: Mapped[str] = mapped_column(String(32), default="", server_default="")
    """The worker that sends scores there until `sender_until`, and no other; empty for none."""
    sender_until: Mapped[datetime | None]
    clock_ahead: Mapped[int] = mapped_column(default=0, server_default="0")
    """Seconds by which its clock is ahead of ours, as it last told; negative when ours is ahead."""

    deployments: Mapped[list["Deployment"]] = relationship(back_populates="platform")


class Deployment(Base):
    """An account on a platform: people and contexts belong to a deployment, never to the platform."""

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("platform_id", "deployment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"))
    deployment_id: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    """None: seen in a launch but not approved; nobody gets in."""
    refused_at: Mapped[datetime | None]
    """An operator said no; without it, and not approved, it waits for one."""

    platform: Mapped[Platform] = relationship(back_populates="deployments")


class Invite(Base):
    """A single-use address for dynamic registration. Only a hash of its secret is kept."""

    __tablename__ = "invite"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(100), default="", server_default="")
    """Whom it is for, in the operator's words."""
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    platform_id: Mapped[int | None] = mapped_column(ForeignKey("platform.id"))


class ToolKey(Base):
    """A signing key of the tool. Of those without `retired_at` the one with the latest `signs_from` that has come
    signs."""

    __tablename__ = "tool_key"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    private_pem: Mapped[str]
    """Empty once it is retired."""
    created_at: Mapped[datetime]
    signs_from: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Nonce(Base):
    """A spent nonce: the primary key makes the second launch with it fail, whichever process sees it."""

    __tablename__ = "nonce"

    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"), primary_key=True)
    value: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
