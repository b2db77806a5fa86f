"""Scores to an LMS that takes 50 ms for each: how near to the bound, at what cost, and that none is lost.

The bound is connections / latency. Not a timed test: it says what this machine does at this moment.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import click

from bench import install
from bench.install import InstallError
from bench.scores_rows import PERCENT, prepare
from bench.servers import running
from lti_tool.lti.keys import new_key

LATENCY = 0.05
BACKLOG, FIRST_SECONDS = 10_000, 20.0
FAULTY, FAULTS, FAULTS_AT_ONCE = 1_000, 0.2, 32
PLATFORMS, EACH, FAR, FAR_AT_ONCE = 10, 200, 0.4, 8
PEER_SCORES, PEER_POOL_SCORES, PEER_THREADS = 60, 400, 8
LONGEST = 150.0


@dataclass(frozen=True)
class Run:
    """One row of the table. `share` of the bound, where there is one."""

    name: str
    scores: int
    seconds: float
    cpu_ms: float
    tokens: int
    lost: int
    share: float | None = None


class Lms:
    """The stub's control."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._host = url.removeprefix("http://")

    def ask(self, **behave: object) -> dict[str, Any]:
        """Have it behave so, and what it has seen."""
        connection = HTTPConnection(self._host, timeout=10)
        connection.request("POST", "/is", json.dumps(behave))
        found: dict[str, Any] = json.loads(connection.getresponse().read())
        connection.close()
        return found


def measure(var: Path) -> tuple[dict[str, float], list[str]]:
    """Everything; our part of the results, and why a peer is missing."""
    folder = var / "scores"
    eight, rest = _backlog(folder)
    rows = [eight, rest, _faults(folder)]
    missing: list[str] = []
    try:
        rows += _peers(var, folder)
    except InstallError as error:
        missing.append(f"PyLTI1p3 was not measured: {error}")
    _print(rows)
    whole, one_silent = _of_ten(folder, ""), _of_ten(folder, f"p{PLATFORMS - 1}")
    click.echo(f"nine LMSs of ten: {whole:.2f} s, {one_silent:.2f} s when the tenth never answers")
    part = {
        "bound_share_8": round(eight.share or 0, 3),
        "bound_share_32": round(rest.share or 0, 3),
        "cpu_ms": round(max(eight.cpu_ms, rest.cpu_ms), 3),
        "lost": sum(run.lost for run in rows[:3]),
        "nine_of_ten_share": round(whole / one_silent, 3),
    }
    return part, missing


def _backlog(folder: Path) -> tuple[Run, Run]:
    """Ten thousand wait: for a while eight at once, then all the others thirty-two at once."""
    with _lms(folder, latency=LATENCY) as lms:
        engine, database = prepare(folder, lms.url, 1, BACKLOG)
        engine.dispose()
        first = _worker(folder, database, 8, FIRST_SECONDS)
        tokens = lms.ask()["tokens"]
        second = _worker(folder, database, 32, LONGEST)
        told = lms.ask()
    runs = []
    for at_once, found, used in ((8, first, tokens), (32, second, told["tokens"] - tokens)):
        share = found["tried"] / found["seconds"] / (at_once / LATENCY)
        runs.append(_run(f"ours, {at_once} at once", found, used, 0, share))
    lost = BACKLOG - sum(told["arrived"].values()) + int(told["most"] > 32)
    return runs[0], _run(runs[1].name, second, runs[1].tokens, lost, runs[1].share)


def _faults(folder: Path) -> Run:
    """One answer in five is 503, a reset, or never comes. The time between two tries is skipped."""
    with _lms(folder, latency=LATENCY, faults=FAULTS) as lms:
        engine, database = prepare(folder, lms.url, 1, FAULTY)
        engine.dispose()
        found = _worker(folder, database, FAULTS_AT_ONCE, LONGEST, skip=True)
        told = lms.ask()
    lost = FAULTY - round(told["sum"] / PERCENT)
    return _run("ours, 20% of answers fail", {**found, "tried": FAULTY}, told["tokens"], lost, None)


