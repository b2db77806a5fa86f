"""YAML as content files use it: maps, lists and strings, each with the line it stands on.

Built from parser events, because every trap of YAML lies in what the usual loader does next: `no` becomes
false, `1:30` becomes 90, a second `answers:` silently replaces the first, `*word` is an alias.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from lti_tool.curriculum.package import Package

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

QUOTE = "put text that starts with * [ { @ % in quotes or after |"
QUOTE_COLON = 'put text that contains ": " in quotes or after |, and check the indentation'
ADVICE = (
    ("tab character", "indent with spaces, not with tabs"),
    ("end of stream", "close the quotation mark that opens here"),
    ("expected ',' or", "close the bracket that opens here, and put text with : , [ ] { } in quotes"),
    ("unknown escape", "write \\\\ for a backslash between double quotes"),
    ("mapping values", QUOTE_COLON),
    ("nested", "write fewer levels"),
    ("quoted scalar", "check the quotation marks"),
)
"""What the scanner says -> what the author should do; the first match counts."""
PLAIN_YAML = "write the text out; tags (!), anchors (&), aliases (*) and merges (<<) are not read"
DEEPEST = 20


@dataclass(slots=True)
class Entry:
    """A value with its line (of its key inside a map). `cut`: ` #` ended the unquoted text."""

    line: int
    value: "str | list[Entry] | dict[str, Entry]"
    cut: bool = False


@dataclass
class _Faults:
    found: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, line: int, message: str, advice: str) -> None:
        self.found.append((line, message, advice))


def read(package: Package, path: str, named_at: tuple[str, int] | None = None) -> Entry | None:
    """The content of a YAML file, or None with one problem when it cannot be read at all."""
    text = package.text(path, named_at)
    if text is None:
        return None
    faults = _Faults()
    try:
        entry = _Builder(text, faults).document()
    except yaml.YAMLError as error:
        # One syntax error misleads the parser from there on: only that one is worth telling.
        faults = _Faults([_syntax(error, text)])
        entry = None
    if entry is None:
        package.broken.add(path)
    for line, message, advice in faults.found:
        package.report(path, line, message, advice)
    return entry


class _Builder:
    def __init__(self, text: str, faults: _Faults) -> None:
        self._lines = text.splitlines()
        self._events: Iterator[Any] = yaml.parse(text, Loader=Loader)
        self._faults = faults

    def document(self) -> Entry | None:
        """The one document of the file, or None with a fault."""
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            self._faults.add(1, "the file is empty", "write its content, or delete it")
            return None
        entry = self._entry(next(self._events), 0)
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                # The keys after it are lost, so that the first half alone would look full of gaps.
                self._faults.found = [(_line(event), "a second document begins here", "remove the line ---")]
                return None
        return entry

    def _entry(self, event: Any, depth: int) -> Entry:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent):
            self._faults.add(line, f"`*{event.anchor}` is read as an alias", QUOTE)
            return Entry(line, f"*{event.anchor}")
        if event.anchor or event.tag:
            self._faults.add(line, f"`{event.anchor or event.tag}` is a tag or anchor", PLAIN_YAML)
        if isinstance(event, yaml.ScalarEvent):
            return Entry(line, event.value, not event.style and self._cut(event))
        if depth >= DEEPEST:
            raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=event.start_mark)
        if isinstance(event, yaml.SequenceStartEvent):
            return Entry(line, list(self._items(depth)))
        return Entry(line, self._table(depth))

    def _items(self, depth: int) -> Iterator[Entry]:
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._entry(event, depth + 1)

    def _table(self, depth: int) -> dict[str, Entry]:
        table: dict[str, Entry] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._entry(event, depth + 1)
            entry = self._entry(next(self._events), depth + 1)
            if not isinstance(key.value, str):
                self._faults.add(key.line, "a key must be a word", QUOTE)
            elif key.value in table:
                first = table[key.value].line
                self._faults.add(
                    key.line, f"`{key.value}` is given twice", f"it is already given in line {first}"
                )
            else:
                table[key.value] = Entry(key.line, entry.value, entry.cut)
        return table

    def _cut(self, event: Any) -> bool:
        """Whether a comment directly follows an unquoted text: mostly a `#` meant as text."""
        end = event.end_mark
        rest = self._lines[end.line][end.column :] if end.line < len(self._lines) else ""
        return bool(event.value) and rest.lstrip(" ").startswith("#")


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _syntax(error: yaml.YAMLError, text: str) -> tuple[int, str, str]:
    """Line, message and advice for what the scanner or parser says."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        offset = getattr(error, "position", None) or 0
        line = text.encode()[:offset].count(b"\n") + 1
        return line, "a control character stands here", "delete it and type the text again"
    problem, context = error.problem or "", error.context or ""
    mark = error.problem_mark
    unclosed = "stream" in problem or "expected ',' or" in problem
    if unclosed and error.context_mark is not None:
        mark = error.context_mark
    line = min(mark.line, text.rstrip().count("\n")) + 1
    return line, f"this is not valid YAML ({problem})", _advice(problem, context)


def _advice(problem: str, context: str) -> str:
    whole = f"{problem} {context}"
    return next((advice for word, advice in ADVICE if word in whole), QUOTE)
