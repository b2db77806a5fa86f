"""From one file to a server: every row is there, with its times and its links, and new rows find their numbers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from support.databases import own_database
from support.delivering import School, Wire, make_lms, make_school

from lti_tool.app import utc_now
from lti_tool.cli import main
from lti_tool.errors import ConfigError
from lti_tool.services import audit, keys
from lti_tool.storage import copying, schema
from lti_tool.storage.db import Base, Engine, connect, transaction
from lti_tool.storage.people import Context, Person

pytestmark = pytest.mark.postgresql


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    """A course in an SQLite file, with people, grades and tries to send them."""
    engine = connect(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    schema.upgrade(engine)
    app = make_lms(tmp_path)
    school = make_school(engine, app, Wire(app))
    for sub, percent in (("5", 80), ("6", 90)):
        school.want(school.student(sub), percent, comment="見事です")
    school.send()
    with transaction(engine) as session:
        keys.ensure(session, utc_now())
        audit.record(session, "somebody", audit.Action.GRADE_RESENT, "report 1", utc_now())
        here = session.get_one(Context, school.context_id)
        later = Context(deployment_id=here.deployment_id, context_id="later", scopes=[], created_at=utc_now())
        session.add(later)
        session.flush()
        here.copied_from_id = later.id
    yield school
    engine.dispose()


@pytest.fixture
def server() -> Iterator[Engine]:
    """A PostgreSQL database without tables."""
    with own_database() as url:
        engine = connect(url)
        yield engine
        engine.dispose()


def rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """All that is in a database, as the tool sees it."""
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


def test_every_row_arrives_as_it_was(school: School, server: Engine):
    counts = copying.copy(school.engine, server)
    assert (counts["person"], counts["score_report"], counts["score_delivery"]) == (2, 2, 2)
    assert rows(server) == rows(school.engine)
    assert schema.differences(server) == []


def test_the_command_says_what_was_copied(school: School, server: Engine, monkeypatch, tmp_path: Path):
    monkeypatch.setenv("LTI_TOOL_DATABASE_URL", server.url.render_as_string(hide_password=False))
    monkeypatch.setenv("LTI_TOOL_DATA", str(tmp_path))
    done = CliRunner().invoke(main, ["db", "copy", str(school.engine.url)])
    assert (done.exit_code, "person\t2\n" in done.stdout) == (0, True)
    again = CliRunner().invoke(main, ["db", "copy", str(school.engine.url)])
    assert (again.exit_code, again.stderr.startswith("lti-tool: the target is not empty")) == (1, True)


def test_life_goes_on_there(school: School, server: Engine):
    copying.copy(school.engine, server)
    with transaction(server) as session:
        taken = {person.id for person in session.query(Person)}
        deployment = session.query(Context).first().deployment_id
        new = Person(deployment_id=deployment, sub="new", name="", created_at=utc_now())
        session.add(new)
        session.flush()
        assert new.id not in taken


def test_it_is_all_or_nothing(school: School, server: Engine):
    with transaction(school.engine) as session:
        session.query(Person).filter_by(sub="6").update({"name": "x" * 10_000})
    with pytest.raises(ConfigError, match="person: a row does not fit"):
        copying.copy(school.engine, server)
    assert not any(rows(server)[name] for name in ("platform", "person"))


def test_what_is_there_is_never_mixed_with_what_comes(school: School, server: Engine):
    copying.copy(school.engine, server)
    before = rows(server)
    with pytest.raises(ConfigError, match="not empty"):
        copying.copy(school.engine, server)
    assert rows(server) == before


def test_a_source_of_another_release_is_refused(server: Engine, tmp_path: Path):
    with pytest.raises(ConfigError, match="upgrade it first"):
        copying.copy(connect(f"sqlite:///{tmp_path / 'empty.sqlite3'}"), server)
