"""The admin area in a real browser: an operator's way through it, in both languages, light and dark, on a phone."""

from datetime import UTC, datetime

import pytest
from browser.conftest import Visitor
from browser.pages import Checker
from browser.world import World
from playwright.sync_api import expect
from support.operating import NAME, PASSWORD, make_operator

from lti_tool.services import deployments
from lti_tool.storage.db import transaction
from lti_tool.storage.platforms import Platform

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("lang", ["ja", "en"])]


def log_in(check: Checker, world: World) -> str:
    """Make an account and use it; the address of the admin area."""
    admin = f"{world.tool_url}/admin"
    make_operator(world.engine, datetime.now(UTC))
    check.at(f"{admin}/login", "login")
    check.page.locator("#name").fill(NAME)
    check.page.locator("#password").fill("wrong")
    check.page.locator("main button").click()
    expect(check.page.locator("#problem")).to_be_visible()
    check("wrong password")
    check.page.locator("#password").fill(PASSWORD)
    check.page.locator("main button").click()
    expect(check.page.locator("header button")).to_be_visible()
    return admin


def test_every_page(world: World, visitor: Visitor, lang: str) -> None:
    check = Checker(visitor(lang).new_page(), lang)
    admin = log_in(check, world)
    with transaction(world.engine) as session:
        number = session.query(Platform).one().id
    deployments.ask(world.engine, number, "school-b", datetime.now(UTC))
    check.at(f"{admin}/platforms/", "LMSs")
    check.at(f"{admin}/platforms/{number}", "one LMS, a deployment waiting")
    check.at(f"{admin}/platforms/{number}/move", "move")
    check.at(f"{admin}/platforms/99", "no such LMS")
    check.at(f"{admin}/passback/", "grades on their way")
    check.at(f"{admin}/invitations/", "invitations")
    check.at(f"{admin}/by-hand/moodle", "by hand, Moodle")
    check.at(f"{admin}/by-hand/canvas", "by hand, Canvas")
    check.at(f"{world.tool_url}/lti/by-hand/sakai", "by hand, for administrators")
    check.at(f"{admin}/keys/", "keys")
    check.at(f"{admin}/audit/", "audit log")
    assert not check.problems


def test_an_invitation_is_copied_by_a_button(world: World, visitor: Visitor, lang: str) -> None:
    """Without a script in the page: the policy would not let it run."""
    context = visitor(lang)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    check = Checker(context.new_page(), lang)
    admin = log_in(check, world)
    check.page.goto(f"{admin}/invitations/")
    check.page.locator("#note").fill("School B")
    check.page.locator("main form.card-box button").click()
    check.page.locator("[data-copy=address]").click()
    expect(check.page.locator("#copied")).not_to_be_empty()
    check("an invitation")
    address = check.page.locator("#address").inner_text()
    assert check.page.evaluate("navigator.clipboard.readText()") == address
    assert address.startswith(f"{world.tool_url}/lti/register?invite=")
    assert not check.problems
