"""How you are certified: gates, examinations, levels and renewal, from the course's own data."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.domain.certification import Award, Retake, Standard, asked_in
from lti_tool.services import certification
from lti_tool.web import access
from lti_tool.web.current import course, db, who
from lti_tool.web.look import text

launched = Blueprint("certification", __name__, url_prefix="/l/<launch_id>")


@launched.get("/certification")
@access.allow(*access.ANYONE_LAUNCHED)
def page() -> ResponseReturnValue:
    """What is asked, by whom it is judged, what is awarded, and how long it lasts."""
    return render_template(
        "certification.html",
        page=certification.page(db(), course(), who()),
        asked_in=asked_in,
        standard_words=standard_words,
        retake_words=retake_words,
        validity_words=validity_words,
        level_words=level_words,
    )


def standard_words(standard: Standard) -> str:
    """What a criterion has to reach, and where."""
    wanted = _("%(code)s %(title)s at level %(level)s or more", **_named(standard))
    work = course().nodes.get(standard.assignment) if standard.assignment else None
    return f"{text(work.title)}: {wanted}" if work else wanted


def validity_words(award: Award) -> str:
    """How long a level lasts."""
    if award.lasting:
        return _("no expiry; the date is shown")
    return _("%(count)s years", count=award.years) if award.years else _("as long as the level it goes with")


def retake_words(retake: Retake) -> str:
    """What may be done when it was not passed."""
    days, most, months = retake.wait_days, retake.most, retake.months
    if months is None:
        return _(
            "If it does not work out: again after %(days)s days, %(most)s times in all", days=days, most=most
        )
    return _(
        "If it does not work out: again after %(days)s days, %(most)s times in all within %(months)s months",
        days=days,
        most=most,
        months=months,
    )


def level_words(level: str) -> str:
    """What a question asks of the mind."""
    return {
        "remember": _("Remember"),
        "understand": _("Understand"),
        "apply": _("Apply"),
        "analyse": _("Analyse"),
        "evaluate": _("Evaluate"),
    }[level]


def _named(standard: Standard) -> dict[str, str | int]:
    return {"code": standard.criterion, "title": text(standard.title), "level": standard.level}
