"""The session cookie of a launch: sent back only to the pages of that launch."""

from flask import Flask, g
from flask.sessions import SecureCookieSessionInterface


class LaunchCookie(SecureCookieSessionInterface):
    """A signed cookie whose path is its launch, so that tabs of two launches never mix.

    Requests that belong to no launch (login, keys, registration) keep no session beyond their own path.
    """

    def get_cookie_path(self, app: Flask) -> str:
        """`/l/<launch>` on launched pages; elsewhere the protocol's own corner."""
        launch_id = g.get("launch_id")
        return f"/l/{launch_id}" if launch_id else "/lti"
