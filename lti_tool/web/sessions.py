"""The session of a launch in the browser: one cookie with one secret, sent back only to that launch's pages."""

import hashlib
from typing import Any

from flask import Flask, Request, Response, g
from flask.sessions import SessionInterface, SessionMixin


class LaunchSecret(dict[str, Any], SessionMixin):
    """What the cookie stands for: `secret`, and the `csrf_token` that Flask-WTF signs into forms.

    The cookie needs no signature: the database knows the hash of the secret, and every launched page asks it.
    """

    modified = False

    def hold(self, secret: str) -> None:
        """Let the browser keep this secret from now on."""
        self._take(secret)
        self.modified = True

    @classmethod
    def of(cls, secret: str | None) -> "LaunchSecret":
        """What a request's cookie stands for."""
        session = cls()
        if secret:
            session._take(secret)
        return session

    def _take(self, secret: str) -> None:
        # Made from the secret, so that it is as hard to guess, lasts as long and need not be kept anywhere.
        token = hashlib.sha256(b"csrf " + secret.encode("utf-8", "replace")).hexdigest()
        self.update(secret=secret, csrf_token=token)


class LaunchCookie(SessionInterface):
    """Keeps a `LaunchSecret` in a cookie whose path is its launch, so that tabs of two launches never mix."""

    def open_session(self, app: Flask, request: Request) -> LaunchSecret:
        """The session of a request; without a cookie it holds no secret."""
        return LaunchSecret.of(request.cookies.get(self.get_cookie_name(app)))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the cookie in the answer that opens a launch, and in no other."""
        if session.modified and "secret" in session:
            response.set_cookie(
                self.get_cookie_name(app),
                session["secret"],
                path=f"/l/{g.launch_id}",
                secure=True,
                httponly=True,
                samesite="None",
                partitioned=True,
            )
