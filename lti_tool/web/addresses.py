"""Addresses of our own pages. A page holds a dozen, and most are the same on every page of every launch."""

from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g
from werkzeug.routing import MapAdapter

LAUNCH = "~"
"""Stands in an address for the launch until it is known; ids are made of other characters."""

_KEPT = 4096


class Addresses:
    """The addresses of one application, each put together once."""

    def __init__(self, app: Flask) -> None:
        self._launched = frozenset(
            rule.endpoint for rule in app.url_map.iter_rules() if "launch_id" in rule.arguments
        )
        self._routes: MapAdapter = app.url_map.bind("tool.invalid")
        self._path = lru_cache(_KEPT)(self._build)

    def path(self, endpoint: str, values: dict[str, Any]) -> str:
        """The path of a page; of one that belongs to a launch, in the launch of this request."""
        path = self._path(endpoint, tuple(values.items()))
        return path.replace(LAUNCH, g.launch_id, 1) if endpoint in self._launched else path

    def _build(self, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        launched = {"launch_id": LAUNCH} if endpoint in self._launched else {}
        return self._routes.build(endpoint, {**launched, **dict(values)})


def install(app: Flask) -> None:
    """Use them in views and templates. Called when all routes are known."""
    app.extensions["lti_tool_addresses"] = Addresses(app)
    app.jinja_env.globals["url_for"] = url_for


def url_for(endpoint: str, *, _anchor: str | None = None, **values: Any) -> str:
    """The path of a page of ours, as Flask's own `url_for` builds it."""
    path: str = current_app.extensions["lti_tool_addresses"].path(endpoint, values)
    return f"{path}#{_anchor}" if _anchor else path
