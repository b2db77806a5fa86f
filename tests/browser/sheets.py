"""Contact sheets: many pages as they stand on a phone, side by side in one picture, for a person to look at."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, Page

SCALE = 0.5
"""Words are just legible, and a fault of a table or a figure is seen at once."""

COLUMNS, WIDTH, HEIGHT, LABEL, GAP = 8, 195, 1560, 14, 4
"""Columns of a sheet, and CSS pixels: of a column, of the line that names a page, between two."""

STYLE = f"""body {{ margin: 0; background: #999; }}
div {{ position: absolute; width: {WIDTH}px; overflow: hidden; font: 10px/{LABEL}px sans-serif; }}
div.name {{ background: #a00; color: #fff; white-space: nowrap; }}
img {{ position: absolute; width: {WIDTH}px; }}"""


@dataclass
class Sheets:
    """`take` every page, then `write`: pages flow down one column after the other."""

    folder: Path
    _taken: list[tuple[str, Path, float]] = field(default_factory=list)

    def take(self, page: Page, name: str) -> None:
        """A picture of the whole page."""
        file = self.folder / f"page-{len(self._taken):03}.png"
        page.screenshot(path=file, full_page=True, animations="disabled")
        height = page.evaluate("document.documentElement.scrollHeight")
        self._taken.append((name, file, height * SCALE))

    def write(self, browser: Browser, name: str) -> int:
        """Write NAME-00.png and so on into the folder; the pictures of single pages go. Answers how many."""
        page = browser.new_page(viewport={"width": COLUMNS * (WIDTH + GAP), "height": HEIGHT})
        source = self.folder / "sheet.html"
        sheets = list(self._sheets())
        for number, pieces in enumerate(sheets):
            source.write_text(
                f'<meta charset="utf-8"><style>{STYLE}</style>{"".join(pieces)}', encoding="utf-8"
            )
            page.goto(source.as_uri())
            page.screenshot(path=self.folder / f"{name}-{number:02}.png")
        page.close()
        for file in (source, *(file for _, file, _ in self._taken)):
            file.unlink()
        return len(sheets)

    def _sheets(self) -> Iterator[list[str]]:
        pieces: list[str] = []
        column, y = 0, 0.0
        for name, file, height in self._taken:
            rest, labelled = height, False
            while rest > 0:
                if HEIGHT - y < LABEL + 1:
                    column, y = column + 1, 0.0
                if column == COLUMNS:
                    yield pieces
                    pieces, column, y = [], 0, 0.0
                at = f"left:{column * (WIDTH + GAP)}px"
                if not labelled:
                    pieces.append(f'<div class="name" style="{at};top:{y}px">{escape(name)}</div>')
                    y, labelled = y + LABEL, True
                seen = min(rest, HEIGHT - y)
                picture = f'<img src="{file.as_uri()}" style="top:{rest - height}px">'
                pieces.append(f'<div style="{at};top:{y}px;height:{seen}px">{picture}</div>')
                y, rest = y + seen, rest - seen
        yield pieces
