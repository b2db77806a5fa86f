"""Reading lessons."""

from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.course import Course, Lesson, Module, Stage
from lti_tool.errors import NotFound
from lti_tool.services import gating
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
    standing = gating.standing(session, course, who)
    lesson, module, stage = _open(course, standing, lesson_id)
    place = module.lessons.index(lesson)
    return LessonPage(
        lesson=lesson,
        module=module,
        stage=stage,
        previous=module.lessons[place - 1] if place else None,
        following=module.lessons[place + 1] if place + 1 < len(module.lessons) else None,
        read=lesson.id in standing.progress.lessons,
    )


def finish(session: Session, course: Course, who: Who, lesson_id: str, now: datetime) -> None:
    """Remember that a learner has read the lesson; again changes nothing. Raises NotFound, Locked."""
    standing = gating.standing(session, course, who)
    lesson, _module, _stage = _open(course, standing, lesson_id)
    if not who.learner or lesson.id in standing.progress.lessons:
        return
    row = LessonRead(person_id=who.person_id, context_id=who.context_id, lesson=lesson.id, read_at=now)
    work_queries.insert_once(session, row)


def _open(course: Course, standing: gating.Standing, lesson_id: str) -> tuple[Lesson, Module, Stage]:
    node = standing.require_open(lesson_id)
    stage, module = course.places[lesson_id]
    if not isinstance(node, Lesson) or module is None:
        raise NotFound(lesson_id)
    return node, module, stage
