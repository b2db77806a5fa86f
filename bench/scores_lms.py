"""The LMS of the scores benchmark, a process of its own: token endpoint and score service after a latency.

    python -m bench.scores_lms <port>

Every platform has a path of its own, `/<name>/...`. `POST /is` with {"latency", "faults", "silent"} sets how it
behaves: seconds before an answer, the share of score calls that go wrong, the platform that never answers. `GET /is`
tells what it has seen. It is as simple as can be: what is measured must not wait for it.
"""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass, field
from email.utils import formatdate
from typing import Any

PAUSE = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Lms:
    """What it has, and how it behaves."""

    latency: float = 0.0
    faults: float = 0.0
    silent: str = ""
    tokens: int = 0
    calls: int = 0
    flying: int = 0
    most: int = 0
    """Score calls at one time."""
    kept: dict[str, tuple[float, str]] = field(default_factory=dict)
    """Score and timestamp, by address and person."""
    arrived: dict[str, int] = field(default_factory=dict)
    """How many scores each platform has."""
    owed: float = 0.0

    def told(self) -> dict[str, Any]:
        """For who measures: all but the scores, and their sum."""
        found = asdict(self)
        found["kept"] = len(self.kept)
        found["sum"] = sum(score for score, _stamp in self.kept.values())
        return found

    def keep(self, path: str, score: dict[str, Any]) -> int:
        """The status of a score."""
        name, stamp = f"{path} {score['userId']}", score["timestamp"]
        before = self.kept.get(name)
        if before is not None and stamp <= before[1]:
            return 409
        self.kept[name] = (score["scoreGiven"], stamp)
        if before is None:
            platform = path.split("/")[1]
            self.arrived[platform] = self.arrived.get(platform, 0) + 1
        return 200

    def fault(self) -> str:
        """Which fault this score call meets, if any: of twenty nine are refused, nine reset, two never answered."""
        self.owed += self.faults
        if self.owed < 1:
            return ""
        self.owed -= 1
        self.calls += 1
        return "hang" if self.calls % 10 == 0 else "busy" if self.calls % 2 else "reset"


lms = Lms()


class Connection(asyncio.Protocol):
    """One client's connection, kept alive."""

    def __init__(self) -> None:
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._out: Any = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, found, rest = self._read.partition(b"\r\n\r\n")
        if not found:
            return
        lines = head.decode().split("\r\n")
        names = dict(line.lower().split(": ", 1) for line in lines[1:])
        length = int(names.get("content-length", 0))
        if len(rest) >= length:
            self._read = b""
            method, target, _version = lines[0].split(" ")
            self._asked(method, target.partition("?")[0], target, rest[:length])

    def _asked(self, method: str, path: str, target: str, body: bytes) -> None:
        loop = asyncio.get_running_loop()
        if path == "/is":
            for name, value in json.loads(body or b"{}").items():
                setattr(lms, name, value)
            self._answer(200, lms.told())
        elif path.endswith("/token"):
            lms.tokens += 1
            token = {"access_token": f"t{lms.tokens}", "token_type": "Bearer", "expires_in": 3600}
            loop.call_later(lms.latency, self._answer, 200, token)
        elif path.endswith("/results"):
            name = f"{path.removesuffix('results')}scores {target.rpartition('user_id=')[2]}"
            score, _stamp = lms.kept.get(name, (None, ""))
            result = {"userId": name.rpartition(" ")[2], "resultScore": score, "resultMaximum": 100}
            loop.call_later(lms.latency, self._answer, 200, [] if score is None else [result])
        elif path.split("/")[1] != lms.silent:
            lms.flying += 1
            lms.most = max(lms.most, lms.flying)
            loop.call_later(lms.latency, self._scored, path, json.loads(body))

    def _scored(self, path: str, score: dict[str, Any]) -> None:
        lms.flying -= 1
        fault = lms.fault() if lms.faults else ""
        if fault == "busy":
            self._out.write(PAUSE.encode())
        elif fault == "reset":
            self._out.abort()
        else:
            status = lms.keep(path, score)
            if fault != "hang":  # it has the score, and never says so
                self._answer(status, {})

    def _answer(self, status: int, value: object) -> None:
        body = json.dumps(value)
        # With faults on, time passes faster for the one who sends.
        date = "" if lms.faults else f"Date: {formatdate(usegmt=True)}\r\n"
        head = f"HTTP/1.1 {status} .\r\n{date}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._out.write((head + body).encode())


async def main(port: int) -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", port, backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
