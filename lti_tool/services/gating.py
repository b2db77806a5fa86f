"""What is open to a person. Every page below the course home asks here first."""

from collections.abc import Mapping
from typing import cast

from lti_tool.domain import gating as rules
from lti_tool.domain.course import Course, Node
from lti_tool.domain.gating import AssignmentProgress, AssignmentState, NodeState, Progress, QuizProgress
from lti_tool.errors import Locked, NotFound
from lti_tool.services.who import Who
from lti_tool.storage import work_queries
from lti_tool.storage.db import Session


def progress(session: Session, course: Course, who: Who) -> Progress:
    """What a learner has done in the context with what the course has now. Others have no progress."""
    if not who.learner:
        return Progress()
    results = work_queries.quiz_results(session, who.person_id, who.context_id)
    works = work_queries.submissions(session, who.person_id, who.context_id)
    return Progress(
        quizzes={node: QuizProgress(*results[node]) for node in results if node in course.nodes},
        assignments={
            work.assignment: AssignmentProgress(
                cast(AssignmentState, work.state), work.percent, bool(work.passed)
            )
            for work in works
            if work.assignment in course.nodes
        },
        lessons=work_queries.lessons_read(session, who.person_id, who.context_id),
    )


def states(session: Session, course: Course, who: Who) -> Mapping[str, NodeState]:
    """The state of every node by id. To staff everything is open."""
    if who.staff:
        return dict.fromkeys(course.nodes, rules.OPEN)
    return rules.evaluate(course, progress(session, course, who))


def require_open(session: Session, course: Course, who: Who, node_id: str) -> Node:
    """The node, if this person may see it now.

    Raises NotFound for an unknown id and Locked with the unmet conditions.
    """
    node = course.nodes.get(node_id)
    if node is None:
        raise NotFound(node_id)
    state = states(session, course, who)[node_id]
    if state.status == "locked":
        raise Locked(node_id, state.reasons)
    return node
