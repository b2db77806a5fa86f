"""Platform storage (LTI Client Side postMessages, LTI PM Storage): the LMS's page keeps a login for us.

Where a browser keeps no cookies in frames, an LMS may offer to keep a value per tool and hand it to the same browser
again. What is kept is what the cookie holds: the login's state, signed. It counts only when a page of our own sends
it - the browser tells by Origin - because that page alone can have it from the LMS's window in this very browser.
Nobody is let in before (CS-OIDC): the launch is checked like any other afterwards.
"""

import hashlib
from dataclasses import dataclass

from flask import Response, render_template, request

from lti_tool.lti.urls import origin, origin_text
from lti_tool.web import again
from lti_tool.web.current import parts

FIELD = "lti_storage"


@dataclass(frozen=True)
class Keeping:
    """One value in the LMS's page: in which frame, answered from which origin, under which name."""

    frame: str
    origin: str
    key: str


def keep(address: str, state: str, value: str) -> Response | None:
    """A page that has the LMS keep `value` and goes on to `address`; None where the login was offered no storage."""
    keeping = _keeping(state)
    if keeping is None:
        return None
    return Response(render_template("storage_put.html", keeping=keeping, value=value, address=address))


def fetch() -> Response | None:
    """A page that asks the LMS for what it kept of this launch and sends it along; None where nothing was kept."""
    state, id_token = request.form.get("state", ""), request.form.get("id_token", "")
    keeping = _keeping(state)
    if request.endpoint != "lti.launch" or keeping is None or FIELD in request.form or not id_token:
        return None
    page = render_template(
        "storage_get.html",
        keeping=keeping,
        field=FIELD,
        state=state,
        id_token=id_token,
        window_url=again.address(state),
    )
    # With no-referrer browsers would hide even from us that the form is ours.
    return Response(page, headers={"Cache-Control": "no-store", "Referrer-Policy": "same-origin"})


def proof() -> str | None:
    """What our page had from the LMS; None where there is none, or somebody else's page sends it (STA-02)."""
    value = request.form.get(FIELD)
    return value if value and _ours() else None


def _ours() -> bool:
    sender = request.headers.get("Origin")
    if sender is None:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    return origin(sender) is not None and origin(sender) == origin(parts().settings.base_url)


def _keeping(state: str) -> Keeping | None:
    offered = again.storage(state)
    if offered is None or origin_text(offered.origin) != offered.origin:
        return None
    name = hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()[:32]
    return Keeping(offered.frame, offered.origin, f"lti_login_{name}")
