"""The whole installation at a glance, line by line, for whoever runs it; without anybody's name."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Literal

from lti_tool.curriculum.load import load
from lti_tool.domain.diagnosis import Finding, connection
from lti_tool.domain.ledger import NEEDING, group_of
from lti_tool.errors import ToolError
from lti_tool.lti.http import Http
from lti_tool.lti.urls import origin
from lti_tool.services import beats, doctor
from lti_tool.storage import doctor_queries, platform_queries, schema, signal_queries
from lti_tool.storage.db import Engine, open_session, ping
from lti_tool.storage.files import FileStore
from lti_tool.storage.platforms import Platform

LATE = timedelta(minutes=15)
"""A grade that is due for so long waits for more workers, or for an LMS that answers slowly."""

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Installation:
    """What it is made of."""

    base_url: str
    content: Path
    storage_url: str
    engine: Engine


@dataclass(frozen=True)
class Line:
    """`what` was looked at, and what was found."""

    state: Literal["ok", "look", "broken"]
    what: str
    said: str


@dataclass(frozen=True)
class Connected:
    """An LMS and how it has been doing."""

    platform: Platform
    last_launch: datetime | None
    pending: int
    grades: Counter[str]


def look(installation: Installation, http: Http | None, clock: Clock) -> Iterator[Line]:
    """Every line, as it is found. With `http` every LMS is asked too; no transaction is open meanwhile."""
    yield _address(installation.base_url)
    yield _content(installation.content)
    yield _files(installation.storage_url)
    engine = installation.engine
    with open_session(engine, writes=False) as session:
        answers = ping(session)
    if not answers:
        yield Line("broken", "database", "does not answer")
        return
    yield Line("ok", "database", engine.dialect.name)
    migrations = _migrations(engine)
    yield migrations
    if migrations.state == "broken":
        return
    yield _signing(engine)
    yield _worker(engine, clock())
    for connected in _connected(engine):
        yield from _platform(engine, http, connected, clock)


def _address(base_url: str) -> Line:
    if base_url.startswith("https://"):
        return Line("ok", "address", base_url)
    return Line("look", "address", f"{base_url}: good for trying out on this machine only")


def _content(folder: Path) -> Line:
    course, problems = load(folder)
    if course is None or problems:
        return Line("broken", "content", f"{len(problems)} problems: run `lti-tool content check`")
    return Line("ok", "content", f"{len(course.stages)} stages, {len(course.modules)} modules")


def _files(url: str) -> Line:
    try:
        store = FileStore(url)
        store.delete(store.save(BytesIO(b"doctor"), "doctor", 6).key)
    except ToolError as error:
        return Line("broken", "file store", str(error))
    return Line("ok", "file store", "writable")


def _migrations(engine: Engine) -> Line:
    version, (newest, *_others) = schema.version(engine), schema.heads()
    if version == newest:
        return Line("ok", "migrations", newest)
    if schema.lives_with(engine):
        said = f"at version {version}, of a later release; this one, of version {newest}, may work on it"
        return Line("look", "migrations", said)
    said = f"at version {version or 'none'}, the newest is {newest}: run `lti-tool db upgrade`"
    return Line("broken", "migrations", said)


def _signing(engine: Engine) -> Line:
    with open_session(engine, writes=False) as session:
        keys = platform_queries.tool_keys(session)
    if not keys:
        return Line("broken", "signing keys", "none: run `lti-tool db upgrade`")
    return Line("ok", "signing keys", f"{len(keys)}, the newest of {keys[0].created_at:%Y-%m-%d}")


def _worker(engine: Engine, now: datetime) -> Line:
    with open_session(engine, writes=False) as session:
        found = beats.state(session, now)
    minutes = int(found.due_for // 60)
    if found.stuck:
        moved = "never" if found.still_for is None else f"{int(found.still_for // 60)} minutes ago"
        said = f"stuck: a grade has been due for {minutes} minutes, a worker moved {moved}: does one run?"
        return Line("broken", "worker", said)
    if found.due_for >= LATE.total_seconds():
        return Line(
            "look", "worker", f"a grade has been due for {minutes} minutes; {found.living} are at work"
        )
    return Line("ok", "worker", f"no grade is late; {found.living} at work")


def _connected(engine: Engine) -> list[Connected]:
    with open_session(engine, writes=False) as session:
        launches = doctor_queries.last_launches(session)
        pending = doctor_queries.pending_deployments(session)
        grades: defaultdict[int, Counter[str]] = defaultdict(Counter)
        for each in signal_queries.unsettled(session):
            grades[each.platform_id][group_of(each.state, each.reason)] += each.amount
        return [
            Connected(row, launches.get(row.id), pending.get(row.id, 0), grades[row.id])
            for row in platform_queries.platforms(session)
        ]


def _platform(engine: Engine, http: Http | None, connected: Connected, clock: Clock) -> Iterator[Line]:
    row = connected.platform
    name = f"LMS {row.id} {row.issuer}"
    if row.disabled_at is not None:
        yield Line("ok", name, f"switched off since {row.disabled_at:%Y-%m-%d}")
        return
    last = connected.last_launch
    yield Line("ok", name, f"last launch {last:%Y-%m-%d %H:%M} UTC" if last else "no launch yet")
    if connected.pending:
        yield Line("look", name, f"{connected.pending} deployments wait for approval")
    grades = connected.grades
    said = f"grades: {grades['waiting']} waiting, {grades['held']} held, {grades['drifted']} changed there"
    needed = any(grades[group] for group in NEEDING)
    yield Line("look" if needed else "ok", name, said + (": run `lti-tool passback list`" if needed else ""))
    if http is not None:
        yield from _asked(engine, http, row, name, clock)


def _asked(engine: Engine, http: Http, row: Platform, name: str, clock: Clock) -> Iterator[Line]:
    asked = doctor.ask_platform(engine, http, row.id, row.jwks_url, clock())
    for finding in connection(asked):
        yield _line(name, finding, row)


def _line(name: str, finding: Finding, row: Platform) -> Line:
    """A finding in plain words. `finding.state` is never `unasked`: the LMS has been asked."""
    said = {
        ("keys", "there"): f"key set reachable, usable keys: {finding.number}",
        ("keys", "none"): "key set without a usable key",
        ("clock", "right"): f"clocks agree to {finding.number} s",
        ("clock", "ahead"): f"its clock is {finding.number} s ahead of ours",
        ("clock", "behind"): f"its clock is {finding.number} s behind ours",
        ("clock", "unknown"): "its clock is not known",
        ("token", "there"): "access token with the scopes score and lineitem",
        ("token", "partly"): "access token without the scope lineitem",
        ("token", "no-score"): "access token without the scope score",
        ("token", "scope"): "no access token: it grants none of the scopes",
        ("token", "token"): "no access token: it does not accept our signature or client",
    }
    what = f"key set of {_host(row)}" if finding.check == "keys" else "no access token"
    words = said.get((finding.check, finding.reason), f"{what}: {finding.reason}")
    return Line("look" if finding.state == "unasked" else finding.state, name, words)


def _host(row: Platform) -> str:
    found = origin(row.jwks_url)
    return found[1] if found else "an odd address"
