"""What every template may use: times, texts in the page's language, words for conditions and states."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, request
from flask_babel import gettext as _
from jinja2.runtime import Macro
from markupsafe import Markup

from lti_tool.curriculum.markdown import phrase_breaks, render_inline
from lti_tool.domain.course import COURSE_NODE, Assignment, Condition, Lesson, Module, Node, Quiz, Text
from lti_tool.web import current
from lti_tool.web.ledger_words import grade_words


def install(app: Flask) -> None:
    """Register filters and the values that all pages share."""
    filters: tuple[Callable[..., str], ...] = (text, prose, heading, when, moment, day, clock, size, points)
    for function in filters:
        app.add_template_filter(function)
    words = (condition_words, grade_words, node_label, node_kind, work_words, roster_advice, age)
    app.jinja_env.globals.update({function.__name__: function for function in words})
    app.context_processor(_shared)


def share_parts(app: Flask) -> None:
    """Give every template the pieces of `_parts.html`. Called when all that they use is there.

    Made once: an import in every template costs as much as the pieces themselves.
    """
    module = app.jinja_env.get_template("_parts.html").module
    parts = {name: part for name, part in vars(module).items() if isinstance(part, Macro)}
    app.jinja_env.globals.update(parts, icon=cache(parts["icon"]))


def _shared() -> dict[str, Any]:
    return {
        "lang": current.lang(),
        "course": current.course(),
        "launch": current.launch() if "launch" in g else None,
        "operator": g.get("operator"),
        "staff": current.who().staff if "launch" in g else False,
        "note": note(),
    }


def note() -> str | None:
    """What a page may say after a redirect; anything else in the address is ignored."""
    name = request.args.get("note", "")
    if not name:
        return None
    return {
        "saved": _("Saved."),
        "columns": _("Saved. Columns are made and filled within a minute."),
        "resent": _("Will be sent again in a moment."),
        "kept": _("The grade given in the LMS stands."),
        "asked": _("The gradebook of the LMS is being read. Reload this page in a moment."),
        "added": _("The file is saved."),
        "removed": _("The file is removed."),
        "handed-in": _("Handed in. You will see the result here once it has been reviewed."),
        "returned": _("The work has gone back to the student for resubmission."),
        "graded": _("The grade is kept and on its way to the LMS."),
        "granted": _("One more attempt is open now."),
        "entered": _("The LMS is connected."),
        "moved": _("The LMS has moved. Its people keep their work and grades."),
        "platform-off": _("The LMS is switched off."),
        "platform-on": _("The LMS is switched on again."),
        "approved": _("The deployment is approved. Its people can open their activities now."),
        "refused": _("The deployment is refused."),
        "key-made": _("The new key is published."),
        "keys-replaced": _("All old keys are withdrawn. The new one signs now."),
        "tried": _("The LMS is asked at once, and sent what waits."),
        "revoked": _("The invitation is taken back."),
    }.get(name)


def local(moment: datetime) -> datetime:
    """The moment in the time zone of the pages."""
    return moment.astimezone(ZoneInfo(current.parts().settings.timezone))


def when(moment: datetime) -> Markup:
    """A `<time>`: day and time, with the year where it is another one."""
    shown, today = local(moment), local(current.now())
    pattern = "%m/%d %H:%M" if shown.year == today.year else "%Y/%m/%d %H:%M"
    return _time(moment, shown.strftime(pattern))


def moment(at: datetime) -> Markup:
    """A `<time>` to the second: an LMS orders grades by whole ones."""
    return _time(at, local(at).strftime("%Y/%m/%d %H:%M:%S"))


def age(since: datetime) -> str:
    """How long ago, roughly."""
    minutes = max(0, int((current.now() - since).total_seconds() // 60))
    if minutes < 120:
        return _("%(count)s min", count=minutes)
    if minutes < 48 * 60:
        return _("%(count)s h", count=minutes // 60)
    return _("%(count)s days", count=minutes // 60 // 24)


def day(moment: date) -> str:
    """Month and day, with the year where it is another one."""
    return moment.strftime("%m/%d" if moment.year == local(current.now()).year else "%Y/%m/%d")


def clock(moment: datetime) -> Markup:
    """A `<time>` with hours and minutes only: for what has just happened."""
    return _time(moment, clock_text(moment))


def clock_text(moment: datetime) -> str:
    """Hours and minutes, e.g. 14:03."""
    return local(moment).strftime("%H:%M")


def _time(moment: datetime, words: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(timespec="seconds"), words)


def text(value: Text) -> str:
    """The text in the language of the page."""
    return value[current.lang()]


def prose(value: Text) -> Markup:
    """Markdown of one or a few lines: questions, options, reasons."""
    return Markup(render_inline(value[current.lang()]))  # noqa: S704 (sanitised by the renderer)


def heading(value: Text | str) -> Markup:
    """A heading that breaks between Japanese phrases only."""
    words = value if isinstance(value, str) else value[current.lang()]
    return Markup(phrase_breaks(words, current.lang()))  # noqa: S704 (escaped by the renderer)


def size(count: int) -> str:
    """Bytes for people."""
    if count < 1024 * 1024:
        return f"{max(1, round(count / 1024))} KB"
    return f"{count / 1024 / 1024:.1f} MB"


def points(percent: float | None) -> str:
    """A percentage as an LMS may show it: with a decimal where it has one. Empty for none."""
    return "" if percent is None else f"{percent:.1f}".removesuffix(".0")


def node_label(node_id: str) -> str:
    """What a node is called outside its module: with the module's code in front."""
    course = current.course()
    if node_id == COURSE_NODE:
        return _("Total")
    if node_id not in course.nodes:
        return node_id  # taken out of the course; its grades remain
    node = course.nodes[node_id]
    stage, module = course.places[node_id]
    if module is None:
        return _("Stage %(number)s %(title)s", number=stage.number, title=text(stage.title))
    title = text(node.title)
    return title if title.startswith(module.code) else f"{module.code} {title}"


