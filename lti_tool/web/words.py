"""The catalogue of our texts, one look-up away."""

from typing import Any

from flask_babel import Domain

from lti_tool.web.current import lang


class Words(Domain):  # type: ignore[misc]  # the library has no types
    """Finds the catalogue by the language of the page.

    Flask-Babel spells the whole locale anew for every text, which was a tenth of a page's processor time.
    """

    def __init__(self) -> None:
        super().__init__()
        self._catalogues: dict[str, Any] = {}

    def get_translations(self) -> Any:
        """The catalogue of this page, read once for all pages in its language."""
        found = self._catalogues.get(lang())
        if found is None:
            found = self._catalogues[lang()] = super().get_translations()
        return found