def _of_ten(folder: Path, silent: str) -> float:
    """Seconds until nine of ten LMSs, each far away, have all their scores."""
    with _lms(folder, latency=FAR, silent=silent) as lms:
        engine, database = prepare(folder, lms.url, PLATFORMS, EACH)
        engine.dispose()
        # Not warm: a round that ends waits for its calls, also for those that will not be answered.
        worker = _start(folder, database, FAR_AT_ONCE, LONGEST, warm=False)
        nine = [f"p{number}" for number in range(PLATFORMS - 1)]
        first = last = 0.0
        until = time.monotonic() + LONGEST
        while not last and time.monotonic() < until:
            arrived = lms.ask()["arrived"]
            now = time.perf_counter()
            first = first or (now if arrived else 0.0)
            last = now if all(arrived.get(name, 0) >= EACH for name in nine) else 0.0
            time.sleep(0.02)
        worker.kill()
        worker.communicate()
    return last - first


def _peers(var: Path, folder: Path) -> list[Run]:
    python, key = install.pylti1p3(var), folder / "peer.key"
    key.write_text(new_key()[1])
    rows = []
    with _lms(folder, latency=LATENCY) as lms:
        for name, count, threads in (
            ("PyLTI1p3, one by one", PEER_SCORES, 0),
            (f"PyLTI1p3, {PEER_THREADS} threads", PEER_POOL_SCORES, PEER_THREADS),
        ):
            before = lms.ask()["tokens"]
            script = [python, install.PEERS / "pylti1p3_scores.py", f"{lms.url}/peer", count, threads, key]
            found = _told(_process(folder, script))
            share = count / found["seconds"] / (max(threads, 1) / LATENCY)
            rows.append(_run(name, found, lms.ask()["tokens"] - before, found["lost"], share))
    return rows


@contextmanager
def _lms(folder: Path, **behave: object) -> Iterator[Lms]:
    folder.mkdir(parents=True, exist_ok=True)
    with running("scores-lms", [sys.executable, "-m", "bench.scores_lms", "{port}"], {}, folder) as server:
        lms = Lms(server.url)
        lms.ask(**behave)
        yield lms


def _worker(
    folder: Path, database: str, at_once: int, seconds: float, *, skip: bool = False
) -> Mapping[str, Any]:
    return _told(_start(folder, database, at_once, seconds, skip=skip))


def _start(
    folder: Path, database: str, at_once: int, seconds: float, *, skip: bool = False, warm: bool = True
) -> subprocess.Popen[str]:
    arguments = [database, at_once, seconds, int(skip), int(warm)]
    command = [sys.executable, "-m", "bench.scores_worker", *arguments]
    return _process(folder, command)


def _process(folder: Path, command: Sequence[object]) -> subprocess.Popen[str]:
    with (folder / "worker.log").open("a") as log:
        return subprocess.Popen(  # noqa: S603 - our own arguments
            [str(part) for part in command], stdout=subprocess.PIPE, stderr=log, text=True
        )


def _told(process: subprocess.Popen[str]) -> Mapping[str, Any]:
    output, _ = process.communicate(timeout=2 * LONGEST)
    if process.returncode:
        raise SystemExit("the scores could not be measured, see var/bench/scores/worker.log")
    found: Mapping[str, Any] = json.loads(output.splitlines()[-1])
    return found


def _run(name: str, found: Mapping[str, Any], tokens: int, lost: int, share: float | None) -> Run:
    scores = int(found["tried"])
    return Run(name, scores, found["seconds"], found["cpu"] * 1000 / scores, tokens, lost, share)


def _print(rows: Sequence[Run]) -> None:
    click.echo(f"\n{'':32}{'scores/s':>10}{'bound':>8}{'CPU ms':>8}{'tokens':>8}{'lost':>6}")
    for row in rows:
        share = "" if row.share is None else f"{row.share:.0%}"
        rate = row.scores / row.seconds
        click.echo(f"{row.name:32}{rate:10.1f}{share:>8}{row.cpu_ms:8.2f}{row.tokens:8}{row.lost:6}")
