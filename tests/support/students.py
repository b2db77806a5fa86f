"""Students of a tool that runs as a process: launched once, then at work over real http, as behind a proxy."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import requests
from support import launching, tokens
from support.launching import BASE, Launched
from support.pages import hand_in, pass_quiz

from lti_tool.app import create_app, utc_now
from lti_tool.commands.common import prepared
from lti_tool.config import load
from lti_tool.curriculum.load import sound
from lti_tool.domain.course import Course
from lti_tool.storage.db import Engine
from lti_tool.web.current import Parts

QUIZ, ASSIGNMENT = "t101-quiz", "t101-assignment"
HOST = BASE.partition("//")[2]


@dataclass(frozen=True)
class Answer:
    """What came back, by the names that Flask's test client uses."""

    status_code: int
    text: str
    mimetype: str
    location: str


@dataclass
class Browser:
    """One browser at `address`, with the cookie of one launch. Stands for Flask's test client in `Launched`."""

    address: str
    cookie: str

    def get(self, path: str, **options: Any) -> Answer:
        return self._ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> Answer:
        return self._ask("POST", path, **options)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        base_url: str,
        follow_redirects: bool = False,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        sent = {**(headers or {}), "Host": HOST, "X-Forwarded-Proto": "https", "Cookie": self.cookie}
        files = {name: value for name, value in (data or {}).items() if isinstance(value, tuple)}
        values = {name: value for name, value in (data or {}).items() if name not in files}
        found = requests.request(
            method,
            self.address + path,
            data=values,
            files={name: (label, stream) for name, (stream, label) in files.items()} or None,
            headers=sent,
            allow_redirects=False,
            timeout=60,
        )
        assert found.status_code < 500, f"{method} {path}: {found.status_code}"
        location = found.headers.get("Location", "")
        if follow_redirects and location:
            return self._ask("GET", urljoin(path, location), base_url=base_url)
        return Answer(
            found.status_code, found.text, found.headers["Content-Type"].partition(";")[0], location
        )


@dataclass(frozen=True)
class Handed:
    """What a student was told had arrived."""

    sub: str
    text: str
    file: bytes


@dataclass
class School:
    """An installation and its students, launched by its own code before the servers start."""

    env: dict[str, str]
    engine: Engine = field(init=False)
    course: Course = field(init=False)
    students: dict[str, Launched] = field(default_factory=dict)

    def __post_init__(self) -> None:
        settings = load(self.env)
        self.engine, self.course = prepared(settings), sound(settings.content)
        launching.register_platform(self.engine, utc_now())

    def launch(self, count: int) -> None:
        """Have so many students open the course."""
        app = create_app(load(self.env), course=self.course, engine=self.engine)
        parts: Parts = app.extensions["lti_tool"]
        parts.key_sets.preload(tokens.JWKS_URL, tokens.jwks())
        for number in range(count):
            sub = f"s{number}"
            self.students[sub] = launching.launch(app, utc_now(), sub=sub, name=f"Student {number}")

    def browser(self, sub: str, address: str) -> Launched:
        """The open launch of a student, in a browser at `address`."""
        launched = self.students[sub]
        (cookie,) = [one.value for one in launched.client._cookies.values() if one.key == "lti_launch"]
        return Launched(Browser(address, f"lti_launch={cookie}"), launched.root, "")  # type: ignore[arg-type]

    def work(self, sub: str, address: str) -> Handed:
        """Hand in a text with a file, pass the quiz; what was said to have arrived."""
        browser = self.browser(sub, address)
        text, file = f"work of {sub}", b"%PDF-1.7\n" + sub.encode() * 500
        data = {"text": text, "file": (BytesIO(file), "work.pdf")}
        saved = browser.post(f"assignments/{ASSIGNMENT}/draft", data)
        assert saved.status_code == 200, saved.text
        handed = hand_in(browser, ASSIGNMENT, text)
        assert handed.status_code == 200, handed.text
        result = pass_quiz(browser, self.course, QUIZ)
        assert result.status_code == 200, result.text
        return Handed(sub, text, file)


class Crowd:
    """Students at work in some threads, one after the other, until told to stop; the first fault is told."""

    def __init__(self, work: Callable[[str], Handed], subs: list[str]) -> None:
        self._work, self._waiting = work, subs[::-1]
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self.done: list[Handed] = []
        self.faults: list[BaseException] = []

    def _run(self) -> None:
        while not self.faults and not self._stopping.is_set():
            with self._lock:
                if not self._waiting:
                    return
                sub = self._waiting.pop()
            try:
                self.done.append(self._work(sub))
            except BaseException as fault:
                self.faults.append(fault)

    @contextmanager
    def at_work(self, threads: int) -> Iterator["Crowd"]:
        """For as long as the block runs; who is at it finishes. Raises the first fault of a student."""
        running = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]
        for thread in running:
            thread.start()
        try:
            yield self
        finally:
            self._stopping.set()
            for thread in running:
                thread.join()
        if self.faults:
            raise self.faults[0]
