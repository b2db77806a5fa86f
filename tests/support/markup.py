"""Pages read as a browser reads them: what in them would run, and where their links lead."""

import re
from html import unescape
from html.parser import HTMLParser

from support.launching import Launched

HREF = re.compile(r'href="([^"#]+)')
ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "srcdoc")
ACTIVE = {"iframe", "object", "embed", "base", "applet", "frame"}


class _Reader(HTMLParser):
    """Notes every start tag that could run something of somebody else's."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        ours = (values.get("src") or "").startswith("/static/")
        if tag in ACTIVE or (tag == "script" and not ours):
            self.found.append(tag)
        for name, value in attrs:
            scheme = re.sub(r"[\s\0]", "", value or "").lower().partition(":")[0]
            if name.startswith("on") or (name in ADDRESSES and scheme in {"javascript", "data", "vbscript"}):
                self.found.append(f"{tag} {name}")
        if tag == "meta" and (values.get("http-equiv") or "").lower() == "refresh":
            self.found.append("meta refresh")


def dangers(html: str) -> list[str]:
    """The tags and attributes of a page that would run something."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def crawl(launched: Launched) -> dict[str, str]:
    """Every page that can be reached by links within a launch, by its path below the launch."""
    pages: dict[str, str] = {}
    waiting = [launched.root + "/"]
    while waiting:
        path = waiting.pop()
        if path in pages or not path.startswith(launched.root + "/"):
            continue
        answer = launched.get(path)
        html = answer.mimetype == "text/html"
        pages[path] = answer.text if html else ""
        answer.close()
        if html:
            waiting += [unescape(href).partition("?")[0] for href in HREF.findall(pages[path])]
    return {path.removeprefix(launched.root + "/"): text for path, text in pages.items()}
