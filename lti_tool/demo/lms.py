"""The demo LMS as one object: its settings, its memory, and what is only true for a while."""

import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, NoReturn, TypeVar, cast
from urllib.parse import urlsplit

from flask import Response, abort, current_app

from lti_tool.demo.faults import FaultSwitch
from lti_tool.demo.people import COURSES, Course, Person
from lti_tool.demo.state import Activity, Column, Grade, State
from lti_tool.demo.tool_keys import ToolKeys

EXTENSION = "demo_lms"
TYPE_ID = "1"
"""This LMS knows one tool: the number stands in its service addresses and is its deployment id."""

ACCEPTED = 10_000

T = TypeVar("T")


@dataclass(frozen=True)
class Placement:
    """An activity that is there at the first start, as if a teacher had placed it by deep linking."""

    node: str
    title_ja: str
    title_en: str
    graded: bool
    course: str = next(iter(COURSES))


@dataclass(frozen=True)
class DemoConfig:
    """Where browsers and the tool reach the LMS, where it keeps its file, what it begins with."""

    base_url: str
    data: Path
    activities: tuple[Placement, ...] = ()

    @property
    def path(self) -> Path:
        return self.data / "demo-lms.json"


@dataclass(frozen=True)
class Message:
    """An LTI message on its way to the tool. `activity` None makes it a deep linking request."""

    person: Person
    course: Course
    activity: Activity | None
    language: str
    target: Literal["iframe", "window"]


class Tickets(Generic[T]):
    """Values handed out under a key that nobody can guess, for `lifetime` seconds, in memory only."""

    def __init__(self, lifetime: int) -> None:
        self.lifetime = lifetime
        self._lock = threading.Lock()
        self._held: dict[str, tuple[float, T]] = {}

    def issue(self, value: T, key: str | None = None) -> str:
        """Keep `value` and return its key."""
        key = key or secrets.token_urlsafe(24)
        now = time.time()
        with self._lock:
            self._held = {name: held for name, held in self._held.items() if held[0] > now}
            self._held[key] = (now + self.lifetime, value)
        return key

    def look(self, key: str) -> T | None:
        """The value, left where it is."""
        with self._lock:
            until, value = self._held.get(key, (0.0, None))
        return value if until > time.time() else None

    def take(self, key: str) -> T | None:
        """The value, once: the next to ask gets None."""
        value = self.look(key)
        with self._lock:
            return value if self._held.pop(key, None) is not None else None


class Lms:
    """All parts that the pages and the protocol endpoints share."""

    def __init__(self, config: DemoConfig) -> None:
        self.config = config
        self.state = State(config.path)
        self.faults = FaultSwitch()
        self.storage = False
        """Whether pages keep values for tools (platform storage), and logins say so. A restart forgets it."""
        self.clock: Callable[[], float] = time.time
        self.shift = 0
        """Seconds that the clock of this LMS is ahead of the machine's. A restart sets it right."""
        self.tool_keys = ToolKeys(self.now)
        self.accepted: deque[Grade] = deque(maxlen=ACCEPTED)
        """The last scores that were taken, oldest first, with those that others have replaced since."""
        self.hints: Tickets[Message] = Tickets(300)
        self.invitations: Tickets[str] = Tickets(3600)
        """Registration tokens not yet used: jti -> client_id."""
        self.tokens: Tickets[frozenset[str]] = Tickets(3600)
        """Access tokens: value -> scopes."""
        self.returns: Tickets[Message] = Tickets(3600)
        """Open deep linking requests, by the last part of their return address."""
        if self.state.fresh:
            self._place(config.activities)

    def now(self) -> float:
        """Unix seconds by the clock of this LMS."""
        return self.clock() + self.shift

    def url(self, path: str) -> str:
        return self.config.base_url.rstrip("/") + path

    def courses(self) -> dict[str, Course]:
        """Every course by id."""
        with self.state.read() as data:
            return data.courses()

    def lineitems_url(self, course: str) -> str:
        return self.url(f"/services/{course}/lineitems?type_id={TYPE_ID}")

    def lineitem_url(self, column: Column) -> str:
        return self.url(f"/services/{column.course}/lineitems/{column.id}/lineitem?type_id={TYPE_ID}")

    def memberships_url(self, course: str) -> str:
        return self.url(f"/services/CourseSection/{course}/bindings/{TYPE_ID}/memberships")

    def tool_origins(self) -> list[str]:
        """Origins that our pages may frame and post to."""
        registration = self.state.registration
        if registration is None:
            return []
        addresses = [
            registration.initiate_login_uri,
            registration.target_link_uri,
            *registration.redirect_uris,
        ]
        return sorted({found for address in addresses if (found := origin(address))})

    def _place(self, placements: tuple[Placement, ...]) -> None:
        with self.state.change() as data:
            for placement in placements:
                activity = Activity(
                    id=data.next_id(),
                    course=placement.course,
                    titles={"": placement.title_en, "ja": placement.title_ja},
                    text="",
                    url="",
                    custom={"node": placement.node},
                    column=None,
                )
                data.activities[activity.id] = activity
                if placement.graded:
                    activity.column = data.next_id()
                    data.columns[activity.column] = Column(
                        id=activity.column,
                        course=placement.course,
                        label=placement.title_ja,
                        maximum=100,
                        resource_id=placement.node,
                        link_id=activity.id,
                    )


def origin(address: str) -> str | None:
    """Scheme, host and port of a web address; None when it is not one that could stand in a header."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    found = f"{parts.scheme}://{parts.netloc}"
    return (
        found
        if re.fullmatch(r"https?://[\w.-]+(:\d+)?|https?://\[[0-9a-fA-F:]+\](:\d+)?", found, re.ASCII)
        else None
    )


def lms() -> Lms:
    """The LMS of the present request."""
    return cast(Lms, current_app.extensions[EXTENSION])


def refuse(status: int, reason: str, body: str = "[]", media_type: str = "application/json") -> NoReturn:
    """End the request as Moodle's services do: an empty list, the reason only in the status line."""
    abort(Response(body, status=f"{status} {reason}", content_type=media_type))
