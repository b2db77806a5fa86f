"""Ways to a page of the tool, and what holds for every page: checked by axe, in the dark, and on a narrow phone."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from browser.world import DAY, World
from playwright.sync_api import FrameLocator, Page

NARROW = {"width": 320, "height": 640}
"""CSS pixels: what WCAG 1.4.10 asks for, and the smallest phones."""

ALL_RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}

LOST_PICTURES = """() => Promise.all([...document.images].map(picture => {
  picture.loading = "eager";
  return picture.decode().then(() => null, () => picture.src);
})).then(found => found.filter(Boolean))"""


def framed(page: Page, world: World, person: str, node: str, course: str = DAY) -> FrameLocator:
    """Open an activity inside the LMS."""
    page.goto(f"{world.lms_url}/as/{person}/activity/{world.activity(node, course)}")
    return page.frame_locator("iframe.tool")


def alone(page: Page, world: World, person: str, node: str = "course", course: str = DAY) -> str:
    """Open an activity in the window itself; answers the address under which this launch has its pages."""
    activity = world.activity(node, course)
    page.goto(f"{world.lms_url}/as/{person}/activity/{activity}/launch?target=window")
    page.wait_for_url(f"{world.tool_url}/l/**")
    return "/".join(page.url.split("/")[:5])


class Checker:
    """`check("home")` looks at the page as it is now; `check.problems` says at the end what was found where."""

    def __init__(self, page: Page, lang: str) -> None:
        self.page = page
        self.problems: list[str] = []
        self._lang = lang

    def at(self, address: str, name: str) -> None:
        """Go there and check."""
        self.page.goto(address)
        self(name)

    def text_at(self, address: str, name: str) -> None:
        """Go to a page that is one of many of its kind: what its own text and pictures could break is checked."""
        self.page.goto(address)
        self._by_day(name)
        lost = self.page.evaluate(LOST_PICTURES)
        self.problems += [f"{name}: the picture {address} does not show" for address in lost]
        self._narrow(name)

    def __call__(self, name: str) -> None:
        self._by_day(name)
        self.page.emulate_media(color_scheme="dark")
        self._axe(f"{name}, dark", COLOURS)
        self.page.emulate_media(color_scheme="light")
        self._narrow(name)

    def _by_day(self, name: str) -> None:
        language = self.page.locator("html").get_attribute("lang")
        if language != self._lang:
            self.problems.append(f"{name}: in {language}, not in {self._lang}")
        self.page.evaluate(AXE_SCRIPT)
        self._axe(name, ALL_RULES)

    def _axe(self, name: str, options: dict[str, Any]) -> None:
        found = self.page.evaluate("options => axe.run(document, options)", options)
        for violation in found["violations"]:
            places = "; ".join(f"{node['html']} - {node['failureSummary']}" for node in violation["nodes"])
            self.problems.append(f"{name}: {violation['id']}: {places}")

    def _narrow(self, name: str) -> None:
        before = self.page.viewport_size
        assert before
        self.page.set_viewport_size(NARROW)
        width = self.page.evaluate("document.documentElement.scrollWidth")
        if width > NARROW["width"]:
            self.problems.append(f"{name}: {width} pixels wide on a screen of {NARROW['width']}")
        self.page.set_viewport_size(before)
