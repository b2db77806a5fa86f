"""From an error page to the doctor: by the launch where there is one, else by a signed reference that names nobody."""

from dataclasses import dataclass
from typing import Any

from flask import g, request
from itsdangerous import BadData, URLSafeTimedSerializer

from lti_tool.domain.diagnosis import Failed
from lti_tool.errors import NotFound
from lti_tool.lti.peek import peek
from lti_tool.services import doctor
from lti_tool.services.who import STAFF_ROLES
from lti_tool.web.addresses import url_for
from lti_tool.web.current import db, now, parts

SECONDS = 3600
CODES = frozenset(
    {
        *(
            "no-state",
            "no-cookie",
            "expired",
            "replay",
            "state",
            "token",
            "claims",
            "refused",
            "unknown-platform",
        ),
        *(
            "ambiguous-platform",
            "disabled-platform",
            "unknown-deployment",
            "deployment-waits",
            "unknown-node",
        ),
        *("unreachable", "address", "answer"),
    }
)
"""Faults of a launch about which there is something to say."""


@dataclass(frozen=True)
class Reference:
    """A launch that failed: its fault, its number on the error page, what is known of it, our number of its LMS."""

    number: str
    code: str
    failed: Failed
    platform_id: int | None


def in_frame() -> bool | None:
    """Whether this page stands in a frame, by what the browser says of the request; None: it says nothing."""
    place = request.headers.get("Sec-Fetch-Dest")
    return None if place is None else place in {"iframe", "frame"}


def link(code: str, number: str) -> str | None:
    """Where the doctor of the fault just met is; None where it has nothing to say to this person."""
    if "launch" in g:
        return url_for("doctor.page") if g.launch.role in STAFF_ROLES else None
    if request.endpoint not in {"lti.login", "lti.launch"} or code not in CODES:
        return None
    seen = peek(request.form.get("id_token", ""), now())
    issuer = seen.issuer or request.values.get("iss", "")
    client_id = seen.client_id or request.values.get("client_id") or None
    about = {
        "number": number,
        "code": code,
        "platform": doctor.hint(db(), issuer, client_id) if issuer else None,
        "named": bool(issuer),
        "skew": seen.skew,
        "frame": in_frame(),
    }
    return f"{url_for('doctor_reference.failed')}?about={_signer().dumps(about)!s}"


def read(text: str) -> Reference:
    """What `link` signed. Raises NotFound when it did not, or too long ago."""
    try:
        about: dict[str, Any] = _signer().loads(text, max_age=SECONDS)
    except BadData as error:
        raise NotFound(code="old-reference") from error
    known = None if not about["named"] else about["platform"] is not None
    failed = Failed(known, about["code"] == "no-cookie", about["frame"], about["skew"])
    return Reference(about["number"], about["code"], failed, about["platform"])


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(parts().settings.secret_key, salt="doctor")
