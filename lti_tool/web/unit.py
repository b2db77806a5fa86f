"""The one commit point: a response commits, a raised exception rolls back. Who only reads has nothing to commit."""

from flask import Flask, Response, g

from lti_tool.storage.db import calls_worker
from lti_tool.web.current import parts


def install(app: Flask) -> None:
    """Commit after every request that did not fail; close the session whatever happened."""
    app.after_request(_commit)
    app.teardown_request(_close)


def fail() -> None:
    """Say that this request failed: nothing of it may be kept. Called where exceptions become pages."""
    g.failed = True
    if "session" in g:
        g.session.rollback()


def _commit(response: Response) -> Response:
    if g.get("writes", False) and not g.get("failed", False):
        g.session.commit()
        if calls_worker(g.session):
            parts().wake()
    return response


def _close(_error: BaseException | None) -> None:
    if "session" in g:
        g.pop("session").close()
