"""Acceptance: a backup taken while students hand in holds everything that had been acknowledged when it began."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import missing
from guards.source import ROOT
from support.databases import own_database
from support.launching import BASE
from support.processes import command, environment, run, serving, until
from support.students import Crowd, Handed, School

from lti_tool.config import load
from lti_tool.storage import schema
from lti_tool.storage.db import Session, connect, open_session
from lti_tool.storage.files import FileStore
from lti_tool.storage.people import Person
from lti_tool.storage.scores import LineItem, ScoreReport
from lti_tool.storage.work import Attempt, Submission, Upload, Version

STUDENTS = 20
"""More than have time to hand in while it is taken: somebody is always at it."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[dict[str, str]]]:
    """The environments of two installations: one that is used, and one to try the backup in."""
    for program in ("rsync", "pg_dump"):
        if shutil.which(program) is None:
            missing(f"no {program} is installed")
    with ExitStack() as stack:
        yield [
            environment(
                tmp_path / name,
                base_url=BASE,
                database_url="" if request.param == "sqlite" else stack.enter_context(own_database()),
            )
            for name in ("used", "tried")
        ]


def script(name: str, *arguments: str, env: dict[str, str]) -> str:
    """What one of the scripts prints."""
    return run([str(ROOT / "deploy" / name), *arguments], env).strip()


def test_what_was_acknowledged_before_a_backup_is_in_it(places: list[dict[str, str]], tmp_path: Path):
    used, tried = places
    school = School(used)
    school.launch(STUDENTS)
    with serving(used, tmp_path / "log") as address:
        crowd = Crowd(lambda sub: school.work(sub, address), list(school.students))
        with crowd.at_work(3):
            until(lambda: len(crowd.done) >= 3 or crowd.faults)
            acknowledged = list(crowd.done)
            backup = script("backup.sh", str(tmp_path / "backups"), env=used)
    school.engine.dispose()
    script("restore.sh", backup, env=tried)
    assert run(command("db", "upgrade"), tried)
    settings = load(tried)
    engine, files = connect(settings.database_url), FileStore(settings.storage_url)
    assert schema.differences(engine) == []
    with open_session(engine, writes=False) as session:
        for handed in acknowledged:
            check(session, files, handed)
        nothing_by_halves(session, files)
    engine.dispose()


def check(session: Session, files: FileStore, handed: Handed) -> None:
    """What this student was told had arrived is there: text, file, the passed quiz, and the order to send its grade."""
    person = session.query(Person).filter_by(sub=handed.sub).one()
    version = session.query(Version).join(Submission).filter(Submission.person_id == person.id).one()
    assert (version.text, version.submitted_at is not None) == (handed.text, True)
    upload = session.query(Upload).filter_by(version_id=version.id).one()
    with files.open(upload.key) as file:
        assert file.read() == handed.file
    attempt = session.query(Attempt).filter_by(person_id=person.id).one()
    assert (attempt.submitted_at is not None, attempt.percent) == (True, 100)
    report = session.query(ScoreReport).filter_by(person_id=person.id).join(LineItem)
    assert report.filter(LineItem.node == attempt.quiz).one().percent == 100


def nothing_by_halves(session: Session, files: FileStore) -> None:
    """Of what came in while it was taken: no upload without its file, no grade without the order to send it."""
    for upload in session.query(Upload):
        files.open(upload.key).close()
    graded = {row.person_id for row in session.query(Attempt) if row.submitted_at}
    assert {row.person_id for row in session.query(ScoreReport)} == graded
