"""What a guide to connecting an LMS by hand is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lti_tool.domain.course import Text
from lti_tool.lti.registration import CUSTOM, ToolProfile


@dataclass(frozen=True)
class Line:
    """One field of the LMS. `value` names a value of the tool (see `values`), or is `chosen` in the LMS."""

    label: Text
    value: str = ""
    chosen: Text | None = None


@dataclass(frozen=True)
class Guide:
    """One LMS: where to go, what to enter there, what to do then, and what its own values are called."""

    key: str
    name: str
    where: tuple[Text, ...]
    lines: tuple[Line, ...]
    then: tuple[Text, ...]
    theirs: Mapping[str, Text]
    known: Mapping[str, str] = field(default_factory=dict)
    """Values of its side that are the same for everybody."""


def values(tool: ToolProfile) -> dict[str, str]:
    """The tool's side, by the names used in `Line.value`."""
    return {
        "name": tool.name_en,
        "description": tool.description,
        "base": tool.base_url,
        "domain": tool.domain,
        "login": tool.login_url,
        "launch": tool.launch_url,
        "launch_list": f'["{tool.launch_url}"]',
        "keys": tool.jwks_url,
        "json": f"{tool.base_url}/lti/canvas.json",
        "custom": "\n".join(f"{name}={value}" for name, value in CUSTOM.items()),
    }


def same(words: str) -> Text:
    """Words that an LMS shows in English whatever the language."""
    return Text(ja=words, en=words)


def of(field_name: str, value: str) -> Line:
    """A field that takes a value of the tool."""
    return Line(same(field_name), value)


def choose(field_name: str, chosen: str) -> Line:
    """A field with something to choose."""
    return Line(same(field_name), chosen=same(chosen))
