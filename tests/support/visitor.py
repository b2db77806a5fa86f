"""A browser as far as LTI needs one: keeps cookies, follows redirects, sends forms that send themselves."""

import re
from dataclasses import dataclass
from html import unescape
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

_FORM = re.compile(r"<form\b[^>]*method=\"post\"[^>]*>.*?</form>", re.DOTALL)
_SENDS_ITSELF = ("post.js", "send.js")
"""The scripts of the demo LMS and of the tool that send the form of their page."""


class Visitor:
    """Somebody in the LMS, with pages that speak `language`. `page` is what they see, `url` where they are."""

    def __init__(self, lms_url: str, person: str, language: str = "ja") -> None:
        self.lms_url, self.person = lms_url, person
        # Browsers send cookies marked "Secure" to this machine without TLS too.
        policy = DefaultCookiePolicy(secure_protocols=("http", "https"))
        self._opener = build_opener(HTTPCookieProcessor(CookieJar(policy)), _Stays())
        self._language = language
        self.url, self.page, self.status, self.location = "", "", 0, ""

    def launch(self, activity: str) -> "Visitor":
        """Open an activity."""
        return self.go(f"{self.lms_url}/as/{self.person}/activity/{activity}/launch")

    def pick(self, course: str) -> "Visitor":
        """Open the tool's picker in a course."""
        return self.go(f"{self.lms_url}/as/{self.person}/course/{course}/add/launch")

    def go(self, address: str) -> "Visitor":
        """Open a page by its address, absolute or as seen from this one."""
        return self._ask(urljoin(self.url, address))

    def send(self, action: str, **fields: Any) -> "Visitor":
        """Fill in and send the form of this page whose address ends with `action`."""
        for form in _FORM.findall(self.page):
            address = unescape(_attribute(form.split(">")[0], "action") or self.url)
            if address.split("?")[0].endswith(action):
                return self._post(address, {**_hidden(form), **fields})
        raise AssertionError(f"no form for {action} on {self.url}: {self.page[-2000:]}")

    def pages(self) -> "Pages":
        """The tool's pages of this launch, as `support.pages` uses them."""
        return Pages(self, "/".join(self.url.split("/")[:5]))

    def _post(self, address: str, fields: dict[str, Any]) -> "Visitor":
        return self._ask(urljoin(self.url, address), urlencode(fields, doseq=True).encode())

    def _ask(self, address: str, body: bytes | None = None) -> "Visitor":
        self.ask(address, body)
        for _ in range(10):
            if not self.location:
                break
            self.ask(urljoin(self.url, self.location))
        if any(script in self.page for script in _SENDS_ITSELF):
            form = next(found for found in _FORM.findall(self.page) if "/language" not in found.split(">")[0])
            return self._post(unescape(_attribute(form.split(">")[0], "action")), _hidden(form))
        return self

    def ask(self, address: str, body: bytes | None = None) -> None:
        """One request and its answer, wherever that points."""
        headers = {"Accept-Language": self._language, **({"Referer": self.url} if self.url else {})}
        try:
            answer = self._opener.open(Request(address, body, headers), timeout=60)
        except HTTPError as error:
            answer = error
        with answer:
            self.url, self.page, self.status = answer.geturl(), answer.read().decode(), answer.status
            self.location = answer.headers.get("Location") or ""


@dataclass(frozen=True)
class Answer:
    """What the tool answered."""

    text: str
    status_code: int
    location: str


@dataclass(frozen=True)
class Pages:
    """One launch of a visitor, used like `support.launching.Launched`. Paths are relative to the launch."""

    visitor: Visitor
    root: str

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._seen(self.visitor.go(f"{self.root}/{path}"))

    def post(self, path: str, fields: dict[str, Any] | None = None, *, follow: bool = True) -> Answer:
        """Send a form as the page would, with its token."""
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.visitor.page)
        body = urlencode({"csrf_token": token[1] if token else "", **(fields or {})}, doseq=True).encode()
        self.visitor.ask(f"{self.root}/{path}", body)
        found = self._seen(self.visitor)
        self.visitor.go(self.visitor.location or f"{self.root}/")
        return self._seen(self.visitor) if follow and found.location else found

    def _seen(self, visitor: Visitor) -> Answer:
        return Answer(visitor.page, visitor.status, visitor.location)


class _Stays(HTTPRedirectHandler):
    """Redirects are followed by hand, so that they can be looked at."""

    def redirect_request(self, *_about: Any) -> None:
        return None


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def _hidden(form: str) -> dict[str, str]:
    """The fields of a form that nobody fills in."""
    tags = re.findall(r'<input\b[^>]*type="hidden"[^>]*>', form)
    return {_attribute(tag, "name"): unescape(_attribute(tag, "value")) for tag in tags}
