"""Facts that change without asking us, and how a page dates them."""

from dataclasses import dataclass
from datetime import date

from lti_tool.domain.course import Lang, Text

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Fact:
    """Something true on the day `verified_on`, to be looked up again at `source` by the day `review_by`."""

    id: str
    text: Text
    source: str
    verified_on: date
    review_by: date
    line: int
    """Where it stands in its file."""


def as_of(day: date, lang: Lang) -> str:
    """The day on which something was checked, as pages say it."""
    if lang == "ja":
        return f"{day.year}年{day.month}月{day.day}日時点"
    return f"as of {day.day} {MONTHS[day.month - 1]} {day.year}"


def dated(fact: Fact, lang: Lang) -> str:
    """What a page says of a fact, with its day."""
    space = "" if lang == "ja" else " "
    return f"{fact.text[lang]}{space}({as_of(fact.verified_on, lang)})"
