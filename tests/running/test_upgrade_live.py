"""An upgrade while students work, and back: two releases on one database, and nobody notices."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from support.databases import own_database
from support.launching import BASE
from support.processes import command, environment, run, serving, until
from support.students import Crowd, School

from lti_tool.storage import schema
from lti_tool.storage.db import Engine, open_session
from lti_tool.storage.people import Person
from lti_tool.storage.scores import ScoreReport

NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{newest}", None, None

def upgrade():
    op.add_column("score_report", sa.Column("next_a", sa.String(20), nullable=True))
    op.add_column("person", sa.Column("next_b", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_next", "score_report", ["next_a", "state"])
    op.create_table("next_table", sa.Column("id", sa.Integer(), primary_key=True))
"""
"""What the next release may do to our tables."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def school(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[School]:
    """An installation with students."""
    with ExitStack() as stack:
        url = "" if request.param == "sqlite" else stack.enter_context(own_database())
        settings = {"base_url": BASE, "secret_key": "of both", "web_workers": "1", "database_url": url}
        school = School(environment(tmp_path / "data", **settings))
        school.launch(12)
        yield school
        school.engine.dispose()


def next_release(engine: Engine, folder: Path) -> None:
    """The next release upgrades the database."""
    ours = Path(schema.__file__).parent / "migrations"
    shutil.copytree(ours, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9999_next.py").write_text(NEXT.format(newest=schema.heads()[0]))
    config = schema.configuration()
    config.set_main_option("script_location", str(folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "configuration", lambda: config)
        schema.upgrade(engine)
    assert schema.version(engine) == "9999"


def test_students_work_through_an_upgrade_and_its_way_back(school: School, tmp_path: Path):
    log, subs = tmp_path / "log", list(school.students)
    with serving(school.env, log) as before:
        crowd = Crowd(lambda sub: school.work(sub, before), subs[2:])
        with crowd.at_work(2):
            until(lambda: crowd.done or crowd.faults)
            next_release(school.engine, tmp_path / "next")
            before.process.send_signal(signal.SIGHUP)
            until(lambda: len(crowd.done) >= 4 or crowd.faults)
        with serving(school.env, log) as back:
            assert requests.get(f"{back}/readyz", timeout=30).json() == {"status": "ok", "worker": "ok"}
            school.work(subs[0], back)
            school.work(subs[1], before)
    assert schema.version(school.engine) == "9999"
    with open_session(school.engine, writes=False) as session:
        assert {sub for (sub,) in session.query(Person.sub).join(ScoreReport)} == {
            *subs[:2],
            *(one.sub for one in crowd.done),
        }
    assert [line for line in log.read_text().splitlines() if "failed" in line or "Traceback" in line] == []
    assert "look\tmigrations\tat version 9999, of a later release" in run(
        command("doctor", "--offline"), school.env
    )
