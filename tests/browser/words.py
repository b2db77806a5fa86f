"""The words of the tool's pages in a language, found by their English."""

import re
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import lti_tool.demo
import lti_tool.web

_PLACE = re.compile(r"%\((\w+)\)s")


@cache
def _catalogue(package: Path, lang: str) -> Catalog:
    with (package / "translations" / lang / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=lang)


class Words:
    """`words("Hand in")` is what the button says; `words.like("Saved %(time)s")` fits any time."""

    def __init__(self, lang: str, package: str = lti_tool.web.__file__) -> None:
        self.lang = lang
        self._package = Path(package).parent

    def __call__(self, english: str, **values: object) -> str:
        words = self._found(english)
        return words % values if values else words

    def like(self, english: str) -> re.Pattern[str]:
        """A pattern with anything in the places for values."""
        pieces = _PLACE.split(self._found(english).replace("%%", "%"))[::2]
        return re.compile(".+".join(re.escape(piece) for piece in pieces))

    def _found(self, english: str) -> str:
        if self.lang == "en":
            return english
        message = _catalogue(self._package, self.lang).get(english)
        assert message is not None, f"{english!r} is in no catalogue"
        return str(message.string)


def lms_words(lang: str) -> Words:
    """The words of the demo LMS."""
    return Words(lang, lti_tool.demo.__file__)
