"""Addresses put together once are those that Flask would build each time."""

import pytest
from flask import Flask, g
from flask import url_for as flask_url_for
from werkzeug.routing import BuildError

from lti_tool.web.addresses import url_for

VALUES = {
    "lesson_id": "t101-why",
    "module_id": "t101",
    "quiz_id": "t101-quiz",
    "assignment_id": "t101-assignment",
    "node_id": "stage1",
    "name": "図 1.svg",
    "filename": "css/bootstrap.min.css",
}


def test_every_page_has_the_address_that_flask_builds(app: Flask):
    seen = 0
    with app.test_request_context():
        g.launch_id = "Abc_-9"
        for rule in app.url_map.iter_rules():
            values = {name: VALUES.get(name, 7) for name in rule.arguments - {"launch_id"}}
            whole = {**values, "launch_id": g.launch_id} if "launch_id" in rule.arguments else values
            for extra in ({}, {"note": "saved & sound"}):
                assert url_for(rule.endpoint, **values, **extra) == flask_url_for(
                    rule.endpoint, **whole, **extra
                )
                seen += 1
    assert seen > 50


def test_an_address_is_that_of_the_launch_at_hand(app: Flask):
    with app.test_request_context():
        for launch_id in ("first", "second"):
            g.launch_id = launch_id
            assert url_for("home.course_home", _anchor="stage2") == f"/l/{launch_id}/#stage2"


def test_a_page_that_does_not_exist_has_none(app: Flask):
    with app.test_request_context(), pytest.raises(BuildError):
        url_for("home.nowhere")
