"""Signs of life of the workers."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.storage.db import Base


class WorkerBeat(Base):
    """A process that does background work, and when it came round last."""

    __tablename__ = "worker_beat"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    """Machine and process number."""
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
