"""What is done to the tools: a full launch, and opening a page again."""

from urllib.parse import parse_qs, urlencode, urlsplit

from bench.browser import Browser, Page
from bench.platform import DEPLOYMENT, Platform
from bench.tools import Tool


class WrongAnswer(Exception):
    """A tool did not do what is measured; figures of it would mean nothing."""


def launch(platform: Platform, tool: Tool, client: str, node: str, number: int) -> tuple[Browser, Page]:
    """Login, launch and the first page, as student `number` with a browser of their own."""
    browser = Browser(number)
    target = tool.server.url + tool.launch
    asked = {
        "iss": platform.url,
        "client_id": client,
        "login_hint": str(number),
        "target_link_uri": target,
        "lti_message_hint": "1",
        "lti_deployment_id": DEPLOYMENT,
    }
    answer = browser.get(f"{tool.server.url}{tool.login}?{urlencode(asked)}")
    if answer.status == 200:  # PyLTI1p3's page that tries a cookie; its script comes back with this
        answer = browser.get(answer.url + "&lti1p3_new_window=1")
    wanted = {name: found[0] for name, found in parse_qs(urlsplit(answer.location).query).items()}
    if not answer.location.startswith(platform.auth_url):
        raise WrongAnswer(f"{answer.url}: {answer.status} {answer.body[:300]}")
    token = platform.id_token(client, wanted["nonce"], target, number, node)
    page = browser.post(wanted["redirect_uri"], {"id_token": token, "state": wanted["state"]})
    while page.location:
        page = browser.get(page.location)
    if page.status != 200 or tool.sign not in page.body:
        raise WrongAnswer(f"{page.url}: {page.status} {page.body[:300]}")
    return browser, page


def open_page(browser: Browser, url: str) -> Page:
    """Open a page that is known to be there."""
    page = browser.get(url)
    if page.status != 200:
        raise WrongAnswer(f"{url}: {page.status} {page.body[:300]}")
    return page
