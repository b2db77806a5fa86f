"""Line items, the scores we want the LMS to show, and every try to send one."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.storage.db import Base
from lti_tool.storage.people import Context, Person


class LineItem(Base):
    """The grade column of one content node in one context. `url` is empty until it is known."""

    __tablename__ = "line_item"
    __table_args__ = (UniqueConstraint("context_id", "node"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    node: Mapped[str] = mapped_column(String(100))
    url: Mapped[str] = mapped_column(String(1000), default="")
    from_launch: Mapped[bool] = mapped_column(default=False)
    """Whether the address came in a launch of the activity itself (as opposed to found or made by us)."""
    making_until: Mapped[datetime | None]
    """A worker is looking for the column or making it; until then no other may, or there would be two."""
    wanted: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether grades are sent there: a teacher may do without columns that belong to no activity."""
    wish: Mapped[str] = mapped_column(String(10), default="", server_default="")
    """What a worker shall do with it in the LMS: `make`, `drop`, `name` (write its node into it), or nothing."""

    language: Mapped[str] = mapped_column(String(2), default="ja", server_default="ja")
    """Of its name, where we make it: that of the teacher who chose it."""

    context: Mapped[Context] = relationship()


class ScoreReport(Base):
    """The state we want for (line item, person): only the newest matters.

    `state`: queued, sending, delivered (the LMS said 2xx), confirmed (read back: it shows what was sent), drifted (it
    shows something else, which only a teacher's choice replaces), held (a person must act), not_applicable.
    `reason` of held and not_applicable says why; of drifted it is empty (the teacher must choose), `overridden`
    (ours was sent once more as chosen, and the LMS still shows its own: a person must act there), or `kept` (the
    teacher keeps the LMS's value).
    `timestamp` is what the LMS orders scores by; it rises by at least a whole second with every change.
    """

    __tablename__ = "score_report"
    __table_args__ = (
        UniqueConstraint("line_item_id", "person_id"),
        Index("ix_score_report_due", "state", "next_try_at"),
        Index("ix_score_report_ledger", "line_item_id", "state", "reason", "timestamp"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_item.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    percent: Mapped[int]
    comment: Mapped[str] = mapped_column(default="")
    submitted_at: Mapped[datetime]
    timestamp: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(50), default="")
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    """Of a delivered report: when to look what the LMS shows."""
    claimed_until: Mapped[datetime | None]
    """A worker is sending it; after this time another may take over."""
    delivered_at: Mapped[datetime | None]
    shown: Mapped[float | None]
    """Percent that the LMS showed when it was read last; None: nothing, or never read."""
    shown_at: Mapped[datetime | None]
    """When it was first seen to show this."""
    shown_words: Mapped[str] = mapped_column(String(500), default="", server_default="")
    """The comment beside it, as the LMS tells it."""
    shown_since: Mapped[datetime | None]
    """When that was entered, where the LMS tells."""
    shown_by: Mapped[str] = mapped_column(String(255), default="", server_default="")
    """`sub` of who entered it, where the LMS tells."""
    overrule: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A teacher chose to send ours over what the LMS shows; until it shows ours."""
    overtaken: Mapped[list[list[Any]]] = mapped_column(JSON, default=list, server_default="[]")
    """[percent, comment] of ours that the LMS may still show: all wishes since the one it received last, and that."""
    origin: Mapped[str] = mapped_column(String(32), default="", server_default="")
    """The trace of the launch under which the grade came to be, as the logs have it."""

    line_item: Mapped[LineItem] = relationship()
    person: Mapped[Person] = relationship()
    deliveries: Mapped[list["ScoreDelivery"]] = relationship(
        back_populates="report", order_by="ScoreDelivery.id"
    )


class Reading(Base):
    """How what the LMS shows in a column was read last, and when it is to be read again."""

    __tablename__ = "reading"

    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_item.id"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    rest_until: Mapped[datetime]
    """Not before, even if scores were delivered."""
    claimed_until: Mapped[datetime | None]
    """A worker reads it until then; afterwards another takes over."""
    read_at: Mapped[datetime | None]
    """When it was read last with success."""
    reason: Mapped[str] = mapped_column(String(20), default="")
    """Why it could not be read the last time; empty when it could."""

    line_item: Mapped[LineItem] = relationship()


class ScoreDelivery(Base):
    """One try, never changed: what was sent and what the LMS answered."""

    __tablename__ = "score_delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("score_report.id"), index=True)
    at: Mapped[datetime]
    percent: Mapped[int]
    timestamp: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(20))
    """delivered, retry, held, not_applicable, drifted (not taken, or not sent: a person's value is there)."""
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(String(500), default="")

    report: Mapped[ScoreReport] = relationship(back_populates="deliveries")


class AccessToken(Base):
    """A service token, shared by all processes, kept until shortly before it expires."""

    __tablename__ = "access_token"

    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"), primary_key=True)
    scopes: Mapped[str] = mapped_column(String(700), primary_key=True)
    token: Mapped[str]
    granted: Mapped[str] = mapped_column(String(700), server_default="")
    """The scopes the LMS gave of those asked for, separated by spaces."""
    expires_at: Mapped[datetime]
