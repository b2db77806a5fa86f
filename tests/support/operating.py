"""Operators in the admin area, as they use it."""

from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient
from support.launching import BASE, Launched
from werkzeug.test import TestResponse

from lti_tool.services import operators
from lti_tool.storage.db import Engine, transaction

NAME, PASSWORD = "anna", "correct horse battery"


def make_operator(engine: Engine, now: datetime, name: str = NAME, password: str = PASSWORD) -> None:
    """An account."""
    with transaction(engine) as session:
        operators.add(session, name, password, now)


def visitor(app: Flask, client: FlaskClient | None = None) -> Launched:
    """A browser that looks at the admin area, not logged in."""
    return Launched(client or app.test_client(), "/admin", "/admin/login")


def try_login(
    browser: Launched, name: str = NAME, password: str = PASSWORD, wanted: str = ""
) -> TestResponse:
    """Fill in the login form; where it leads is not followed."""
    browser.get("login")
    return browser.post("login", {"name": name, "password": password, "next": wanted}, follow=False)


def log_in(app: Flask, client: FlaskClient | None = None, name: str = NAME) -> Launched:
    """An operator who is logged in, in a browser of their own or `client`."""
    browser = visitor(app, client)
    answer = try_login(browser, name)
    assert answer.status_code == 303, answer.text
    browser.token = ""  # the login made a new one
    return browser


def cookie(browser: Launched) -> str:
    """What the browser keeps for the admin area."""
    found = browser.client.get_cookie("lti_operator", domain=BASE.removeprefix("https://"), path="/admin")
    return found.value if found else ""
