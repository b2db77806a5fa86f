"""Lesson pages, put together once: they are the same in every launch but for its address and its form token."""

from collections.abc import Callable, Hashable

from flask import Flask, current_app, g, request
from flask_wtf.csrf import generate_csrf

from lti_tool.web import look
from lti_tool.web.current import launch

LAUNCH, TOKEN = "\0launch\0", "\0token\0"
"""Stand in a kept page for what is its reader's own. No page holds such characters."""

MOST = 1000
"""Pages kept; one is about 20 KB. A course has some hundred."""


def install(app: Flask) -> None:
    """Keep pages for this application."""
    app.extensions["lti_tool_kept_pages"] = {}


def page(name: Hashable, render: Callable[[], str]) -> str:
    """What `render` would give to this reader now. `name` tells all that the page's own part depends on."""
    pages: dict[Hashable, str] = current_app.extensions["lti_tool_kept_pages"]
    key, token = (name, _frame()), generate_csrf()
    kept = pages.get(key)
    if kept is not None:
        return kept.replace(LAUNCH, g.launch_id).replace(TOKEN, token)
    made = render()
    if len(pages) >= MOST:
        pages.clear()
    pages[key] = made.replace(g.launch_id, LAUNCH).replace(token, TOKEN)
    return made


def _frame() -> Hashable:
    """All that `base.html` shows of a launch and a request."""
    visit = launch()
    back = "" if visit.framed else visit.return_url
    return request.method, visit.language, visit.role, visit.deep_linking is None, back, look.note()
