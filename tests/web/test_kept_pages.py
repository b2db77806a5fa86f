"""A lesson page is put together once, yet every reader has their own."""

import pytest
from flask import Flask

from lti_tool.web import kept_pages
from lti_tool.web.kept_pages import LAUNCH, TOKEN

LESSON = "lessons/t101-why"


@pytest.fixture
def kept(app: Flask) -> dict:
    """The pages that the application keeps."""
    return app.extensions["lti_tool_kept_pages"]


def test_the_second_reader_gets_the_page_with_an_address_and_a_token_of_their_own(client_as, kept):
    first, second = client_as("learner", sub="5"), client_as("learner", sub="6")
    made, again = first.get(LESSON), second.get(LESSON)
    assert len(kept) == 1
    assert made.text.replace(first.root, second.root).replace(first.token, second.token) == again.text
    assert first.root not in again.text
    assert first.token not in again.text
    assert LAUNCH not in again.text
    assert TOKEN not in again.text
    assert second.post(f"{LESSON}/finish", follow=False).status_code == 303, "its form is good"


def test_nothing_of_a_reader_is_kept(client_as, kept):
    """Not even of the first one, for whom the page was made."""
    reader = client_as("learner", name="山田 花子")
    reader.get(LESSON)
    (page,) = kept.values()
    for own in (reader.root.removeprefix("/l/"), reader.token, "山田"):
        assert own not in page


def test_what_shows_on_the_page_makes_another_page(client_as, kept):
    learner = client_as("learner")
    pages = [learner.get(LESSON).text]
    learner.post(f"{LESSON}/finish", follow=False)
    pages.append(learner.get(LESSON).text)  # read
    pages.append(learner.get(f"{LESSON}?note=saved").text)
    learner.post("language", {"language": "en"})
    pages.append(learner.get(LESSON).text)
    window = {"document_target": "window", "locale": "en", "return_url": "https://moodle.example/course"}
    pages.append(client_as("learner", sub="7", launch_presentation=window).get(LESSON).text)
    pages.append(client_as("instructor", sub="8").get(LESSON).text)
    assert len(set(pages)) == len(kept) == 6
    assert ["moodle.example/course" in page for page in pages] == [False] * 4 + [True, False]


def test_only_so_many_are_kept(client_as, kept, monkeypatch):
    monkeypatch.setattr(kept_pages, "MOST", 2)
    reader = client_as("learner")
    for note in ("saved", "added", "removed", "granted"):
        assert reader.get(f"{LESSON}?note={note}").status_code == 200
    assert 1 <= len(kept) <= 2


def test_a_locked_lesson_is_not_given_out_because_somebody_else_had_it(client_as, kept):
    teacher, learner = client_as("instructor", sub="8"), client_as("learner")
    assert teacher.get("lessons/t201-goal").status_code == 200
    assert learner.get("lessons/t201-goal").status_code == 403
