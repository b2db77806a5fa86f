"""The picker of deep linking: which activities shall stand in the LMS course?"""

from collections.abc import Sequence

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeSerializer

from lti_tool.errors import Conflict
from lti_tool.lti.deep_linking import LINK
from lti_tool.services import placing
from lti_tool.services.placing import Gradebook
from lti_tool.web import access
from lti_tool.web.current import course, db, launch, now, parts

launched = Blueprint("place", __name__, url_prefix="/l/<launch_id>")


@launched.get("/place")
@access.allow("instructor", "admin")
def picker() -> ResponseReturnValue:
    """Tick one activity, a module, a stage, or the whole course; what is missing is ticked already."""
    _asked()
    context_id = launch().context_id
    db().commit()  # nobody shall wait for this page's transaction while the LMS is asked
    gradebook = placing.look(parts().engine, parts().http, course(), context_id, now())
    words = request.args.get("q", "").strip()[:100]
    start = () if words or request.args.get("tick") == "none" else _missing(gradebook)
    return _picker(gradebook, start, words)


@launched.post("/place")
@access.allow("instructor", "admin")
def place() -> ResponseReturnValue:
    """One step on: look at what was ticked, change it, send it, or give up."""
    asked, gradebook = _asked(), _opened(request.form.get("gradebook", ""))
    # A tick for a group carries the nodes it stands for.
    chosen = list(dict.fromkeys(node for tick in request.form.getlist("node") for node in tick.split(" ")))
    step = request.form.get("step", "check")
    if step == "cancel":
        return _answer(gradebook, [])
    if not chosen:
        problem = _("Nothing is chosen yet. Tick at least one activity.")
        return _picker(gradebook, (), request.form.get("q", ""), problem), 400
    if step == "change":
        return _picker(gradebook, chosen, "")
    if step == "place":
        return _answer(gradebook, chosen)
    items = placing.plan(db(), course(), launch(), gradebook, chosen)
    return render_template(
        "place_check.html", items=items, multiple=asked["accept_multiple"], gradebook=_sealed(gradebook)
    )


def _asked() -> dict[str, object]:
    asked = launch().deep_linking
    if asked is None:
        raise Conflict(code="answered")
    return asked


def _missing(gradebook: Gradebook | None) -> Sequence[str]:
    """What is ticked at first: all that is missing, or nothing where the LMS takes only one."""
    if not _asked()["accept_multiple"]:
        return ()
    return placing.offers(db(), course(), launch().context_id, gradebook).missing(placing.whole(course()))


def _answer(gradebook: Gradebook | None, chosen: list[str]) -> str:
    """Send the choice back to the LMS, through the browser and signed (DL 2.0 §4.5)."""
    address, response = placing.respond(db(), course(), launch(), gradebook, chosen, now())
    g.answers_to = address  # the page may send its form there, and nowhere else
    return render_template("placed.html", address=address, response=response, cancelled=not chosen)


def _inside() -> dict[str, list[str]]:
    """What belongs to each stage and module, themselves included."""
    found: dict[str, list[str]] = {}
    for node, (stage, module) in course().places.items():
        for outer in (stage, module):
            if outer is not None:
                found.setdefault(outer.id, []).append(node)
    return found


def _picker(gradebook: Gradebook | None, ticked: Sequence[str], words: str, problem: str = "") -> str:
    asked, offers = _asked(), placing.offers(db(), course(), launch().context_id, gradebook)
    types = asked["accept_types"]
    return render_template(
        "place.html",
        multiple=asked["accept_multiple"],
        links=isinstance(types, list) and LINK in types,
        offers=offers,
        gradebook=_sealed(gradebook),
        whole=placing.whole(course()),
        shown=placing.matching(course(), words),
        inside=_inside(),
        ticked=frozenset(ticked),
        words=words,
        problem=problem,
    )


def _seal() -> URLSafeSerializer:
    """What the LMS said goes with the pages of this launch, so that what was listed is what is sent."""
    return URLSafeSerializer(parts().settings.secret_key, salt=f"gradebook {launch().id}")


def _sealed(gradebook: Gradebook | None) -> str:
    return str(_seal().dumps(gradebook.to_plain())) if gradebook else ""


def _opened(sealed: str) -> Gradebook | None:
    try:
        return Gradebook.from_plain(_seal().loads(sealed))
    except BadData:
        return None
