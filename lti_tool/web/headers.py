"""Security headers of every response, and who may frame us."""

from urllib.parse import urlsplit

from flask import Flask, Response, g, request

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
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY.format(forms=_forms(), frames=_frames()))
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if request.path.startswith("/l/"):
        headers.setdefault("Cache-Control", "private, no-store")
    return response


def _frames() -> str:
    """The LMS of the launch. Pages that belong to no launch show nothing private and answer to no click but
    registration, whose secret stands in its address: they may be framed by any LMS."""
    if "launch" not in g:
        return ANY_LMS if request.path.startswith("/lti/") else "'none'"
    return f"'self' {_origin(launch().context.deployment.platform.issuer)}"


def _forms() -> str:
    """Ourselves, and the LMS that waits for the answer to a deep linking request."""
    if "launch" in g and g.get("answers_to"):
        return f"'self' {_origin(g.answers_to)}"
    return "'self'"


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
