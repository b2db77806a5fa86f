"""Hands off the mouse: Tab to something, and see on the way that focus can be seen."""

from playwright.sync_api import ElementHandle, Frame, Locator, Page

FAR = 120
"""More stops than any page has."""

SEEN = """async element => {
    const seen = () => {
        const style = getComputedStyle(element);
        const [box] = element.getClientRects();
        if (!box || style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return false;
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return element === top || element.contains(top) || !!top?.contains(element);
    };
    for (let tries = 0; tries < 100; tries++) {
        if (seen()) return true;
        await new Promise((done) => setTimeout(done, 20));  // a frame hears of its focus a little later
    }
    return false;
}"""
"""Whether an element has an outline, is inside the window and lies under nothing else (WCAG 2.4.7, 2.4.11)."""


class Keyboard:
    """The keyboard of a page. `unseen` collects what had focus without showing it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.unseen: list[str] = []

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def tab_to(self, target: Locator) -> None:
        """Press Tab until `target` has the focus."""
        target.wait_for()
        for _ in range(FAR):
            self.page.keyboard.press("Tab")
            self._look()
            if target.evaluate("element => element === document.activeElement && document.hasFocus()"):
                return
        raise AssertionError(f"Tab does not lead to {target}")

    def _look(self) -> None:
        element = self._focused()
        if element is not None and not element.evaluate(SEEN):
            self.unseen.append(element.evaluate("element => element.outerHTML.slice(0, 200)"))

    def _focused(self) -> ElementHandle | None:
        """What has the focus, in whichever frame; None between the pages, where the browser's own bar has it."""
        frame: Frame | None = self.page.main_frame
        element = None
        while frame is not None:
            element = frame.evaluate_handle("document.activeElement").as_element()
            frame = element.content_frame() if element else None
        body = element is None or element.evaluate("element => element === document.body")
        return None if body else element
