"""What the pages say of a grade on its way: where it is, why it is held, and what to change in the LMS at hand."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_tool.domain.diagnosis import Family
from lti_tool.domain.ledger import KEPT, NEEDED, NOT_CHOSEN
from lti_tool.services.ledger import Line
from lti_tool.services.passback import CURABLE, GradeState
from lti_tool.web import current
from lti_tool.web.doctor_words import place_words, setting_words

FILTERS: Mapping[str, tuple[str, Any]] = {
    NEEDED: ("bad", _l("needs you")),
    "held": ("bad", _l("on hold")),
    "drifted": ("bad", _l("changed in the LMS")),
    "waiting": ("wait", _l("waiting")),
    "delivered": ("good", _l("received")),
    "confirmed": ("good", _l("shown in the LMS")),
    "kept": ("quiet", _l("the LMS's grade stands")),
    "none": ("quiet", _l("not graded in the LMS")),
}
"""(look, words) of what can be looked for."""

HELD: Mapping[str, Any] = {
    "no-service": _l("the LMS gave no grade service with this activity"),
    "no-scope": _l("the LMS does not let this tool write grades"),
    "no-column": _l("there is no column for it in the gradebook"),
    "column-gone": _l("its column is no longer in the gradebook"),
    "column-locked": _l("its column is locked in the gradebook"),
    "not-shown": _l("the LMS took it but shows no grade"),
    "conflict": _l("the LMS has another value of a later time"),
    "refused": _l("the LMS refused it; the tool may have lost its right to write grades"),
    "address": _l("the address of the LMS may not be called from here"),
}

SETTINGS: Mapping[str, tuple[str, ...]] = {
    "no-service": ("grades",),
    "no-scope": ("grades",),
    "no-column": ("columns", "accept"),
    "refused": ("grades", "accept"),
    "address": ("reach",),
}
"""What to look at in the LMS for each reason, as the doctor names it."""

STEPS: Mapping[str, Mapping[Family, Any]] = {
    "column-gone": {
        "moodle": _l(
            "Was the activity deleted, or “Allow … to add grades in the gradebook” switched off in its settings, "
            "“Privacy”? Place the activity again and open it once. Or switch it on, choose “Point” again under "
            "“Grade”, which Moodle has forgotten meanwhile, and open it on the next day: Moodle tells of the new "
            "column only after its nightly clean-up. A column without an activity comes back when it is ticked "
            "under “Grade columns”."
        ),
        "other": _l(
            "Place the activity again by the tool's own selection and open it once, or tick it under “Grade columns”."
        ),
    },
    "column-locked": {
        "moodle": _l(
            "In Moodle: Grades > Gradebook setup, “Edit” of this column, “Unlock”. Or, if only this student's grade is "
            "locked: the same in the grader report with editing on."
        ),
        "other": _l("Unlock the column, or this student's grade in it, in the gradebook of the LMS."),
    },
    "not-shown": {
        "moodle": _l(
            "In Moodle, the grade of the activity must be of the type “Point”, and the student must be enrolled as one "
            "who is graded: look at the grader report."
        ),
        "other": _l(
            "Look at the gradebook of the LMS: is the column one for points, and is the student in it?"
        ),
    },
    "not-gradable": {
        "moodle": _l(
            "Moodle keeps grades only of people who are enrolled in the course with a graded role, which is “Student” "
            "as a rule: look under “Participants”. It keeps none of teachers."
        ),
        "other": _l(
            "The LMS keeps grades only of people who are students of the course. It keeps none of teachers."
        ),
    },
    "left": {
        "moodle": _l(
            "Moodle's class list has this student no more, and no grade: unenrolled or suspended under “Participants”. "
            "If they are enrolled again, the grade is sent by itself after the class list was read."
        ),
        "other": _l(
            "The class list of the LMS has this student no more, and no grade. If they come back, the grade is sent by "
            "itself after the class list was read."
        ),
    },
    "no-node": {
        "other": _l(
            "The course package no longer has what the grade is of. It is kept here, and nothing is to be done."
        )
    },
    "conflict": {
        "other": _l(
            "Compare with the gradebook of the LMS: somebody may have entered a grade there. If the grade of this tool "
            "should stand, send it again."
        )
    },
}
"""What to do where no setting of the tool is to blame."""


def grade_words(grade: GradeState | Line) -> tuple[str, str]:
    """(look, words) of where a grade is on its way to the LMS, for whom the page is.

    Students are told of a hold, and of a grade changed in the LMS, what it means for them: nothing to do.
    """
    if current.who().staff and grade.state in {"held", "drifted"}:
        return _for_staff(grade)
    none = ("quiet", _("The LMS keeps no grade for this person"))
    words = {
        ("delivered", ""): ("good", _("Received by the LMS")),
        ("confirmed", ""): ("good", _("Shown in the LMS's gradebook")),
        ("not_applicable", NOT_CHOSEN): ("quiet", _("No column for it in the LMS")),
        ("not_applicable", "left"): ("quiet", _("No longer in the class list of the LMS")),
        ("not_applicable", "no-node"): ("quiet", _("No longer in the course")),
    }
    otherwise = {
        "held": ("wait", _("On hold on its way to the LMS. Your teacher sees it; you need do nothing.")),
        "drifted": ("quiet", _("The LMS shows another grade: it was changed there. Your teacher sees it.")),
        "not_applicable": none,
    }.get(grade.state, ("wait", _("Waiting to be sent")))
    return words.get((grade.state, grade.reason), otherwise)


def _for_staff(grade: GradeState | Line) -> tuple[str, str]:
    if grade.state == "held":
        return "bad", _("On hold: %(reason)s", reason=held_words(grade.reason))
    if grade.reason == KEPT:
        return "quiet", _("Changed in the LMS; its grade stands")
    if grade.reason == "overridden":
        return "bad", _("The LMS keeps its own grade, though yours was sent over it")
    return "bad", _("Changed in the LMS")


def held_words(reason: str) -> str:
    """Why a grade is held."""
    return str(HELD.get(reason, _("the LMS did not accept it")))


def advice(reason: str, family: Family) -> list[tuple[str, str]]:
    """(place, what to change there) for a reason of being held, in the words of the LMS at hand."""
    if reason in STEPS:
        steps = STEPS[reason]
        return [("", str(steps.get(family, steps["other"])))]
    settings = SETTINGS.get(reason, ("grades",))
    return [(place_words(setting, family), setting_words(setting, family)) for setting in settings]


def after_advice(reason: str) -> str:
    """What happens then."""
    if reason in CURABLE:
        return _(
            "As soon as somebody has opened an activity of this course after that, the grades are sent by themselves."
        )
    return "" if reason in {"left", "no-node"} else _("Then send again.")
