"""What an activity is called in the LMS."""

from lti_tool.domain.course import COURSE_NODE, Course, Stage, Text

STAGE = Text("ステージ", "Stage ")


def title_of(course: Course, node_id: str, language: str) -> str:
    """The name of an activity, with its module's code so that it is found again in a long course page."""
    if node_id == COURSE_NODE:
        return course.title[language]
    node = course.nodes[node_id]
    stage, module = course.places[node_id]
    if isinstance(node, Stage) or module is None:
        return f"{STAGE[language]}{stage.number} {stage.title[language]}"
    title = node.title[language]
    return title if title.startswith(module.code) else f"{module.code} {title}"
