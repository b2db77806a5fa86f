"""Keys and notes for those who teach: nobody else comes to these addresses, whatever link they have."""

from flask import Blueprint, render_template, send_file
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lti_tool.curriculum.markdown import Bases, render
from lti_tool.domain.course import Module
from lti_tool.domain.instructor import InstructorFile
from lti_tool.errors import NotFound
from lti_tool.web import access
from lti_tool.web.current import course, lang
from lti_tool.web.lessons import SANDBOX

launched = Blueprint("instructor", __name__, url_prefix="/l/<launch_id>")


@launched.get("/instructor/<module_id>/<name>")
@access.allow(*access.STAFF)
def file(module_id: str, name: str) -> ResponseReturnValue:
    """A page to read, or a file to keep."""
    module, found = _find(module_id, name)
    if found.page is None:
        answer = send_file(found.path, as_attachment=True, download_name=f"{module.code}-{name}")
        answer.headers["Content-Security-Policy"] = SANDBOX
        return answer
    html = render(found.page[lang()], lang(), Bases(f"../../assets/{module.id}/", "../../n/"))
    body = Markup(html)  # noqa: S704 (cleaned by the renderer)
    return render_template("instructor.html", module=module, file=found, body=body)


def _find(module_id: str, name: str) -> tuple[Module, InstructorFile]:
    module = course().nodes.get(module_id)
    if isinstance(module, Module):
        for found in module.instructor:
            if found.name == name:
                return module, found
    raise NotFound(name)
