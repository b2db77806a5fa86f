"""Keys and notes of the instructors: found and read by staff, closed to everybody else."""

import pytest
from support.pages import words

ADDRESSES = (
    "instructor/t101/key",
    "instructor/t101/both",
    "instructor/t101/codes.csv",
    "instructor/t101/nothing",
    "instructor/nothing/key",
)
ROUNDABOUT = (
    "assets/t101/codes.csv",
    "assets/t101/key",
    "assets/t101/key.ja.md",
    "assets/t101/..%2finstructor%2fkey.ja.md",
    "assets/t101/..%2finstructor%2fcodes.csv",
    "lessons/key",
    "n/key",
    "files/key",
)
"""Ways past the address itself: the open folder beside it, the way from a node to its page, uploads."""


@pytest.mark.parametrize("role", ["instructor", "assistant", "admin"])
def test_staff_find_them_on_the_module_page(client_as, role):
    page = client_as(role).get("modules/t101")
    assert "教員用" in page.text
    for name in ("key", "both", "codes.csv"):
        assert f'/instructor/t101/{name}"' in page.text
    assert "教員用" not in client_as(role).get("modules/t102").text, "a module without any says nothing"


def test_a_page_is_read_in_the_language_of_the_launch_and_leads_on(client_as):
    teacher = client_as("instructor")
    page = teacher.get("instructor/t101/key")
    assert "価格、時期、信頼" in words(page.text)
    assert 'href="../../n/t101-why"' in page.text
    assert teacher.get("n/t101-why").status_code == 200
    english = client_as("instructor", language="en").get("instructor/t101/key")
    assert "price, timing and trust" in words(english.text)


def test_a_page_for_both_languages_is_the_same_in_both(client_as):
    for language in ("ja", "en"):
        page = client_as("instructor", language=language).get("instructor/t101/both")
        assert "二つの言語の鍵 / The key in two languages" in words(page.text)


def test_a_file_is_kept_and_can_do_nothing(client_as):
    answer = client_as("assistant").get("instructor/t101/codes.csv")
    assert answer.data.startswith(b"comment,code")
    assert answer.headers["Content-Disposition"] == "attachment; filename=T101-codes.csv"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    assert answer.headers["Cache-Control"] == "no-cache"
    answer.close()


def test_what_is_not_listed_does_not_exist(client_as):
    teacher = client_as("instructor")
    for path in ("instructor/t101/key.ja.md", "instructor/t101/module.yaml", "instructor/t101-quiz/key"):
        assert teacher.get(path).status_code == 404, path


@pytest.mark.parametrize("role", ["learner", "observer"])
@pytest.mark.parametrize("node", [None, "t101", "t101-assignment"])
def test_nobody_else_opens_them_by_any_address(client_as, role, node):
    person = client_as(role, node=node)
    for path in ADDRESSES:
        assert person.get(path).status_code == 403, path
    for path in ROUNDABOUT:
        assert person.get(path).status_code in {403, 404}, path
    assert "教員用" not in person.get("modules/t101").text


def test_another_launch_in_the_same_browser_does_not_help(client_as):
    teacher = client_as("instructor", sub="9")
    student = client_as(client=teacher.client)
    assert student.get("instructor/t101/key").status_code == 403
    stranger = client_as("learner", sub="6")
    assert stranger.get(f"{teacher.root}/instructor/t101/key").status_code in {403, 404}
