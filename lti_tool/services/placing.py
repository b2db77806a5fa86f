"""Answering a deep linking request: the teacher's choice of nodes goes back as placed activities."""

from datetime import datetime

from lti_tool.domain.course import Course, Stage, Text
from lti_tool.errors import Conflict, NotFound
from lti_tool.lti import deep_linking
from lti_tool.lti.claims import DeepLinkingSettings
from lti_tool.lti.deep_linking import ContentItem
from lti_tool.services import keys, passback
from lti_tool.services.arrivals import COURSE_NODE
from lti_tool.services.launches import registration_of
from lti_tool.storage import visit_queries
from lti_tool.storage.db import Session
from lti_tool.storage.visit_queries import Visit

STAGE = Text("ステージ", "Stage ")


def offers(course: Course) -> tuple[str, ...]:
    """What may be placed, in teaching order: the course home, stages, modules, and their graded parts."""
    found = [COURSE_NODE]
    for stage in course.stages:
        found.append(stage.id)
        for module in stage.modules:
            found.append(module.id)
            found += [part.id for part in (*module.lessons, module.quiz, module.assignment) if part]
    return tuple(found)


def respond(
    session: Session, course: Course, visit: Visit, node_ids: list[str], now: datetime
) -> tuple[str, str]:
    """The address to post to and the signed response. A request is answered once (DL-25).

    Raises Conflict(code="answered") the second time, NotFound for something the course does not have.
    """
    launch = visit_queries.hold(session, visit.id)
    kept = launch.deep_linking
    if kept is None:
        raise Conflict(code="answered")
    allowed = offers(course)
    for node_id in node_ids:
        if node_id not in allowed:
            raise NotFound(node_id, code="unknown-node")
    settings = DeepLinkingSettings(
        return_url=kept["return_url"],
        accept_types=tuple(kept["accept_types"]),
        accept_multiple=kept["accept_multiple"],
        accept_lineitem=kept["accept_lineitem"],
        data=kept["data"],
    )
    wanted = [node_id for node_id in allowed if node_id in node_ids]
    items = [_item(course, node_id, launch.language) for node_id in wanted]
    launch.deep_linking = None
    return deep_linking.response(
        keys.signer(session),
        registration_of(launch.platform),
        kept["deployment_id"],
        settings,
        items,
        kept["launch_url"],
        now,
    )


def _item(course: Course, node_id: str, language: str) -> ContentItem:
    return ContentItem(
        node=node_id,
        title=title_of(course, node_id, language),
        text="",
        graded=node_id in passback.graded_nodes(course),
    )


def title_of(course: Course, node_id: str, language: str) -> str:
    """The name of an activity, with its module so that it is found again in a long course page."""
    if node_id == COURSE_NODE:
        return course.title[language]
    node = course.nodes[node_id]
    stage, module = course.places[node_id]
    if isinstance(node, Stage) or module is None:
        return f"{STAGE[language]}{stage.number} {stage.title[language]}"
    return f"{module.code} {node.title[language]}"
