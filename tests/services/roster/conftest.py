"""A course whose class list is read, with everything it takes."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from support.rosters import AOI, KEN, MEI, TEACHER, Classroom, classroom
from support.tables import empty

from lti_tool.demo.app import DemoConfig, create_demo


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a demo LMS that was started once; making its key takes a while."""
    config = DemoConfig("http://127.0.0.1:1", tmp_path_factory.mktemp("first"))
    create_demo(config)
    return config.path


@pytest.fixture
def room(
    engine: Engine, first_start: Path, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Classroom]:
    """A course of four, of whom only the teacher has come; everything is committed, and removed afterwards."""
    shutil.copy(first_start, tmp_path)
    _empty(engine)
    with classroom(engine, tmp_path, now, monkeypatch) as made:
        made.enrol(TEACHER, AOI, KEN, MEI)
        yield made
    _empty(engine)


def _empty(engine: Engine) -> None:
    empty(engine)
