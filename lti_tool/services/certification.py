"""How somebody is certified, and what of it this tool has seen them do."""

from dataclasses import dataclass

from lti_tool.domain.certification import Certification, Gate
from lti_tool.domain.course import Condition, Course
from lti_tool.errors import NotFound
from lti_tool.services import gating
from lti_tool.services.who import Who
from lti_tool.storage.db import Session


@dataclass(frozen=True)
class GateView:
    """A gate: `met` of its needs, and those that are not met yet. Of whoever is no learner nothing is counted."""

    gate: Gate
    met: int
    unmet: tuple[Condition, ...]


@dataclass(frozen=True)
class Page:
    """The whole way to the credential."""

    certification: Certification
    gates: tuple[GateView, ...]


def page(session: Session, course: Course, who: Who) -> Page:
    """For one person. Raises NotFound when the course certifies nothing."""
    if course.certification is None:
        raise NotFound("this course certifies nothing")
    progress = gating.progress(session, course, who)
    views = []
    for gate in course.certification.gates:
        unmet = tuple(need for need in gate.needs if not progress.meets(need))
        views.append(GateView(gate, len(gate.needs) - len(unmet), unmet))
    return Page(course.certification, tuple(views))
