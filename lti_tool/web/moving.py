"""An LMS has moved: the operator names the new address, sees what would change, and says yes with the password."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer

from lti_tool.errors import Conflict, RegistrationFailed
from lti_tool.services import moving as service
from lti_tool.services import operators, platforms
from lti_tool.storage.db import open_session, transaction
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.by_hand import problem_words
from lti_tool.web.current import now, parts
from lti_tool.web.operator_session import actor, operator

admin = Blueprint("moving", __name__, url_prefix="/admin/platforms/<int:platform_id>/move")

SECONDS = 900
"""How long a plan may be looked at."""


@admin.get("")
@access.operators
def form(platform_id: int) -> ResponseReturnValue:
    """Where is it now?"""
    return _form(platform_id)


@admin.post("")
@access.operators
def plan(platform_id: int) -> ResponseReturnValue:
    """What would change, and what speaks for it being the same LMS."""
    return _plan(platform_id, request.form.get("address", "").strip())


@admin.post("/confirm")
@access.operators
def confirm(platform_id: int) -> ResponseReturnValue:
    """Do what was shown, for whoever knows the password of this session."""
    try:
        shown = _signer().loads(request.form.get("plan", ""), max_age=SECONDS)
    except BadData as error:
        raise Conflict(code="conflict") from error
    if (shown["platform"], shown["by"]) != (platform_id, operator().name):
        raise Conflict(code="conflict")
    with transaction(parts().engine) as session:
        right = operators.proves(session, operator().name, request.form.get("password", ""), now())
    if not right:
        return _plan(platform_id, shown["new"], _("The password is not right. Nothing was changed."))
    try:
        service.move(parts().engine, parts().http, platform_id, shown["old"], shown["new"], now(), by=actor())
    except RegistrationFailed as error:
        return _form(platform_id, shown["new"], _words(error)), 400
    return redirect(url_for("platforms.platform", platform_id=platform_id, note="moved"), 303)


def tries() -> str:
    """By whom tries of the password are counted."""
    return operator().name


def _form(platform_id: int, address: str = "", problem: str = "") -> str:
    with open_session(parts().engine, writes=False) as session:
        line = platforms.detail(session, platform_id).line
    return render_template("admin/move.html", row=line.row, address=address, problem=problem)


def _plan(platform_id: int, address: str, problem: str = "") -> tuple[str, int]:
    try:
        found = service.plan(parts().engine, parts().http, platform_id, address)
    except RegistrationFailed as error:
        return _form(platform_id, address, _words(error)), 400
    shown = {"platform": platform_id, "by": operator().name, "old": found.old.issuer, "new": address}
    page = render_template(
        "admin/move_plan.html",
        platform_id=platform_id,
        plan=found,
        signed=_signer().dumps(shown),
        problem=problem,
    )
    return page, 401 if problem else 200


def _words(error: RegistrationFailed) -> str:
    return _("It is at this address already.") if error.code == "same-address" else problem_words(error)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(parts().settings.secret_key, salt="platform-move")
