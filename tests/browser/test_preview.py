"""The author writes, and the page follows: under the strict policy, and back again when a fault is mended."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server

from lti_tool.preview import HOST, create_preview

TINY = Path(__file__).parent.parent / "courses" / "tiny"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "course"))


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    """The preview on a free port."""
    server = make_server(HOST, 0, Flask(__name__), threaded=True)
    name = f"{HOST}:{server.server_port}"
    server.app = create_preview(folder, [name])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://{name}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_page_follows_the_file(chromium: Browser, folder: Path, address: str) -> None:
    page = chromium.new_page(locale="en-GB")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{address}/n/t101-quiz")
    quiz = next(folder.glob("stage1/t101*")) / "quiz.yaml"
    sound = quiz.read_text(encoding="utf-8")
    quiz.write_text(sound.replace("Is it needed now", "Do they need it today"), encoding="utf-8")
    expect(page.get_by_text("Do they need it today")).to_be_visible()
    quiz.write_text(sound + "surprise: 1\n", encoding="utf-8")
    expect(page.get_by_role("heading", name="This package has problems")).to_be_visible()
    quiz.write_text(sound, encoding="utf-8")
    expect(page.get_by_text("Is it needed now")).to_be_visible()
    assert said == []
    page.close()
