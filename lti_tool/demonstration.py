"""`lti-tool demo`: the tool and a demo LMS beside it, connected as a real LMS is."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from lti_tool.config import Settings
from lti_tool.demo.app import DemoConfig, Lms, Placement, connect, create_demo, lms_of
from lti_tool.demo.serve import serving
from lti_tool.domain.course import Course
from lti_tool.errors import ConfigError
from lti_tool.services import placing, registration
from lti_tool.services.titles import title_of
from lti_tool.storage.db import Engine, open_session, transaction

TOOL = ("localhost", 8000)
LMS = ("127.0.0.1", 8001)
LMS_URL = f"http://{LMS[0]}:{LMS[1]}"
START_SECONDS = 60


def environment() -> dict[str, str]:
    """Settings of the demo where the environment has none of its own."""
    return {"base_url": f"http://{TOOL[0]}:{TOOL[1]}", "outbound_allow": f"{LMS[0]}:{LMS[1]}"}


def run(settings: Settings, engine: Engine, course: Course) -> None:
    """Serve until Ctrl-C. Raises ConfigError when a port is taken or the tool does not start."""
    for host, port in (("127.0.0.1", TOOL[1]), LMS):
        _require_free(host, port)
    app = create_demo(DemoConfig(base_url=LMS_URL, data=settings.data, activities=placements(course)))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with serving(app, LMS_URL):
        tool = _start_tool(settings)
        try:
            _await(tool, settings)
            if not _connected(lms_of(app), engine):
                connect(app, _invite(settings, engine))
            print(f"Open {LMS_URL}/ in a browser. Ctrl-C stops everything.", flush=True)  # noqa: T201
            if tool.wait():
                raise ConfigError(f"the tool ended unexpectedly: {_last_words(settings)}")
        except KeyboardInterrupt:
            pass
        finally:
            tool.terminate()
            tool.wait()


def _connected(lms: Lms, engine: Engine) -> bool:
    """Whether both sides know each other: either's memory may have been deleted since the last start."""
    known = lms.state.registration
    if known is None:
        return False
    with open_session(engine, writes=False) as session:
        return registration.knows(session, LMS_URL, known.client_id)


def placements(course: Course) -> tuple[Placement, ...]:
    """What a teacher has placed in the demo course: the course home, the stages, every quiz and assignment."""
    graded = course.graded
    wanted = [node for node in placing.nodes(course) if node == "course" or node in graded]
    return tuple(
        Placement(
            node,
            title_ja=title_of(course, node, "ja"),
            title_en=title_of(course, node, "en"),
            graded=node in graded,
        )
        for node in wanted
    )


def _invite(settings: Settings, engine: Engine) -> str:
    with transaction(engine) as session:
        return registration.invite_url(settings.base_url, registration.invite(session, datetime.now(UTC)))


def _start_tool(settings: Settings) -> subprocess.Popen[bytes]:
    """The tool as a process of its own, in its own group so that Ctrl-C reaches it through us only."""
    child = {**os.environ}
    for name, value in environment().items():
        child.setdefault(f"LTI_TOOL_{name.upper()}", value)
    child["LTI_TOOL_DATA"] = str(settings.data)
    arguments = [sys.executable, "-m", "lti_tool.cli", "serve", "--bind", f"127.0.0.1:{TOOL[1]}"]
    with _log(settings).open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own arguments
            arguments, env=child, stdout=log, stderr=log, start_new_session=True
        )


def _log(settings: Settings) -> Path:
    """What the tool says meanwhile: a line for every launch and grade would hide the one with the address."""
    return settings.data / "demo-tool.log"


def _last_words(settings: Settings) -> str:
    lines = _log(settings).read_text(encoding="utf-8", errors="replace").split("\n")
    said = next((line for line in reversed(lines) if line.strip()), "it said nothing")
    return f"{said} (all of it: {_log(settings)})"


def _await(tool: subprocess.Popen[bytes], settings: Settings) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if tool.poll() is not None:
            raise ConfigError(f"the tool did not start: {_last_words(settings)}")
        try:
            socket.create_connection(("127.0.0.1", TOOL[1]), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise ConfigError(f"the tool did not answer within {START_SECONDS} seconds")


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigError(
                f"port {port} is taken: stop the program that uses it, then start again"
            ) from error
