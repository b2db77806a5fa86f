"""As much of a browser as a launch needs: cookies by path, one connection a request, an address of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Page:
    """An answer; `location` is absolute, empty where the answer is no redirect."""

    url: str
    status: int
    location: str
    body: str


class Browser:
    """One person's browser. `number` gives it a loopback address: the tool limits logins by address."""

    def __init__(self, number: int) -> None:
        self._address = f"127.0.{1 + number // 250 % 250}.{1 + number % 250}"
        self._cookies: dict[tuple[str, str], str] = {}

    def get(self, url: str) -> Page:
        """Open an address."""
        return self._ask("GET", url, None)

    def post(self, url: str, form: Mapping[str, str]) -> Page:
        """Send a form."""
        return self._ask("POST", url, urlencode(form))

    def _ask(self, method: str, url: str, body: str | None) -> Page:
        parts = urlsplit(url)
        headers = {"Connection": "close", "Accept-Language": "ja", "Accept": "text/html"}
        if body is not None:
            headers["Content-Type"] = FORM
        # Cookies marked Secure are sent on: browsers take loopback for a safe place.
        cookies = "; ".join(f"{name}={value}" for name, value in self._sent_to(parts.path).items())
        if cookies:
            headers["Cookie"] = cookies
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = HTTPConnection(
            parts.hostname or "", parts.port, timeout=30, source_address=(self._address, 0)
        )
        try:
            connection.request(method, target or "/", body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        self._keep(answer)
        location = answer.headers.get("Location", "")
        return Page(url, answer.status, urljoin(url, location) if location else "", text)

    def _sent_to(self, path: str) -> dict[str, str]:
        return {name: value for (name, root), value in self._cookies.items() if value and _below(path, root)}

    def _keep(self, answer: HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie") or []:
            # Python 3.11 does not know the attribute yet, and would read nothing at all.
            jar = SimpleCookie(line.replace("; Partitioned", ""))
            for name, morsel in jar.items():
                self._cookies[name, morsel["path"] or "/"] = "" if morsel["max-age"] == "0" else morsel.value


def _below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")
