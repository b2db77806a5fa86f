"""A backup is taken while the tool runs and put back: what was there then is there again."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest
from conftest import missing
from guards.source import ROOT
from support.databases import own_database
from support.queueing import environment

from lti_tool.app import utc_now
from lti_tool.commands.common import prepared
from lti_tool.config import load
from lti_tool.services import keys
from lti_tool.storage import schema
from lti_tool.storage.db import Engine, transaction
from lti_tool.storage.files import FileStore
from lti_tool.storage.platforms import ToolKey


@dataclass
class Place:
    """One installation and its backups."""

    environ: dict[str, str]
    backups: Path
    engine: Engine = field(init=False)
    files: FileStore = field(init=False)

    def __post_init__(self) -> None:
        settings = load(self.environ)
        self.engine, self.files = prepared(settings), FileStore(settings.storage_url)

    def run(
        self, script: str, *arguments: str | Path, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """One of the scripts, with the settings of this installation."""
        command = [ROOT / "deploy" / script, *arguments]
        return subprocess.run(command, env=self.environ, capture_output=True, text=True, check=check)

    def back_up(self) -> Path:
        """Take one; answers its folder."""
        return Path(self.run("backup.sh", self.backups).stdout.strip())

    def restore(self, backup: Path) -> None:
        """Put one back over what is there."""
        self.engine.dispose()
        self.run("restore.sh", backup, "--replace")

    def keys(self) -> set[str]:
        """What is in the database, by example of the signing keys."""
        with transaction(self.engine) as session:
            return {row.kid for row in session.query(ToolKey)}

    def new_key(self) -> None:
        """Write something."""
        with transaction(self.engine) as session:
            keys.rotate(session, utc_now())

    def hand_in(self, text: bytes) -> str:
        """Keep a file."""
        return self.files.save(BytesIO(text), "a.txt", 100).key


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A tool with a signing key."""
    for program in ("rsync", "pg_dump"):
        if shutil.which(program) is None:
            missing(f"no {program} is installed")
    with ExitStack() as stack:
        url = "" if request.param == "sqlite" else stack.enter_context(own_database())
        environ = dict(environment("", data=str(tmp_path / "data"), database_url=url))
        place = Place(environ, tmp_path / "backups")
        yield place
        place.engine.dispose()


def test_what_was_there_is_there_again_and_nothing_else(place: Place):
    before, kept = place.keys(), place.hand_in(b"at the time")
    backup = place.back_up()
    place.new_key()
    shutil.rmtree(Path(place.environ["LTI_TOOL_DATA"]) / "files")
    place.restore(backup)
    assert place.keys() == before
    assert schema.differences(place.engine) == []
    with place.files.open(kept) as file:
        assert file.read() == b"at the time"


def test_a_database_that_holds_something_is_not_thrown_away_by_mistake(place: Place):
    backup = place.back_up()
    place.new_key()
    before = place.keys()
    refused = place.run("restore.sh", backup, check=False)
    assert (refused.returncode, place.keys()) == (1, before)
    assert "nothing was changed" in refused.stderr


def test_a_damaged_backup_is_refused_before_anything_is_touched(place: Place):
    backup = place.back_up()
    (dump,) = backup.glob("database.*")
    dump.write_bytes(dump.read_bytes()[:-1])
    before = place.keys()
    assert place.run("restore.sh", backup, "--replace", check=False).returncode == 1
    assert place.keys() == before


def test_old_backups_go_and_files_take_room_once(place: Place, tmp_path: Path):
    place.hand_in(b"the same in all")
    place.environ["KEEP"] = "2"
    old = place.back_up().rename(place.backups / "20200101T000000Z")
    older = shutil.copytree(old, place.backups / "20190101T000000Z")
    mine = place.backups / "my notes"
    mine.mkdir()
    new = place.back_up()
    assert sorted(place.backups.iterdir()) == sorted([old, new, mine])
    assert not older.exists()
    (first,), (second,) = (list((each / "files").glob("*/*")) for each in (old, new))
    assert os.path.samefile(first, second)


def test_a_backup_that_failed_leaves_nothing_that_looks_like_one(place: Place):
    place.environ["LTI_TOOL_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nothing"
    failed = place.run("backup.sh", place.backups, check=False)
    assert failed.returncode != 0
    assert list(place.backups.iterdir()) == []
