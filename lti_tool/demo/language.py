"""The language of the pages: the cookie, else what the browser prefers, else Japanese."""

from flask import request

LANGUAGES = {"ja": "日本語", "en": "English"}
LANGUAGE_COOKIE = "demo_lms_language"


def language() -> str:
    """`ja` or `en`, for the present request."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES) or "ja"
