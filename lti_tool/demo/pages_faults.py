"""The page on which the demo LMS is made to misbehave."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.demo.faults import FAULTS, LONGEST_BURST, SCOPES, SLOWEST
from lti_tool.demo.lms import lms
from lti_tool.demo.pages import clock

bp = Blueprint("faults", __name__, url_prefix="/faults")

FARTHEST = 86400
"""Seconds that the clock can be wrong."""


@bp.get("")
def panel() -> str:
    """What is switched on, and the last calls of the tool."""
    here = lms()
    return render_template(
        "demo/faults.html",
        switch=here.faults,
        names=FAULTS,
        scopes=SCOPES,
        slowest=SLOWEST,
        longest=LONGEST_BURST,
        farthest=FARTHEST,
        shift=here.shift,
        calls=[(clock(call.at), call) for call in here.faults.calls()],
        kid=here.state.signing_key().kid,
    )


@bp.post("")
def switch() -> ResponseReturnValue:
    """Switch a fault on, or all off."""
    fault, scope = request.form.get("fault", ""), request.form.get("scope", "")
    if fault not in FAULTS or scope not in SCOPES:
        abort(400)
    lms().faults.set(
        fault,
        _number("seconds", 1, SLOWEST),
        scope=scope,
        share=_number("share", 1, 100),
        burst=_number("burst", 0, LONGEST_BURST),
    )
    return _saved(_("Saved. The services now behave as chosen below."))


@bp.post("/clock")
def set_clock() -> ResponseReturnValue:
    """Set the clock of this LMS wrong, or right again."""
    lms().shift = _number("shift", -FARTHEST, FARTHEST)
    return _saved(_("Saved. Everything this LMS dates and judges goes by this clock now."))


@bp.post("/storage")
def set_storage() -> ResponseReturnValue:
    """Offer platform storage, or not."""
    lms().storage = request.form.get("storage") == "1"
    return _saved(_("Saved. It holds from the next launch on."))


@bp.post("/rotate")
def rotate() -> ResponseReturnValue:
    """Sign with a new platform key from now on."""
    lms().state.rotate_key()
    return _saved(_("The platform now signs with a new key."))


def _number(name: str, least: int, most: int) -> int:
    """A whole number of the form; anything else ends here."""
    value = request.form.get(name, "")
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 9 and least <= int(value) <= most):
        abort(400)
    return int(value)


def _saved(words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("faults.panel"), 303)
