"""A tool as PyLTI1p3's documentation and its Flask example build one: login, launch, a page.

As there, the configuration is read in each view and launch data stays in memory. The plain addresses do the least
that a tool must. Those below `/example` do what the published example does besides: look first whether the browser
keeps cookies, which costs a request more, and print every launch. Its debug mode is left out.
"""

# mypy: ignore-errors
# Runs in an environment of its own, whose libraries the type checker does not see.

import os
from pprint import pprint

from flask import Flask, render_template
from flask_caching import Cache
from pylti1p3.contrib.flask import (
    FlaskCacheDataStorage,
    FlaskMessageLaunch,
    FlaskOIDCLogin,
    FlaskRequest,
)
from pylti1p3.tool_config import ToolConfJsonFile
from werkzeug.wrappers import Response

app = Flask(__name__)
app.config.update(SECRET_KEY=os.urandom(24), CACHE_TYPE="SimpleCache", CACHE_DEFAULT_TIMEOUT=600)
cache = Cache(app)

CONFIGURATION = os.environ["BENCH_TOOL_CONFIG"]


@app.route("/login", methods=["GET", "POST"])
def login() -> Response:
    """Send the browser on to the platform."""
    asked = FlaskRequest()
    return _login(asked).redirect(asked.get_param("target_link_uri"))


@app.route("/example/login", methods=["GET", "POST"])
def example_login() -> Response:
    """The same, but first see whether the browser keeps cookies."""
    asked = FlaskRequest()
    return _login(asked).enable_check_cookies().redirect(asked.get_param("target_link_uri"))


@app.post("/launch")
def launch() -> str:
    """Check the message and show a page."""
    tool = ToolConfJsonFile(CONFIGURATION)
    message = FlaskMessageLaunch(FlaskRequest(), tool, launch_data_storage=FlaskCacheDataStorage(cache))
    return render_template("launched.html", name=message.get_launch_data().get("name"))


@app.post("/example/launch")
def example_launch() -> str:
    """The same, with everything on paper."""
    tool = ToolConfJsonFile(CONFIGURATION)
    message = FlaskMessageLaunch(FlaskRequest(), tool, launch_data_storage=FlaskCacheDataStorage(cache))
    data = message.get_launch_data()
    pprint(data)  # noqa: T203 (as the example does)
    chosen = data.get("https://purl.imsglobal.org/spec/lti/claim/custom", {}).get("node") or "normal"
    return render_template(
        "example.html",
        name=data.get("name", ""),
        chosen=chosen,
        launch_id=message.get_launch_id(),
        choosing=message.is_deep_link_launch(),
    )


def _login(asked: FlaskRequest) -> FlaskOIDCLogin:
    tool = ToolConfJsonFile(CONFIGURATION)
    return FlaskOIDCLogin(asked, tool, launch_data_storage=FlaskCacheDataStorage(cache))
