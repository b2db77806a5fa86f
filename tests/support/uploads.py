"""Files for assignments in tests: an assignment that takes them, and one to hand in."""

import io
from datetime import datetime

from sqlalchemy.orm import Session
from support.work import FIRST, with_rules

from lti_tool.domain.course import Course
from lti_tool.services import assignments
from lti_tool.services.assignments import Work
from lti_tool.services.who import Who
from lti_tool.storage.files import FileStore

PDF = b"%PDF-1.7\n" + b"page\n" * 2000


def takes_files(course: Course) -> Course:
    """The course whose first assignment takes a text and up to two files of at most a megabyte."""
    return with_rules(course, files=("pdf", "csv"), max_files=2, max_mb=1)


def add(
    session: Session,
    course: Course,
    store: FileStore,
    who: Who,
    now: datetime,
    name: str = "観察シート.pdf",
    content: bytes = PDF,
) -> int:
    """Add a file to the draft of the first assignment; answers the id of the upload."""
    return assignments.add_file(session, course, store, who, FIRST, name, io.BytesIO(content), now).id


def work(session: Session, course: Course, who: Who) -> Work:
    """The work on the first assignment as the database holds it."""
    session.expire_all()
    return assignments.work(session, course, who, FIRST)
