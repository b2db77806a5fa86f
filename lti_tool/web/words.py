"""The catalogue of our texts, one look-up away."""

from functools import cache
from typing import Any

from flask import Flask
from flask_babel import Babel, Domain
from markupsafe import Markup

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


def install(app: Flask) -> None:
    """Use the catalogue in views and, without the way through Flask-Babel, in templates."""
    words = Words()
    Babel(app, locale_selector=lang).domain_instance = words

    @cache
    def text_in(_language: str, message: str) -> Markup:
        return Markup(words.get_translations().ugettext(message))  # noqa: S704 (our own texts)

    def text(message: str, **values: object) -> Markup:
        """The message in the language of the page; `values` are escaped."""
        return text_in(lang(), message) % values

    app.jinja_env.globals.update(_=text, gettext=text)
