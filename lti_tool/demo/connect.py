"""Connecting the tool without a person at the screen: go through its registration page as a browser does."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

from lti_tool.demo.lms import Lms, origin
from lti_tool.demo.registration import invite
from lti_tool.errors import RegistrationFailed

TIMEOUT = 60
"""Seconds. While it answers, the tool fetches our configuration and registers."""


@dataclass
class Form:
    """A form of a page: where it goes, how, and what it sends when its first button is pressed."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    pressed: bool = False


class FormReader(HTMLParser):
    """Collects the forms of a page with the values a browser would send of an untouched form."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(values.get("action", ""), values.get("method", "get").lower()))
            self._open = True
        elif self._open and tag in {"input", "button"}:
            self._control(tag, values)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False

    def _control(self, tag: str, values: dict[str, str]) -> None:
        form = self.forms[-1]
        kind = values.get("type", "submit" if tag == "button" else "text").lower()
        if "disabled" in values or kind in {"reset", "button", "image", "file"}:
            return
        if kind == "submit":
            if form.pressed:
                return
            form.pressed = True
        if kind in {"checkbox", "radio"} and "checked" not in values:
            return
        if values.get("name"):
            form.fields.append(
                (values["name"], values.get("value", "on" if kind in {"checkbox", "radio"} else ""))
            )


def connect_by_http(here: Lms, registration_url: str) -> None:
    """Open the tool's registration address, approve on the page it shows, and see that the tool registered.

    Raises RegistrationFailed, saying how far it came. Our own server must be running: the tool calls it.
    """
    address, ticket = invite(here, registration_url)
    session = requests.Session()
    try:
        page = session.get(address, timeout=TIMEOUT)
        if page.ok and here.invitations.look(ticket):
            page = _approve(session, page)
    except requests.RequestException as error:
        raise RegistrationFailed(f"no answer from {urlsplit(registration_url).netloc}: {error}") from error
    if here.invitations.look(ticket):
        raise RegistrationFailed(f"the tool answered {page.status_code} and did not register")


def _approve(session: requests.Session, page: requests.Response) -> requests.Response:
    """Press the one button of the approval form: the form that posts to the page's own address."""
    reader = FormReader()
    reader.feed(page.text)
    here = urlsplit(page.url).path
    posting = [form for form in reader.forms if form.method == "post"]
    own = [form for form in posting if urlsplit(urljoin(page.url, form.action)).path.startswith(here)]
    form = next(iter(own or posting), None)
    if form is None:
        raise RegistrationFailed("the tool's registration page has no form to approve")
    for cookie in session.cookies:
        # A browser sends Secure cookies to this machine by http too; requests keeps them for https.
        cookie.secure = page.url.startswith("https:")
    headers = {"Referer": page.url, "Origin": origin(page.url) or "null"}
    return session.post(urljoin(page.url, form.action), data=form.fields, headers=headers, timeout=TIMEOUT)
