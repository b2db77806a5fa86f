"""Line items, the scores we want the LMS to show, and every try to send one."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, true
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

    `state`: queued, sending, delivered, held (a person must act; `reason` says why), not_applicable.
    `timestamp` is what the LMS orders scores by; it rises by at least a whole second with every change.
    """

    __tablename__ = "score_report"
    __table_args__ = (
        UniqueConstraint("line_item_id", "person_id"),
        Index("ix_score_report_due", "state", "next_try_at"),
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
    claimed_until: Mapped[datetime | None]
    """A worker is sending it; after this time another may take over."""
    delivered_at: Mapped[datetime | None]

    line_item: Mapped[LineItem] = relationship()
    person: Mapped[Person] = relationship()
    deliveries: Mapped[list["ScoreDelivery"]] = relationship(
        back_populates="report", order_by="ScoreDelivery.id"
    )


class ScoreDelivery(Base):
    """One try, never changed: what was sent and what the LMS answered."""

    __tablename__ = "score_delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("score_report.id"), index=True)
    at: Mapped[datetime]
    percent: Mapped[int]
    timestamp: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(20))
    """delivered, retry, held, not_applicable."""
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
