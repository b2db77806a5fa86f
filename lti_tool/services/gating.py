"""What is open to a person. Every page below the course home asks here first."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from lti_tool.domain import gating as rules
from lti_tool.domain.course import Course, Node
from lti_tool.domain.gating import AssignmentProgress, AssignmentState, NodeState, Progress, QuizProgress
from lti_tool.errors import Locked, NotFound
from lti_tool.services.who import Who
from lti_tool.storage import work_queries
from lti_tool.storage.db import Session


@dataclass(frozen=True)
class Standing:
    """Where a person stands in the course: what they have done, and what is open to them."""

    course: Course
    progress: Progress
    staff: bool

    @cached_property
    def states(self) -> Mapping[str, NodeState]:
        """The state of every node by id. To staff everything is open."""
        if self.staff:
            return dict.fromkeys(self.course.nodes, rules.OPEN)
        return rules.evaluate(self.course, self.progress)

    def require_open(self, node_id: str) -> Node:
        """The node, if this person may see it now.

        Raises NotFound for an unknown id and Locked with the unmet conditions.
        """
        node = self.course.nodes.get(node_id)
        if node is None:
            raise NotFound(node_id)
        reasons = () if self.staff else rules.reasons(self.course, self.progress, node_id)
        if reasons:
            raise Locked(node_id, reasons)
        return node


def progress(session: Session, course: Course, who: Who) -> Progress:
    """What a learner has done in the context with what the course has now. Others have no progress."""
    if not who.learner:
        return Progress()
    done = work_queries.done(session, who.person_id, who.context_id)
    return Progress(
        quizzes={node: QuizProgress(*found) for node, found in done.quizzes.items() if node in course.nodes},
        assignments={
            node: AssignmentProgress(cast(AssignmentState, state), percent, passed)
            for node, (state, percent, passed) in done.assignments.items()
            if node in course.nodes
        },
        lessons=frozenset(done.lessons),
    )


def standing(session: Session, course: Course, who: Who) -> Standing:
    """Where a person stands."""
    return Standing(course, progress(session, course, who), who.staff)


def require_open(session: Session, course: Course, who: Who, node_id: str) -> Node:
    """The node, if this person may see it now. Raises NotFound, Locked."""
    return standing(session, course, who).require_open(node_id)
