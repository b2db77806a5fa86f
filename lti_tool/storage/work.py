"""What students do: lessons read, quiz attempts, submissions with their versions, files and reviews."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.storage.db import Base
from lti_tool.storage.people import Context, Person


class LessonRead(Base):
    """A lesson page that a person has finished in a context."""

    __tablename__ = "lesson_read"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"), primary_key=True)
    lesson: Mapped[str] = mapped_column(String(100), primary_key=True)
    read_at: Mapped[datetime]


class QuizVersion(Base):
    """A quiz as it was when an attempt began, so that editing the course never changes a running attempt."""

    __tablename__ = "quiz_version"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    quiz: Mapped[str] = mapped_column(String(100))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class Attempt(Base):
    """One try at a quiz. `paper` is what was drawn and in which order it is shown."""

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("person_id", "context_id", "quiz", "preview", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"), index=True)
    quiz: Mapped[str] = mapped_column(String(100))
    preview: Mapped[bool] = mapped_column(default=False)
    """Made by staff to look: never counted or reported, even if the same person is a learner later."""
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(ForeignKey("quiz_version.digest"))
    paper: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    percent: Mapped[int | None]
    """Result, 0-100, rounded down; None while the attempt runs."""
    passed: Mapped[bool | None]

    answers: Mapped[list["Answer"]] = relationship(back_populates="attempt")


class AttemptGrant(Base):
    """A teacher's leave to try a quiz again before the waiting time is over, with the reason."""

    __tablename__ = "attempt_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    quiz: Mapped[str] = mapped_column(String(100))
    granted_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime]
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempt.id"))
    """The attempt it was used for; None: not used yet."""


class Answer(Base):
    """The newest response to one question of an attempt; `credit` (0-100) only after submission."""

    __tablename__ = "answer"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    question: Mapped[str] = mapped_column(String(100), primary_key=True)
    response: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime]
    credit: Mapped[int | None]

    attempt: Mapped[Attempt] = relationship(back_populates="answers")


class StartTry(Base):
    """Somebody's answers to the start check: the newest that were finished are kept, and those being given.

    `answers`: chosen option by question, in the check of `digest`. `percents`: result by area, once finished.
    """

    __tablename__ = "start_try"
    __table_args__ = (Index(None, "context_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    route: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64))
    answers: Mapped[dict[str, int]] = mapped_column(JSON)
    percents: Mapped[dict[str, int]] = mapped_column(JSON)
    saved_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Submission(Base):
    """A person's work on one assignment in one context, over all its versions.

    `state`: draft -> submitted -> returned (for resubmission) -> submitted -> graded.
    """

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("person_id", "context_id", "assignment"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"), index=True)
    assignment: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))
    percent: Mapped[int | None]
    """Result of the newest grading, 0-100."""
    passed: Mapped[bool | None]

    person: Mapped[Person] = relationship()
    context: Mapped[Context] = relationship()
    versions: Mapped[list["Version"]] = relationship(back_populates="submission", order_by="Version.number")


class Version(Base):
    """A draft (`submitted_at` None: at most one, the newest) or something handed in, which never changes again."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("submission_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]

    submission: Mapped[Submission] = relationship(back_populates="versions")
    uploads: Mapped[list["Upload"]] = relationship(back_populates="version", order_by="Upload.id")
    reviews: Mapped[list["Review"]] = relationship(back_populates="version", order_by="Review.id")


class Upload(Base):
    """A file of a version. `key` names it in the file store; `name` is what the student called it."""

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(200))
    uploaded_at: Mapped[datetime]

    version: Mapped[Version] = relationship(back_populates="uploads")


class Review(Base):
    """A judgement of one version: levels (1-4) by criterion code, comment, outcome `returned` or `graded`."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    levels: Mapped[dict[str, int]] = mapped_column(JSON)
    comment: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(String(20))
    percent: Mapped[int | None]
    passed: Mapped[bool | None]
    created_at: Mapped[datetime]

    version: Mapped[Version] = relationship(back_populates="reviews")
    reviewer: Mapped[Person] = relationship()
