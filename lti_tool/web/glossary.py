"""The glossary, where the terms in lessons lead."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lti_tool.domain.glossary import shelves
from lti_tool.web import access, kept_pages
from lti_tool.web.current import course, lang

launched = Blueprint("glossary", __name__, url_prefix="/l/<launch_id>")


@launched.get("/glossary")
@access.allow(*access.ANYONE_LAUNCHED)
def glossary() -> ResponseReturnValue:
    """Every term with its meaning, in the order in which a reader of this language looks for it."""

    def render() -> str:
        return render_template("glossary.html", shelves=shelves(course().glossary, lang()))

    return kept_pages.page("glossary", render)
