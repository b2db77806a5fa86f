"""Simulations: the runner's notes and the screen for the class."""

import re

import pytest
from support.pages import words

PAGES = ("simulations/", "simulations/rehearsal", "simulations/rehearsal/screen", "simulations/reserve")


def test_staff_come_to_them_from_the_class_and_from_the_module(client_as):
    teacher = client_as("instructor")
    assert f'href="{teacher.root}/simulations/"' in teacher.get("class").text
    assert f'href="{teacher.root}/simulations/rehearsal"' in teacher.get("modules/t101").text
    assert "simulations/reserve" not in teacher.get("modules/t101").text


def test_the_list_says_which_one_is_kept_for_resits(client_as):
    page = client_as("instructor").get("simulations/")
    rows = [words(row) for row in page.text.partition("<main")[2].split("<li>")]
    (reserve,) = [row for row in rows if "予備の" in row]
    assert "再試験だけに使う" in reserve
    assert sum("再試験" in row for row in rows) == 1
    assert "再試験だけに使う" in client_as("instructor").get("simulations/reserve").text


def test_the_notes_hold_what_happens_when_and_the_key(client_as):
    page = words(client_as("assistant").get("simulations/rehearsal").text)
    for expected in ("1:00", "灯りが消える", "黙って灯りを消す。", "消えたと言い、点ける。", "0:45", "@aki"):
        assert expected in page
    assert "赤：すぐ止まる" in page
    assert "迷い (H4)" in page


def test_the_dossier_is_in_the_assignment_or_else_on_the_page(client_as):
    teacher = client_as("instructor")
    assert "n/t101-assignment" in teacher.get("simulations/rehearsal").text
    assert "税込500円" in teacher.get("simulations/reserve").text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_screen_gives_no_answer_away(client_as, language):
    page = client_as("instructor", language=language).get("simulations/rehearsal/screen").text
    for shown in ("@haru", "丈はどれくらいですか", "How long is it, please?", "0:10", "1:30"):
        assert shown in page
    # Launch ids and form tokens are random: any of the words may be in one.
    fixed = re.sub(r'/l/[\w-]+|value="[^"]*"', "", page.partition("<main")[2])
    for key in ("H4", "赤", "Red", "planted", "仕込み", "表示を映", "the label", "灯り", "lamp", "hesitat"):
        assert key not in fixed, key


def test_without_scripts_the_whole_feed_is_a_table_with_its_times(client_as):
    page = client_as("instructor").get("simulations/rehearsal/screen").text
    table = words(re.search(r"<noscript>(.*?)</noscript>", page, re.DOTALL)[1])
    assert table.index("0:10") < table.index("0:45") < table.index("1:30")
    assert '<div class="sim-bar" hidden>' in page


def test_an_unknown_simulation_is_not_found(client_as):
    teacher = client_as("instructor")
    assert teacher.get("simulations/t101").status_code == 404
    assert teacher.get("simulations/nothing/screen").status_code == 404


@pytest.mark.parametrize("role", ["learner", "observer"])
def test_nobody_else_opens_them_by_any_address(client_as, role):
    for node in (None, "t101"):
        person = client_as(role, node=node)
        for path in (*PAGES, "simulations/nothing"):
            assert person.get(path).status_code == 403, path
        for path in ("n/rehearsal", "modules/rehearsal", "assets/t101/rehearsal.yaml", "lessons/rehearsal"):
            assert person.get(path).status_code == 404, path
        assert "simulations" not in person.get("modules/t101").text


@pytest.mark.parametrize("role", ["learner", "instructor"])
def test_a_link_that_names_a_simulation_opens_none(client_as, role):
    """A deep link is written by whoever edits the LMS's course; a simulation is no activity."""
    with pytest.raises(AssertionError, match="404"):
        client_as(role, node="rehearsal")