def node_kind(node: Node) -> str:
    """The word for what a node is."""
    if isinstance(node, Quiz):
        return _("Quiz")
    if isinstance(node, Assignment):
        return _("Assignment")
    if isinstance(node, Lesson):
        return _("Lesson")
    return _("Module") if isinstance(node, Module) else _("Stage")


def condition_words(condition: Condition) -> str:
    """What must be done to meet a condition."""
    course = current.course()
    node = course.nodes[condition.node]
    code = module.code if (module := course.places[condition.node][1]) else ""
    if condition.kind == "quiz_passed" and isinstance(node, Quiz):
        return _("Pass the quiz of %(code)s (%(mark)s%% or more)", code=code, mark=node.pass_mark)
    if condition.kind == "assignment_passed" and isinstance(node, Assignment):
        return _("Pass the assignment of %(code)s (%(mark)s%% or more)", code=code, mark=node.pass_mark)
    return _("Hand in the assignment of %(code)s", code=code)


def work_words(state: str) -> tuple[str, str]:
    """(look, words) of where the work on an assignment is."""
    return {
        "draft": ("todo", _("Draft")),
        "submitted": ("wait", _("Waiting for review")),
        "returned": ("bad", _("Returned for resubmission")),
        "graded": ("good", _("Graded")),
    }.get(state, ("todo", _("Not begun")))


def roster_advice(reason: str) -> str:
    """What to do when the LMS's class list could not be read."""
    not_allowed = _(
        "The LMS does not let this tool read the class list. In Moodle, an administrator opens the settings of this "
        "tool, “Services”, and sets “IMS LTI Names and Role Provisioning” to “Use this service to retrieve members' "
        "information as per privacy settings”. Then open an activity of this course."
    )
    return {
        "scope": not_allowed,
        "refused": not_allowed,
        "gone": _(
            "The LMS has no class list at the address it gave. Open an activity of this course from the LMS; "
            "that tells this tool the address of today."
        ),
        "token": _(
            "The LMS did not recognise this tool. The administrator checks that the tool is still active in the LMS, "
            "and that the LMS reaches the tool's key set."
        ),
        "address": _(
            "The address of the LMS may not be called from here. The operator of this tool can allow it."
        ),
        "unreachable": _("The LMS did not answer. This tool tries again within a few hours."),
    }.get(
        reason, _("The LMS sent something that is no class list. This tool tries again within a few hours.")
    )
