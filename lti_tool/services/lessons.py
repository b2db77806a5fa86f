"""Reading lessons."""

from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.course import Course, Lesson, Module, Stage
from lti_tool.services.who import Who
from lti_tool.storage.db import Session


@dataclass(frozen=True)
class LessonPage:
    """A lesson with its place. `previous` and `following` are its neighbours in the same module."""

    lesson: Lesson
    module: Module
    stage: Stage
    previous: Lesson | None
    following: Lesson | None
    read: bool


def open_lesson(session: Session, course: Course, who: Who, lesson_id: str) -> LessonPage:
    """The lesson, if it is open. Raises NotFound, Locked."""
    raise NotImplementedError


def finish(session: Session, course: Course, who: Who, lesson_id: str, now: datetime) -> None:
    """Remember that a learner has read the lesson; again changes nothing. Raises NotFound, Locked."""
    raise NotImplementedError
