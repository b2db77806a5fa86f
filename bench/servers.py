"""Starting the tools that are compared, and the processor time they use."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60


class StartError(Exception):
    """A server did not come up; the message says where its output is."""


@dataclass(frozen=True)
class Server:
    """A running tool."""

    url: str
    pid: int

    def cpu_seconds(self) -> float:
        """User and system time used so far by the server's process and all below it."""
        stats = _stats()
        return sum(ticks for pid, (_, ticks) in stats.items() if _descends(pid, self.pid, stats)) / TICKS


@contextmanager
def running(
    name: str, command: Sequence[str | Path], environment: Mapping[str, str], var: Path
) -> Iterator[Server]:
    """A server on a free loopback port until the block ends. Raises StartError.

    The port takes the place of `{port}` in the command and the environment.
    """
    port, log = _free_port(), var / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own arguments
            [str(part).replace("{port}", str(port)) for part in command],
            env=os.environ | {name: text.replace("{port}", str(port)) for name, text in environment.items()},
            stdout=output,
            stderr=output,
        )
    try:
        _wait(process, port, f"{name} did not start, see {log}")
        yield Server(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, complaint: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise StartError(complaint)


def _stats() -> dict[int, tuple[int, int]]:
    """(parent, ticks) of every process, by pid."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:  # it ended meanwhile
            continue
        fields = text.rpartition(")")[2].split()  # the name before it may hold spaces
        found[int(path.parent.name)] = (int(fields[1]), int(fields[11]) + int(fields[12]))
    return found


def _descends(pid: int, ancestor: int, stats: Mapping[int, tuple[int, int]]) -> bool:
    while pid in stats and pid != ancestor:
        pid = stats[pid][0]
    return pid == ancestor
