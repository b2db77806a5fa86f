"""A browser without cookies, in an LMS that keeps the login: proved there, opened where cookies are kept."""

import re
from pathlib import Path

import pytest
from browser.conftest import Visitor
from browser.pages import framed
from browser.words import Words
from browser.world import SAKURA, World
from flask import Flask
from playwright.sync_api import Page, Route, expect
from support.live import serving
from web.test_platform_storage import asked, told

import lti_tool.demo
from lti_tool.storage.db import open_session
from lti_tool.storage.platforms import Platform

pytestmark = pytest.mark.browser

SCRIPT = Path(lti_tool.demo.__file__).parent / "static" / "storage.js"
KEEPER = """
const keeper = document.createElement("iframe");
keeper.name = "keeper";
document.body.append(keeper);
keeper.contentWindow.addEventListener("message", listen);
window.addEventListener("message", (event) => {
  if (event.data?.subject === "lti.capabilities") listen(event);
});
"""
"""A frame of the LMS's page that answers in its place."""

NO_COOKIES = "Object.defineProperty(Document.prototype, 'cookie', {get: () => '', set: () => {}})"
"""A frame in which scripts keep no cookie either."""


def watched(page: Page) -> list[str]:
    """The addresses of the tool that the browser asks for."""
    seen: list[str] = []
    page.on("request", lambda request: seen.append(f"{request.method} {re.sub(r'[?].*', '', request.url)}"))
    return seen


def offering(world: World, page: Page) -> None:
    """The LMS keeps logins; the browser forgets the cookie of the login before it is asked for it."""
    world.lms.storage = True

    def forget(route: Route) -> None:
        page.context.clear_cookies()
        route.continue_()

    page.route(f"{world.lms_url}/auth?*", forget)


def test_the_login_is_proved_by_the_lms_and_the_page_opens_in_its_frame(
    world: World, visitor: Visitor
) -> None:
    """PMS-02, PMS-05, PMS-08: the cookie of the login was lost, others are kept."""
    page = visitor("ja").new_page()
    offering(world, page)
    seen = watched(page)
    tool = framed(page, world, SAKURA, "t101-quiz")
    expect(tool.get_by_role("button", name=Words("ja")("Start the quiz"))).to_be_visible()
    assert seen.count(f"POST {world.tool_url}/lti/launch") == 2, "once refused, once proved"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_without_any_cookie_the_same_launch_goes_on_in_a_window(
    world: World, visitor: Visitor, lang: str
) -> None:
    """COO-04, COO-07: the login is not repeated, and what proves it stands in no address."""
    words, context = Words(lang), visitor(lang)
    page = context.new_page()
    offering(world, page)
    page.add_init_script(NO_COOKIES)
    tool = framed(page, world, SAKURA, "t101-quiz")
    button = tool.get_by_role("button", name=words("Open in a new window"))
    expect(button).to_be_visible()
    with context.expect_page() as opened:
        button.click()
    expect(opened.value.get_by_role("button", name=words("Start the quiz"))).to_be_visible()
    assert "?" not in opened.value.url


def test_an_lms_that_does_not_answer_leaves_the_old_way(world: World, visitor: Visitor) -> None:
    """PMS-02, PMS-07: given up soon, in words, with a way on."""
    page = visitor("en").new_page()
    offering(world, page)
    page.route(
        "**/static/storage.js",
        lambda route: route.abort() if world.lms_url in route.request.url else route.continue_(),
    )
    tool = framed(page, world, SAKURA, "t101-quiz")
    expect(tool.get_by_role("heading", level=1)).to_have_text("Your browser did not keep the launch.")
    expect(tool.get_by_role("link", name="Open in a new window")).to_be_visible()


def test_a_browser_with_cookies_is_not_asked_twice(world: World, visitor: Visitor) -> None:
    world.lms.storage = True
    page = visitor("en").new_page()
    seen = watched(page)
    tool = framed(page, world, SAKURA, "t101-quiz")
    expect(tool.get_by_role("button", name="Start the quiz")).to_be_visible()
    assert seen.count(f"POST {world.tool_url}/lti/launch") == 1


def lms_script(world: World, page: Page, *changes: tuple[str, str]) -> None:
    """The LMS's own script for storage, with these pieces changed."""
    text = SCRIPT.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    page.route(
        f"{world.lms_url}/static/storage.js",
        lambda route: route.fulfill(body=text, content_type="text/javascript"),
    )


def test_an_older_lms_knows_the_messages_by_their_older_names(world: World, visitor: Visitor) -> None:
    """PMS-10."""
    page = visitor("en").new_page()
    offering(world, page)
    lms_script(world, page, ('"lti.', '"org.imsglobal.lti.'))
    tool = framed(page, world, SAKURA, "t101-quiz")
    expect(tool.get_by_role("button", name="Start the quiz")).to_be_visible()


def test_the_frame_that_the_lms_names_itself_comes_first(world: World, visitor: Visitor) -> None:
    """PMS-03: the login named the page, its capabilities name a frame in it, and only that one answers."""
    page = visitor("en").new_page()
    offering(world, page)
    lms_script(
        world,
        page,
        ("({ subject: name })", '({ subject: name, frame: "keeper" })'),
        ('window.addEventListener("message", (', "const listen = (("),
        ("    origin,\n  );\n});", f"    origin,\n  );\n}});\n{KEEPER}"),
    )
    tool = framed(page, world, SAKURA, "t101-quiz")
    expect(tool.get_by_role("button", name="Start the quiz")).to_be_visible()
    assert "keeper" in [frame.name for frame in page.frames]


def stranger(state: str, value: str, tool_url: str) -> Flask:
    """A page that has begun a login of its own, posts its answer from a visitor's browser, and plays the LMS."""
    app = Flask("stranger")

    @app.get("/")
    def page() -> str:
        return f"""<!doctype html><iframe name="f"></iframe>
        <form method="post" action="{tool_url}/lti/launch" target="f">
        <input name="state" value="{state}"><input name="id_token" value="a.b.c"></form><pre></pre>
        <script>
        addEventListener("message", ({{data, source}}) => {{
          if (!data.subject) return;
          document.querySelector("pre").append(data.subject + " ");
          source.postMessage({{...data, subject: data.subject + ".response", value: "{value}",
            supported_messages: [{{subject: "lti.put_data"}}, {{subject: "lti.get_data"}}]}}, "*");
        }});
        document.forms[0].submit();
        </script>"""

    return app


def test_a_page_that_is_not_the_lms_learns_nothing_and_is_believed_nothing(
    world: World, visitor: Visitor
) -> None:
    """PMS-04, PMS-05, STA-02, ATK-01: nobody is launched as somebody else by a page that answers in the LMS's place."""
    with open_session(world.engine, writes=False) as session:
        platform = session.query(Platform).one()
    about = {
        "iss": platform.issuer,
        "client_id": platform.client_id,
        "login_hint": SAKURA,
        "target_link_uri": f"{world.tool_url}/lti/launch",
        "lti_storage_target": "_parent",
    }
    login = world.tool_app.test_client().post("/lti/login", data=about, base_url=world.tool_url).text
    found = told(login)
    app = stranger(asked(login)["state"], found["value"], world.tool_url)
    page = visitor("en").new_page()
    with serving(app) as address:
        page.goto(address)
        tool = page.frame_locator("iframe")
        expect(tool.get_by_role("heading", level=1)).to_have_text("Your browser did not keep the launch.")
        heard = set(page.locator("pre").inner_text().split())
    assert heard == {"lti.capabilities"}
