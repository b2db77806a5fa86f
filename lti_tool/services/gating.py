"""What is open to a person. Every page below the course home asks here first."""

from collections.abc import Mapping

from lti_tool.domain.course import Course, Node
from lti_tool.domain.gating import NodeState, Progress
from lti_tool.services.who import Who
from lti_tool.storage.db import Session


def progress(session: Session, course: Course, who: Who) -> Progress:
    """What a learner has done in the context. Staff and observers have no progress."""
    raise NotImplementedError


def states(session: Session, course: Course, who: Who) -> Mapping[str, NodeState]:
    """The state of every node by id. To staff everything is open."""
    raise NotImplementedError


def require_open(session: Session, course: Course, who: Who, node_id: str) -> Node:
    """The node, if this person may see it now.

    Raises NotFound for an unknown id and Locked with the unmet conditions.
    """
    raise NotImplementedError
