"""The folder of a content package: its files, the ids they use and the problems found on the way."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from lti_tool.curriculum.problems import Problem
from lti_tool.domain.facts import Fact

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ID_LENGTH = 100
RESERVED = frozenset({"course"})


class Package:
    """Reads files of one package and collects every problem of one run.

    Paths are relative to the package and use `/`. `texts` holds what was read; `broken` names the files that
    could not be (and folders that are not there), so that one mistake is not reported twice.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.texts: dict[str, str] = {}
        self.facts: dict[str, Fact] = {}
        self.broken: set[str] = set()
        self._ids: dict[str, str] = {}
        self._folders, self._files = _walk(root)

    def report(self, path: str, line: int, message: str, advice: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(path, line, message, advice))

    def folders(self, inside: str = "") -> list[str]:
        """Names of the folders directly in `inside`, sorted."""
        return self._folders.get(inside, [])

    def files(self, inside: str = "") -> list[str]:
        """Names of the files directly in `inside`, sorted."""
        return self._files.get(inside, [])

    def folders_with(self, name: str, inside: str = "") -> list[str]:
        """Paths of the folders directly in `inside` that hold a file of this name."""
        paths = (f"{inside}/{folder}" if inside else folder for folder in self.folders(inside))
        return [path for path in paths if name in self.files(path)]

    def exists(self, path: str) -> bool:
        """Whether `path` is a file of the package, spelt exactly so (also on case-blind disks)."""
        folder, _, name = path.rpartition("/")
        return name in self.files(folder)

    def text(self, path: str, named_at: tuple[str, int] | None = None) -> str | None:
        """The text of a file, or None with a problem, noted where the file is named if that is known."""
        if not self.exists(path):
            self.missing(path, named_at or (path, 1))
            return None
        data = self._bytes(path)
        if path in self.broken:
            return None
        try:
            self.texts[path] = data.decode("utf-8-sig").replace("\r\n", "\n")
            return self.texts[path]
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.report(path, line, "this is not UTF-8 text", "save the file with the encoding UTF-8")
            self.broken.add(path)
            return None

    def missing(self, path: str, named_at: tuple[str, int]) -> None:
        """Note, at the place that names it, that a file is not there."""
        self.report(*named_at, f"there is no file {path}", "add it, or correct the name")
        self.broken.add(path)

    def may_hold(self, name: str) -> bool:
        """Whether something that could not be read may define the id `name`: a file that names it, or one
        that is not there and whose path shares the first part of the id (`m101-quiz`, `stage1/m101-roles/`).
        An id that was read counts too: what holds it was left out together with the broken file.
        """
        first = name.partition("-")[0]
        return any(
            name in self._ids or (name in self.texts[path] if path in self.texts else first in path)
            for path in self.broken
            if not path.endswith(".md") and "/assets/" not in path
        )

    def misspelt(self, path: str) -> bool:
        """Whether `path` is there but looks like a neighbour that was asked for and is not."""
        folder, _, name = path.rpartition("/")
        wanted = (other.rpartition("/") for other in self.broken if other not in self.texts)
        return bool(near(name, [other for inside, _, other in wanted if inside == folder]))

    def claimed(self, name: str) -> bool:
        """Whether the id has been taken, so that `place` knows it."""
        return name in self._ids

    def place(self, name: str) -> tuple[str, int]:
        """File and line of an id that has been claimed."""
        path, _, line = self._ids[name].rpartition(":")
        return path, int(line)

    def claim(self, name: str, path: str, line: int) -> None:
        """Take `name` as an id of this course; report bad syntax, a reserved word or a second use."""
        if len(name) > ID_LENGTH or not ID.fullmatch(name):
            self.report(path, line, f"bad id `{name}`", "use lower case letters, digits and single hyphens")
        elif name in RESERVED:
            self.report(path, line, f"the id `{name}` is reserved", "choose another id")
        elif name in self._ids:
            self.report(
                path, line, f"the id `{name}` is used twice", f"it is already used at {self._ids[name]}"
            )
        else:
            self._ids[name] = f"{path}:{line}"

    def paths(self) -> Iterator[str]:
        """Every file of the package, sorted; hidden files do not count."""
        every = (
            f"{folder}/{name}" if folder else name for folder, names in self._files.items() for name in names
        )
        yield from sorted(every)

    def digest(self) -> str:
        """SHA-256 over names and bytes of every file."""
        whole = hashlib.sha256()
        for path in self.paths():
            content = hashlib.sha256(self._bytes(path)).hexdigest()
            whole.update(f"{path}\0{content}\n".encode())
        return whole.hexdigest()

    def _bytes(self, path: str) -> bytes:
        """The content of a file, empty with a problem when the disk does not give it."""
        try:
            return (self.root / path).read_bytes()
        except OSError as error:
            self.report(path, 1, f"the file cannot be read ({error.strerror})", "check its permissions")
            self.broken.add(path)
            return b""


def near(name: str, names: Iterable[str]) -> list[str]:
    """The name among `names` that `name` may be a slip of, in a list of one; empty when none is close."""
    return get_close_matches(name, names, n=1, cutoff=0.8)


def correction(name: str, names: Iterable[str], otherwise: str) -> str:
    """Advice for a name that is not there."""
    found = near(name, names)
    return f"did you mean {found[0]}?" if found else otherwise


def _walk(root: Path) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    folders: dict[str, list[str]] = {}
    files: dict[str, list[str]] = {}
    for here, inner, names in os.walk(root):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        relative = Path(here).relative_to(root).as_posix()
        key = "" if relative == "." else relative
        folders[key] = list(inner)
        # A link that leads nowhere is no file.
        files[key] = sorted(
            name for name in names if name[0] != "." and os.path.isfile(os.path.join(here, name))
        )
    return folders, files
