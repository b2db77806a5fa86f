"""An author sees the course of a folder as it is now, with keys, on this machine only, and nothing of the tool."""

import shutil
from pathlib import Path

import pytest

from lti_tool.curriculum.load import load
from lti_tool.preview import POLICY, create_preview

TINY = Path(__file__).parent / "courses" / "tiny"
HERE = "127.0.0.1:8002"


@pytest.fixture
def folder(tmp_path):
    """A package to write in."""
    return Path(shutil.copytree(TINY, tmp_path / "course"))


@pytest.fixture
def get(folder):
    """A browser on this machine."""
    client = create_preview(folder, (HERE,)).test_client()

    def call(path: str, host: str = HERE, **headers: str):
        return client.get(path, base_url=f"http://{host}", headers=headers)

    return call


def test_every_node_of_the_course_has_a_page_in_both_languages(get):
    course, _problems = load(TINY)
    assert course
    nodes = list(course.nodes)
    assert {"t101-quiz", "t101-assignment"} <= set(nodes)
    home = get("/?lang=en").text
    assert 'href="/n/t101"' in home
    for page in ("/glossary", "/start-check", *(f"/n/{name}" for name in nodes)):
        for lang in ("ja", "en"):
            answer = get(f"{page}?lang={lang}")
            assert answer.status_code == 200, page
            assert f'<html lang="{lang}"' in answer.text
            assert answer.headers["Content-Security-Policy"] == POLICY


def test_a_quiz_is_shown_with_keys_and_reasons(get):
    page = get("/n/t101-quiz?lang=en").text
    assert "100%" in page
    assert "They own one already" in page
    assert "120000 ± 0" in page
    assert "What others think" in page


def test_the_start_check_is_shown_with_its_advice_and_keys(get):
    assert 'href="/start-check"' in get("/?lang=en").text
    page = get("/start-check?lang=en").text
    for expected in (
        "You talk well.",
        "The school decides what is recognised.",
        "It is a reason to stay.",
        "50%",
    ):
        assert expected in page


def test_a_language_chosen_stays(get):
    get("/?lang=en")
    assert '<html lang="en"' in get("/n/t101").text


def test_a_change_shows_and_a_broken_package_is_told(get, folder):
    before = get("/state").json["stamp"]
    assert get("/state").json["stamp"] == before
    text = folder / "course.yaml"
    whole = text.read_text(encoding="utf-8")
    text.write_text(whole + "\nsurprise: 1\n", encoding="utf-8")
    assert get("/state").json["stamp"] != before
    broken = get("/?lang=en").text
    assert "This package has problems" in broken
    assert "course.yaml:" in broken
    assert "This package has problems" in get("/n/t101").text
    text.write_text(whole, encoding="utf-8")
    assert "t101" in get("/").text


def test_only_names_of_this_machine_are_answered(get):
    assert get("/", host="attacker.example").status_code == 403
    assert get("/state", host="127.0.0.1.attacker.example:8002").status_code == 403


@pytest.mark.parametrize("path", ["/admin/login", "/lti/login", "/l/x/", "/lti/jwks.json", "/n/nothing"])
def test_nothing_of_the_tool_is_there(get, path):
    assert get(path).status_code == 404


@pytest.mark.parametrize("name", ["quiz.yaml", "..%2f..%2fcourse.yaml", "%2e%2e/course.yaml"])
def test_no_file_is_given_out_but_assets(get, name):
    assert get(f"/assets/t101/{name}").status_code == 404


def test_it_is_only_read(get, folder):
    client = create_preview(folder, (HERE,)).test_client()
    for path in ("/", "/n/t101", "/state"):
        assert client.post(path, base_url=f"http://{HERE}").status_code == 405
