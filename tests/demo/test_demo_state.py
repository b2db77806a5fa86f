"""What the demo LMS remembers over a restart, and what it does with a file it cannot read."""

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_tool.demo.app import DemoConfig, Lms, Placement, create_demo, lms_of
from lti_tool.demo.state import Grade
from lti_tool.errors import ConfigError

BASE = "http://127.0.0.1:8001"


def test_everything_that_matters_outlives_a_restart(here: Lms, client_id: str) -> None:
    with here.state.change() as data:
        column = next(iter(data.columns))
        data.keep_grade(Grade(column, "5", 87.5, "よくできました", 1795369773.0, 1795369774.0))
    before = here.config.path.read_text(encoding="utf-8")

    again = lms_of(create_demo(here.config))

    assert again.state.registration is not None
    assert again.state.registration.client_id == client_id
    assert again.state.public_keys() == here.state.public_keys()
    with again.state.read() as data:
        assert data.grade(column, "5") == Grade(
            column, "5", 87.5, "よくできました", 1795369773.0, 1795369774.0
        )
        assert [activity.custom["node"] for activity in data.activities.values()] == [
            "course",
            "m101-quiz",
            "m101-assignment",
        ]
    assert here.config.path.read_text(encoding="utf-8") == before, "nothing is placed a second time"


def test_the_first_start_places_the_activities_as_a_teacher_would(tmp_path: Path) -> None:
    placed = (
        Placement("m101-quiz", "小テスト", "Quiz", True),
        Placement("course", "入口", "Home", False, course="3"),
    )
    here = lms_of(create_demo(DemoConfig(BASE, tmp_path, placed)))
    with here.state.read() as data:
        quiz, home = data.activities.values()
        assert (quiz.course, quiz.title("ja"), quiz.title("en"), quiz.custom) == (
            "2",
            "小テスト",
            "Quiz",
            {"node": "m101-quiz"},
        )
        assert quiz.column is not None
        column = data.columns[quiz.column]
        assert (column.resource_id, column.link_id, column.maximum) == ("m101-quiz", quiz.id, 100)
        assert (home.course, home.column) == ("3", None)


def test_the_file_holds_a_private_key_and_is_for_its_owner_only(here: Lms) -> None:
    here.state.rotate_key()
    assert here.config.path.stat().st_mode & 0o077 == 0
    assert not list(here.config.data.glob("*.new"))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"registration": {"client_id": "x"}}', "null"])
def test_a_foreign_file_is_refused_with_advice_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "demo-lms.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match="delete it to begin anew"):
        create_demo(DemoConfig(BASE, tmp_path))
    assert path.read_text() == text


def test_a_refused_change_leaves_the_file_as_it_was(here: Lms) -> None:
    before = here.config.path.read_text(encoding="utf-8")
    with pytest.raises(RuntimeError), here.state.change():
        raise RuntimeError
    assert here.config.path.read_text(encoding="utf-8") == before


def test_a_rotated_key_stays_published_until_the_next_rotation(
    demo: Flask, client: FlaskClient, here: Lms
) -> None:
    first = here.state.signing_key().kid
    here.state.rotate_key()
    second = here.state.signing_key().kid
    assert [key["kid"] for key in client.get("/certs").get_json()["keys"]] == [first, second]
    here.state.rotate_key()
    kids = [key["kid"] for key in client.get("/certs").get_json()["keys"]]
    assert first not in kids
    assert kids[0] == second
    assert json.loads(here.config.path.read_text())["keys"][-1]["kid"] == kids[1]
