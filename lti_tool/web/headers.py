"""Security headers of every response, and who may frame us."""

from flask import Flask, Response, g, request

from lti_tool.lti.urls import origin_text
from lti_tool.web.current import launch

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action {forms}; frame-ancestors {frames}"
)

ANY_LMS = "https: http://localhost:* http://127.0.0.1:* http://*.localhost:*"


def install(app: Flask) -> None:
    """Add the headers to every response that does not set its own."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    headers, path = response.headers, request.path
    headers.setdefault("Content-Security-Policy", _policy(_forms(), _frames()))
    # The address of a registration holds its secret.
    headers.setdefault("Referrer-Policy", "no-referrer" if path.startswith("/lti/") else "same-origin")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if path.startswith("/admin"):
        headers.setdefault("X-Frame-Options", "DENY")  # for what does not know frame-ancestors
    if path.startswith(("/l/", "/admin")):
        headers.setdefault("Cache-Control", "private, no-store")
    return response


def _policy(forms: str, frames: str) -> str:
    return POLICY.format(forms=forms, frames=frames)


def _frames() -> str:
    """The LMS of the launch: where it says it is, where it signs people in and where it wants them back, which
    are three hosts in a cloud. Pages that belong to no launch show nothing private and answer to no click but
    registration, whose secret stands in its address: they may be framed by any LMS, or nobody in a frame could
    read that a launch is over."""
    if "launch" not in g:
        return ANY_LMS if request.path.startswith(("/lti/", "/l/")) else "'none'"
    visit = launch()
    found = (origin_text(address) for address in (visit.issuer, visit.auth_url, visit.return_url))
    return " ".join(dict.fromkeys(["'self'", *(origin for origin in found if origin)]))


def _forms() -> str:
    """Ourselves, and the LMS that waits for the answer to a deep linking request."""
    if "launch" in g and g.get("answers_to"):
        return f"'self' {origin_text(g.answers_to)}"
    return "'self'"
