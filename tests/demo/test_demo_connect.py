"""Connecting at start: the LMS walks through the tool's registration page over HTTP, cookies and all."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from flask import Flask, Response, request
from support.live import free_port, serving
from support.pretend_tool import PretendTool

from lti_tool.demo.app import DemoConfig, connect, create_demo, lms_of
from lti_tool.demo.connect import FormReader
from lti_tool.errors import RegistrationFailed

PAGE = """<!doctype html>
<form method="post" action="/language"><button name="language" value="en">English</button></form>
<form method="post" action=""><input type="hidden" name="csrf" value="{token}"><input type="checkbox" name="no">
<button name="answer" value="yes">Approve</button><button name="answer" value="no">Refuse</button></form>"""


class RegisteringTool:
    """A tool whose registration page wants one button pressed, by whoever was given its Secure cookie."""

    def __init__(self, tool: PretendTool) -> None:
        self.tool = tool
        self.status = 200
        self.page = PAGE
        self.at_once = False
        self.forgets = False
        self.app = Flask("registering_tool")
        self.app.add_url_rule("/lti/register", view_func=self.show)
        self.app.add_url_rule("/lti/register", view_func=self.approve, methods=["POST"], endpoint="approve")

    def show(self) -> Response:
        if self.at_once:
            self._register()
        token = secrets.token_hex(8)
        answer = Response(self.page.format(token=token), self.status)
        answer.set_cookie("csrf", token, secure=True)
        return answer

    def approve(self) -> tuple[str, int]:
        if request.cookies.get("csrf") != request.form["csrf"] or request.form.getlist("answer") != ["yes"]:
            return "not you", 400
        if "no" in request.form or request.headers["Origin"] not in request.headers["Referer"]:
            return "not as a browser does", 400
        if not self.forgets:
            self._register()
        return "done", 200

    def _register(self) -> None:
        configuration = requests.get(request.args["openid_configuration"], timeout=5).json()
        requests.post(
            configuration["registration_endpoint"],
            json=self.tool.description(),
            headers={"Authorization": "Bearer " + request.args["registration_token"]},
            timeout=5,
        ).raise_for_status()


@pytest.fixture
def registering(tool: PretendTool) -> RegisteringTool:
    return RegisteringTool(tool)


@pytest.fixture
def address(registering: RegisteringTool) -> Iterator[str]:
    with serving(registering.app) as base:
        yield base + "/lti/register?invitation=abc"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Flask]:
    port = free_port()
    app = create_demo(DemoConfig(f"http://127.0.0.1:{port}", tmp_path))
    with serving(app, port):
        yield app


def test_the_button_is_pressed_and_the_tool_is_registered(running: Flask, address: str) -> None:
    connect(running, address)
    registration = lms_of(running).state.registration
    assert registration is not None
    assert registration.name("ja") == "ふりをする道具"


def test_a_tool_that_registers_without_asking(
    running: Flask, registering: RegisteringTool, address: str
) -> None:
    registering.at_once, registering.page = True, "<p>done"
    connect(running, address)
    assert lms_of(running).state.registration is not None


def test_a_used_up_invitation_is_told(running: Flask, registering: RegisteringTool, address: str) -> None:
    registering.status = 403
    with pytest.raises(RegistrationFailed, match="answered 403"):
        connect(running, address)


def test_a_page_without_a_form_is_told(running: Flask, registering: RegisteringTool, address: str) -> None:
    registering.page = "<p>Welcome</p><form><button>Search</button></form>"
    with pytest.raises(RegistrationFailed, match="no form to approve"):
        connect(running, address)


def test_approval_without_registration_is_told(
    running: Flask, registering: RegisteringTool, address: str
) -> None:
    registering.forgets = True
    with pytest.raises(RegistrationFailed, match="answered 200 and did not register"):
        connect(running, address)
    assert lms_of(running).state.registration is None


def test_a_tool_that_is_not_there_is_told(running: Flask) -> None:
    with pytest.raises(RegistrationFailed, match="no answer from"):
        connect(running, f"http://127.0.0.1:{free_port()}/lti/register")


def test_forms_are_read_as_a_browser_would_send_them() -> None:
    reader = FormReader()
    reader.feed(
        """<input name=outside value=1>
        <form action="/a" method="POST"><input name=text value="a &amp; b"><input type=checkbox name=yes checked>
        <input type=radio name=r value=1><input type=radio name=r value=2 checked><input disabled name=off value=1>
        <input type=reset name=reset value=x><input type=submit name=go value=1><button name=go value=2>x</button>
        <input name=last></form><input name=after value=1><form></form>"""
    )
    first, second = reader.forms
    assert (first.action, first.method) == ("/a", "post")
    assert first.fields == [("text", "a & b"), ("yes", "on"), ("r", "2"), ("go", "1"), ("last", "")]
    assert (second.action, second.method, second.fields) == ("", "get", [])
