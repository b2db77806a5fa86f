"""A browser as far as LTI needs one: keeps cookies, follows redirects, sends forms that send themselves."""

import re
from html import unescape
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

_FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
_SENDS_ITSELF = ("post.js", "send.js")
"""The scripts of the demo LMS and of the tool that send the form of their page."""


class Visitor:
    """Somebody in the LMS, with pages that speak `language`. `page` is what they see, `url` where they are."""

    def __init__(self, lms_url: str, person: str, language: str = "ja") -> None:
        self.lms_url, self.person = lms_url, person
        # Browsers send cookies marked "Secure" to this machine without TLS too.
        policy = DefaultCookiePolicy(secure_protocols=("http", "https"))
        self._opener = build_opener(HTTPCookieProcessor(CookieJar(policy)))
        self._language = language
        self.url, self.page, self.status = "", "", 0

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

    def _post(self, address: str, fields: dict[str, Any]) -> "Visitor":
        return self._ask(urljoin(self.url, address), urlencode(fields, doseq=True).encode())

    def _ask(self, address: str, body: bytes | None = None) -> "Visitor":
        headers = {"Accept-Language": self._language, **({"Referer": self.url} if self.url else {})}
        try:
            answer = self._opener.open(Request(address, body, headers), timeout=60)
        except HTTPError as error:
            answer = error
        with answer:
            self.url, self.page, self.status = answer.geturl(), answer.read().decode(), answer.status
        if any(script in self.page for script in _SENDS_ITSELF):
            form = next(found for found in _FORM.findall(self.page) if "/language" not in found.split(">")[0])
            return self._post(unescape(_attribute(form.split(">")[0], "action")), _hidden(form))
        return self


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def _hidden(form: str) -> dict[str, str]:
    """The fields of a form that nobody fills in."""
    tags = re.findall(r'<input\b[^>]*type="hidden"[^>]*>', form)
    return {_attribute(tag, "name"): unescape(_attribute(tag, "value")) for tag in tags}
