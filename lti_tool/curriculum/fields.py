"""A map of a content file, read key by key. Every accessor reports what is wrong and still answers."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from lti_tool.curriculum.package import Package, correction, near
from lti_tool.curriculum.yamlfile import QUOTE, Entry, read
from lti_tool.domain.course import LANGS, Text

YES = {"yes": True, "true": True, "no": False, "false": False}
MOST_DIGITS = 15
NOT_INLINE = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(\s[^<>]*)?/?>|!\[[^\]]*\]\(|\]\((?!https?://)")
ONLY_INLINE = "use **bold**, `code` and links to https:// only; images belong in lessons and briefs"
NOTHING = Text("", "")


@dataclass
class Table:
    """Keys and values at `path`:`line`. `close`, called after the last key, tells of missing and unknown ones.

    A value that is missing or wrong is reported once and answered by a harmless stand-in ("", the lowest
    number, an empty tuple), so that reading goes on; a course with any problem is never used.
    """

    package: Package
    path: str
    line: int
    entries: dict[str, Entry]
    lost: bool = False
    """Stands for something that was no map; already reported, so it stays silent."""
    _asked: set[str] = field(default_factory=set)
    _missing: list[str] = field(default_factory=list)

    def report(self, message: str, advice: str = "", key: str | None = None) -> None:
        """Note a problem on the line of `key`, or of this map."""
        line = self.entries[key].line if key in self.entries else self.line
        if not self.lost:
            self.package.report(self.path, line, message, advice)

    def line_of(self, key: str) -> int:
        """The line of `key`, or of this map where the key is missing."""
        return self.entries[key].line if key in self.entries else self.line

    def has(self, key: str) -> bool:
        """Whether the key is given; it counts as known."""
        self._asked.add(key)
        return key in self.entries

    def string(self, key: str) -> str:
        """Required text in one language."""
        entry = self._required(key)
        return self._scalar(key, entry) if entry else ""

    def text(self, key: str) -> Text:
        """Required text in both languages."""
        entry = self._required(key)
        return self._text(key, entry) if entry else NOTHING

    def texts(self, key: str) -> tuple[Text, ...]:
        """Required list of texts in both languages."""
        return tuple(text for text, _ in self.texts_at(key))

    def texts_at(self, key: str) -> list[tuple[Text, int]]:
        """As `texts`, each with its line."""
        return [(self._text(key, item), item.line) for item in self._list(key)]

    def integer(self, key: str, low: int, high: int | None = None, default: int | None = None) -> int:
        """A whole number from `low` to `high`; required when there is no default."""
        if default is not None and not self.has(key):
            return default
        number = self.decimal(key, whole=True)
        if number is None:
            return low
        if number < low or (high is not None and number > high):
            limits = f"at least {low}" if high is None else f"from {low} to {high}"
            self.report(f"`{key}` must be {limits}, not {number}", key=key)
            return low
        return int(number)

    def decimal(self, key: str, *, whole: bool = False) -> Decimal | None:
        """A required number, or None when it is none."""
        text = self.string(key)
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        sane = number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS
        if not sane or (whole and not text.lstrip("-").isdecimal()):
            kind = "a whole number" if whole else "a number"
            self.report(f"`{key}` must be {kind}, not `{text}`", "write digits only, such as 120000", key)
            return None
        return number

    def yes(self, key: str, *, default: bool) -> bool:
        """`yes` or `no`."""
        if not self.has(key):
            return default
        word = self.word(key, YES)
        return YES.get(word, default)

    def word(self, key: str, allowed: Collection[str]) -> str:
        """A required word out of `allowed`, or "" when it is none of them."""
        word = self.string(key)
        if word and word not in allowed:
            self.report(f"unknown {key} `{word}`", f"use one of: {', '.join(allowed)}", key)
            return ""
        return word

    def identifier(self, key: str = "id") -> str:
        """A required id, claimed for this place."""
        name = self.string(key)
        if name:
            self.package.claim(name, self.path, self.line_of(key))
        return name

    def names(self, key: str) -> list[tuple[str, int]]:
        """A required list of words, each with its line."""
        return [(word, item.line) for item in self._list(key) if (word := self._scalar(key, item))]

    def table(self, key: str) -> "Table":
        """A required map."""
        entry = self._required(key)
        if entry is None:
            return Table(self.package, self.path, self.line, {}, lost=True)
        return _table(self.package, self.path, entry, key)

    def tables(self, key: str) -> list["Table"]:
        """A required list of maps."""
        return [_table(self.package, self.path, item, key) for item in self._list(key)]

    def sized(self, key: str, least: int, what: str) -> bool:
        """Report a list shorter than `least`; True when it is long enough (or no list at all)."""
        entry = self.entries.get(key)
        if entry is None or not isinstance(entry.value, list) or len(entry.value) >= least:
            return True
        self.report(f"only {len(entry.value)} {what}", f"give at least {least}", key)
        return False

    def close(self, *, every_key_known: bool = True) -> bool:
        """Report the keys that are missing and those that nobody asked for; a slip of the pen only once.

        True when there are none.
        """
        unknown = [key for key in self.entries if key not in self._asked] if every_key_known else []
        for key in unknown:
            known = f"known here: {', '.join(sorted(self._asked))}"
            self.report(f"unknown key `{key}`", correction(key, self._missing, known), key)
        for key in self._missing:
            if not near(key, unknown):
                self.report(f"`{key}` is missing", f"add {key}:")
        return not unknown and not self._missing

    def _required(self, key: str) -> Entry | None:
        if not self.has(key):
            self._missing.append(key)
        return self.entries.get(key)

    def _list(self, key: str) -> list[Entry]:
        entry = self._required(key)
        if entry is None:
            return []
        if not isinstance(entry.value, list):
            self.report(f"`{key}` must be a list", "begin each item with - on a line of its own", key)
            return []
        return entry.value

    def _scalar(self, key: str, entry: Entry) -> str:
        if not isinstance(entry.value, str):
            self.package.report(self.path, entry.line, f"`{key}` must be text", QUOTE)
            return ""
        text = entry.value.strip()
        if not text:
            self.package.report(self.path, entry.line, f"`{key}` is empty", "write a value")
        return text

    def _text(self, key: str, entry: Entry) -> Text:
        table = _table(self.package, self.path, entry, key, "write {ja: ..., en: ...}")
        ja, en = (table.string(lang) for lang in LANGS)
        for lang in LANGS:
            if lang in table.entries and table.entries[lang].cut:
                table.report(f"the text of `{lang}` ends at #", "put text that contains # in quotes", lang)
        for lang, text in zip(LANGS, (ja, en), strict=True):
            if NOT_INLINE.search(text):
                table.report(f"`{lang}` holds HTML, an image or a relative link", ONLY_INLINE, lang)
        table.close()
        return Text(ja, en)


def _table(package: Package, path: str, entry: Entry, what: str, advice: str = "") -> Table:
    if isinstance(entry.value, dict):
        return Table(package, path, entry.line, entry.value)
    package.report(path, entry.line, f"`{what}` must have keys and values", advice or "write key: value")
    return Table(package, path, entry.line, {}, lost=True)


def open_table(package: Package, path: str, named_at: tuple[str, int] | None = None) -> Table | None:
    """The map that a whole file holds, or None with a problem."""
    entry = read(package, path, named_at)
    if entry is None:
        return None
    table = _table(package, path, Entry(1, entry.value), path)
    if table.lost:
        package.broken.add(path)
        return None
    return table
