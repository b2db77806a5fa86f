"""What a view may ask for: the course, this request's database session, the launch, the time, the language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app, g, request

from lti_tool.config import Settings
from lti_tool.domain.course import Course, Lang
from lti_tool.lti.http import Http
from lti_tool.lti.keys import KeySets
from lti_tool.services.launches import Platforms, Visit
from lti_tool.services.who import Who
from lti_tool.storage.db import Engine, Session, open_session
from lti_tool.storage.files import FileStore


@dataclass(frozen=True)
class Parts:
    """What the application is made of; put together once, in `app.create_app`."""

    settings: Settings
    course: Course
    engine: Engine
    http: Http
    key_sets: KeySets
    platforms: Platforms
    files: FileStore
    clock: Callable[[], datetime]
    wake: Callable[[], None]


def parts() -> Parts:
    """The parts of the running application."""
    return cast(Parts, current_app.extensions["lti_tool"])


def course() -> Course:
    """The course, in memory."""
    return parts().course


def files() -> FileStore:
    """Where uploads are kept."""
    return parts().files


def now() -> datetime:
    """This moment, aware UTC; the same for the whole request."""
    moment: datetime | None = g.get("now")
    if moment is None:
        moment = g.now = parts().clock()
    return moment


def db(*, writes: bool | None = None) -> Session:
    """The session of this request. Committed or rolled back in `unit`, nowhere else.

    Requests that change nothing (GET, or `writes` False at the first call) do not queue for SQLite's one writer.
    """
    session: Session | None = g.get("session")
    if session is None:
        changes = request.method not in {"GET", "HEAD", "OPTIONS"} if writes is None else writes
        session = g.session = open_session(parts().engine, writes=changes)
        g.writes = changes
    return session


def release() -> None:
    """End this request's session before a long call to elsewhere: nobody shall wait for the database meanwhile."""
    if "session" in g:
        g.pop("session").close()
        g.writes = False


def launch() -> Visit:
    """The launch whose page this is. Set by `access` before any launched view runs."""
    return cast(Visit, g.launch)


def who() -> Who:
    """The person of the launch, with the role of this launch."""
    visit = launch()
    return Who(visit.person_id, visit.context_id, visit.role)


def lang() -> Lang:
    """The language of this page: of its launch, or else the one that the browser likes best."""
    visit = g.get("launch")
    if visit is not None:
        return cast(Lang, visit.language)
    return "ja" if request.accept_languages.best_match(["ja", "en"], "ja") == "ja" else "en"
