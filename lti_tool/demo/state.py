"""Everything the demo LMS remembers, in one JSON file: keys, registration, activities, columns, grades."""

import json
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lti_tool.demo.keys import Key, new_key
from lti_tool.demo.people import COURSES, Course
from lti_tool.errors import ConfigError

KEYS_PUBLISHED = 2
"""The signing key and the one before it: an id_token signed just before a rotation still verifies."""


@dataclass
class Registration:
    """What the tool told us about itself when it registered (1EdTech dynamic registration 1.0 §3.5.2)."""

    client_id: str
    deployment_id: str
    names: dict[str, str]
    domain: str
    initiate_login_uri: str
    redirect_uris: list[str]
    jwks_uri: str
    target_link_uri: str
    deep_linking_uri: str
    scopes: list[str]
    claims: list[str]
    custom: dict[str, str]

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names[""]


@dataclass
class Activity:
    """A resource link in a course. `column` names its grade column, None when it is not graded."""

    id: str
    course: str
    titles: dict[str, str]
    """Title by language; "" is used for every language that is not named."""
    text: str
    url: str
    """Target of the launch; empty means the one the tool registered."""
    custom: dict[str, str]
    column: str | None

    def title(self, language: str) -> str:
        return self.titles.get(language) or self.titles[""]


@dataclass
class Column:
    """A grade column, called line item by the services (AGS 2.0 §3.2)."""

    id: str
    course: str
    label: str
    maximum: float
    resource_id: str | None = None
    tag: str | None = None
    link_id: str | None = None
    locked: bool = False
    """No grade in it can be changed."""
    text: bool = False
    """It keeps words and no grades, although scores for it are answered as ever."""


@dataclass
class Grade:
    """A stored grade. `score` is out of the column's maximum; times are Unix seconds."""

    column: str
    person: str
    score: float
    comment: str
    timestamp: float
    """When the tool says the score was given: the next one must be later by a whole second."""
    received: float
    """When we got it, by our clock."""
    overridden: float | None = None
    """What a teacher entered: that is the grade, whatever the tool sends, until the teacher takes it off."""
    by_hand: bool = False
    """The tool never sent one."""

    @property
    def final(self) -> float:
        """The grade that counts and that is shown."""
        return self.score if self.overridden is None else self.overridden


@dataclass
class Data:
    """The whole memory; the file holds exactly this."""

    secret: str
    keys: list[Key]
    registration: Registration | None = None
    activities: dict[str, Activity] = field(default_factory=dict)
    columns: dict[str, Column] = field(default_factory=dict)
    grades: dict[str, Grade] = field(default_factory=dict)
    copies: dict[str, Course] = field(default_factory=dict)
    """Courses made of others, besides those there always are."""
    last_id: int = 0
    """Ids are numbers that are never given twice, not even after a deletion."""

    def next_id(self) -> str:
        self.last_id += 1
        return str(self.last_id)

    def grade(self, column: str, person: str) -> Grade | None:
        return self.grades.get(f"{column}/{person}")

    def keep_grade(self, grade: Grade) -> None:
        self.grades[f"{grade.column}/{grade.person}"] = grade

    def erase_grade(self, column: str, person: str) -> None:
        self.grades.pop(f"{column}/{person}", None)

    def courses(self) -> dict[str, Course]:
        """Every course by id."""
        return COURSES | self.copies

    def course_columns(self, course: str) -> list[Column]:
        return [column for column in self.columns.values() if column.course == course]

    def course_activities(self, course: str) -> list[Activity]:
        return [activity for activity in self.activities.values() if activity.course == course]


class State:
    """The memory and its file, safe for the threads of one process.

    Raises ConfigError when the file is there but is not ours to read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self.fresh = not path.exists()
        """Whether this is the first start: nothing was remembered."""
        if self.fresh:
            self._data = Data(secret=secrets.token_urlsafe(32), keys=[new_key()])
            self._save()
        else:
            self._data = _load(path)

    @contextmanager
    def read(self) -> Iterator[Data]:
        """The memory, held still while the block runs."""
        with self._lock:
            yield self._data

    @contextmanager
    def change(self) -> Iterator[Data]:
        """As `read`, and written to the file when the block ends well. Check first, then change."""
        with self._lock:
            yield self._data
            self._save()

    @property
    def registration(self) -> Registration | None:
        with self._lock:
            return self._data.registration

    @property
    def secret(self) -> str:
        """Signs the session cookie of the pages."""
        return self._data.secret

    def signing_key(self) -> Key:
        with self._lock:
            return self._data.keys[-1]

    def public_keys(self) -> list[dict[str, Any]]:
        """The published keys as JWKs, newest last."""
        with self._lock:
            keys = list(self._data.keys)
        return [key.public() for key in keys]

    def rotate_key(self) -> None:
        """Sign with a new key from now on; the one before stays published for the tokens on their way."""
        key = new_key()
        with self.change() as data:
            data.keys = [*data.keys, key][-KEYS_PUBLISHED:]

    def _save(self) -> None:
        """Write beside the file and rename: a crash leaves the old or the new file, never half of one."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(".new")
        with os.fdopen(
            os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as file:
            json.dump(asdict(self._data), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)


def _load(path: Path) -> Data:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        registration = raw["registration"]
        return Data(
            secret=raw["secret"],
            keys=[Key(**item) for item in raw["keys"]],
            registration=Registration(**registration) if registration else None,
            activities={name: Activity(**item) for name, item in raw["activities"].items()},
            columns={name: Column(**item) for name, item in raw["columns"].items()},
            grades={name: Grade(**item) for name, item in raw["grades"].items()},
            copies={
                name: Course(**{**item, "history": tuple(item["history"])})
                for name, item in raw.get("copies", {}).items()
            },
            last_id=raw["last_id"],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"{path} does not hold the state of a demo LMS of this version; delete it to begin anew"
        ) from error
