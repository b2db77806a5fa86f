"""Connecting an LMS by hand: what to enter there, for its administrator; what to enter here, for the operator."""

from dataclasses import fields

from flask import Blueprint, abort, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.errors import RegistrationFailed
from lti_tool.lti import canvas
from lti_tool.services import by_hand as service
from lti_tool.services import registration
from lti_tool.services.by_hand import Entry
from lti_tool.web import access
from lti_tool.web.addresses import url_for
from lti_tool.web.current import now, parts
from lti_tool.web.guide import Guide, values
from lti_tool.web.guides import GUIDES
from lti_tool.web.operator_session import actor

lti = Blueprint("by_hand", __name__, url_prefix="/lti")
admin = Blueprint("by_hand_admin", __name__, url_prefix="/admin/by-hand")

FIELDS = tuple(field.name for field in fields(Entry) if field.name != "family")


@lti.get("/canvas.json")
@access.public
def canvas_json() -> ResponseReturnValue:
    """The tool for Canvas's "Enter URL". It holds nothing that is not public."""
    return jsonify(canvas.configuration(registration.profile(parts().settings.base_url)))


@lti.get("/by-hand/<lms>")
@access.public
def guide(lms: str) -> ResponseReturnValue:
    """What to enter in the LMS, for its administrator."""
    return render_template("by_hand.html", guides=GUIDES, **_shown(_guide(lms)))


@admin.get("/<lms>")
@access.operators
def page(lms: str) -> ResponseReturnValue:
    """The same, with a form for the LMS's side."""
    return _form(_guide(lms))


@admin.post("/<lms>")
@access.operators
def connect(lms: str) -> ResponseReturnValue:
    """Keep the LMS's side, if its keys can be fetched."""
    chosen = _guide(lms)
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    try:
        number = service.connect(
            parts().engine, parts().http, Entry(**typed, family=chosen.key), now(), by=actor()
        )
    except RegistrationFailed as error:
        return _form(chosen, typed, error), 400
    return redirect(url_for("platforms.platform", platform_id=number, note="entered"), 303)


def _guide(lms: str) -> Guide:
    if lms not in GUIDES:
        abort(404)
    return GUIDES[lms]


def _shown(chosen: Guide) -> dict[str, object]:
    tool = registration.profile(parts().settings.base_url)
    return {"guide": chosen, "ours": values(tool), "canvas": canvas.configuration(tool)}


def _form(chosen: Guide, typed: dict[str, str] | None = None, error: RegistrationFailed | None = None) -> str:
    return render_template(
        "admin/by_hand.html",
        guides=GUIDES,
        typed=typed or dict(chosen.known),
        labels=_labels(),
        problem=problem_words(error) if error else "",
        wrong=_field(error) if error else "",
        **_shown(chosen),
    )


def _field(error: RegistrationFailed) -> str:
    return str(error).partition(":")[0]


def _labels() -> dict[str, str]:
    """The fields of the form in the order of the page."""
    return {
        "name": _("Name, for lists here"),
        "issuer": _("Issuer"),
        "client_id": _("Client ID"),
        "deployment_id": _("Deployment ID"),
        "auth_url": _("Authentication requests"),
        "token_url": _("Access tokens"),
        "jwks_url": _("Public keys"),
        "token_audience": _("Audience of access tokens"),
    }


def problem_words(error: RegistrationFailed) -> str:
    """Why something typed cannot be used."""
    labels = _labels()
    if error.code == "registered-already":
        return _("This issuer and client are connected already.")
    if error.code == "by-hand-keys":
        return _("The public keys of the LMS could not be fetched: %(answer)s", answer=str(error))
    field = labels.get(_field(error), "")
    if error.code == "by-hand-address":
        return _("“%(field)s” is no address that may be called. It begins with https://.", field=field)
    return _("“%(field)s” is missing, or too long.", field=field)
