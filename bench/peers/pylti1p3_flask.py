"""A minimal tool as PyLTI1p3's documentation and its Flask example build one: login, launch, a page.

As there, the configuration is read in each view and launch data stays in memory. What the example does for its
own sake (debug mode, printing every launch) is left out. Its first look whether the browser keeps cookies, which
costs a request more, stands at an address of its own.
"""

# mypy: ignore-errors
# Runs in an environment of its own, whose libraries the type checker does not see.

import os

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


@app.route("/careful-login", methods=["GET", "POST"])
def careful_login() -> Response:
    """The same, but first see whether the browser keeps cookies."""
    asked = FlaskRequest()
    return _login(asked).enable_check_cookies().redirect(asked.get_param("target_link_uri"))


@app.post("/launch")
def launch() -> str:
    """Check the message and show a page."""
    tool = ToolConfJsonFile(CONFIGURATION)
    message = FlaskMessageLaunch(FlaskRequest(), tool, launch_data_storage=FlaskCacheDataStorage(cache))
    return render_template("launched.html", name=message.get_launch_data().get("name"))


def _login(asked: FlaskRequest) -> FlaskOIDCLogin:
    tool = ToolConfJsonFile(CONFIGURATION)
    return FlaskOIDCLogin(asked, tool, launch_data_storage=FlaskCacheDataStorage(cache))
