"""The wire between the tool and the demo LMS in one process, on which workers can be killed and others come between.

Every call of the tool runs the LMS's own WSGI app, with the faults that are switched on there. Before and after each
call, and before each commit, the worker may die: from then on nothing it does has any effect.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import event
from support.delivering import Wire

from lti_tool.demo.app import lms_of
from lti_tool.errors import Exchange, Unreachable
from lti_tool.lti.http import Answer, retry_after
from lti_tool.storage.db import Engine

JOINED = 30
"""Seconds that a worker's threads have to end."""


class KilledError(BaseException):
    """What `kill -9` is to a process, this is to a worker here: nothing catches it, nothing is put in order."""


class Fate:
    """Counts the moments at which a worker could die, and lets it die at one of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: int | None = None
        self._dead = self._working = False
        self.kills = 0

    @contextmanager
    def working(self, kill_at: int | None) -> Iterator[None]:
        """A worker that dies at the moment of that number, if there are so many."""
        self._left, self._dead, self._working = kill_at, False, True
        try:
            yield
        except KilledError:
            self.kills += 1
        finally:
            for thread in threading.enumerate():
                if thread.name == "courier":
                    thread.join(JOINED)  # the dead do nothing more while the next one works
            self._left, self._dead, self._working = None, False, False

    def moment(self, *_about: object) -> None:
        """One of those moments. A dead worker stays dead, in all its threads."""
        with self._lock:
            if self._left is not None and self._working:
                self._left -= 1
                self._dead = self._dead or self._left < 0
            if self._dead:
                raise KilledError


@contextmanager
def mortal(engine: Engine) -> Iterator[Fate]:
    """Workers on this database can die before each commit."""
    fate = Fate()
    event.listen(engine, "commit", fate.moment)
    try:
        yield fate
    finally:
        event.remove(engine, "commit", fate.moment)


class Line(Wire):
    """The wire. `distrusted`: so many calls from now find a certificate that nobody has signed."""

    def __init__(self, app: Flask, fate: Fate) -> None:
        super().__init__(app)
        self._lms = lms_of(app)
        self.fate = fate
        self._lock = threading.Lock()
        self.distrusted = 0
        self.between: Callable[[], None] | None = None
        """Happens before the next call, once."""
        self.graded: set[str] = set()
        """Everybody for whom a score was ever sent."""
        self.unwanted: set[str] = set()
        """Addresses of columns that are to get no grades."""
        self.intruded: list[str] = []
        """Addresses among them to which one was sent."""
        self.doubled: list[str] = []
        """Nodes for which a column was made although there was one."""

    def _call(self, method: str, url: str, bearer: str, *, headers: dict[str, str], **body: Any) -> Answer:
        self.fate.moment()
        with self._lock:
            between, self.between = self.between, None
            trusted, self.distrusted = self.distrusted <= 0, max(self.distrusted - 1, 0)
        self._watch(method, url, body)
        if between is not None:
            between()
        if not trusted:
            raise Unreachable("no trusted https connection", Exchange(method, url))
        try:
            found = super()._call(method, url, bearer, headers=headers, **body)
        except ConnectionAbortedError:
            self.fate.moment()
            raise Unreachable("the connection broke off", Exchange(method, url)) from None
        self.fate.moment()
        wait = retry_after(found.headers.get("Retry-After", ""), datetime.now(UTC))
        return Answer(method, url, found.status, found.reason, found.headers, found.body, wait)

    def _watch(self, method: str, url: str, body: dict[str, Any]) -> None:
        path = urlsplit(url).path
        if method == "POST" and path.endswith("/scores"):
            self.graded.add(str(body["json"]["userId"]))
            if url.replace("/scores", "") in self.unwanted:
                self.intruded.append(url)
        if method == "POST" and path.endswith("/lineitems"):
            node = body["json"]["resourceId"]
            with self._lms.state.read() as data:
                if any(column.resource_id == node for column in data.columns.values()):
                    self.doubled.append(node)
