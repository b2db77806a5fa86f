"""Reading lessons."""

from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.course import Course, Lesson, Module, Stage
from lti_tool.errors import NotFound
from lti_tool.services.gating import require_open
from lti_tool.services.who import Who
from lti_tool.storage import work_queries
from lti_tool.storage.db import Session
from lti_tool.storage.work import LessonRead


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
    lesson, module, stage = _open(session, course, who, lesson_id)
    place = module.lessons.index(lesson)
    return LessonPage(
        lesson=lesson,
        module=module,
        stage=stage,
        previous=module.lessons[place - 1] if place else None,
        following=module.lessons[place + 1] if place + 1 < len(module.lessons) else None,
        read=who.learner and lesson.id in work_queries.lessons_read(session, who.person_id, who.context_id),
    )


def finish(session: Session, course: Course, who: Who, lesson_id: str, now: datetime) -> None:
    """Remember that a learner has read the lesson; again changes nothing. Raises NotFound, Locked."""
    lesson, _module, _stage = _open(session, course, who, lesson_id)
    if not who.learner or lesson.id in work_queries.lessons_read(session, who.person_id, who.context_id):
        return
    row = LessonRead(person_id=who.person_id, context_id=who.context_id, lesson=lesson.id, read_at=now)
    work_queries.insert_once(session, row)


def _open(session: Session, course: Course, who: Who, lesson_id: str) -> tuple[Lesson, Module, Stage]:
    node = require_open(session, course, who, lesson_id)
    stage, module = course.places[lesson_id]
    if not isinstance(node, Lesson) or module is None:
        raise NotFound(lesson_id)
    return node, module, stage
