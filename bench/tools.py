"""The compared tools: how each is set up, started, and addressed."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bench import install
from bench.platform import CLIENT, DEPLOYMENT, SLOW_CLIENT, Platform
from bench.servers import Server, running
from lti_tool.domain.course import Lesson
from lti_tool.lti.keys import new_key
from lti_tool.lti.platform import Registration
from lti_tool.services import keys, registration
from lti_tool.storage import schema
from lti_tool.storage.db import connect, transaction

ROOT = Path(__file__).resolve().parents[1]
CONTENT = Path(os.environ.get("LTI_TOOL_CONTENT", ROOT / "content"))
BIND = "127.0.0.1:{port}"
GUNICORN = (
    "-m",
    "gunicorn",
    "--workers",
    "1",
    "--worker-class",
    "sync",
    "--log-level",
    "warning",
    "--no-control-socket",
)


@dataclass(frozen=True)
class Tool:
    """A running tool. `login` and `launch` are paths; `sign` stands in the page a launch ends on."""

    server: Server
    login: str
    launch: str
    sign: str


def prepare_ours(var: Path, platform: Platform) -> None:
    """An empty database of our own tool, with the platform registered twice: key set quick and slow."""
    data = var / "ours"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    engine = connect(f"sqlite:///{data / 'lti-tool.sqlite3'}")
    schema.upgrade(engine)
    now = datetime.now(UTC)
    with transaction(engine) as session:
        keys.ensure(session, now)
        for client, jwks_url in ((CLIENT, platform.jwks_url), (SLOW_CLIENT, platform.slow_jwks_url)):
            wanted = Registration(platform.url, client, platform.auth_url, platform.token_url, jwks_url)
            registration.enter(session, wanted, "Bench", DEPLOYMENT, now)
    engine.dispose()


@contextmanager
def ours(var: Path, lesson: Lesson) -> Iterator[Tool]:
    """Our tool on gunicorn."""
    with running(
        "ours",
        [sys.executable, *GUNICORN, "--bind", BIND, "lti_tool.wsgi:app"],
        _environment(var),
        var,
    ) as server:
        yield Tool(server, "/lti/login", "/lti/launch", lesson.title["ja"])


@contextmanager
def ours_on_granian(var: Path, lesson: Lesson) -> Iterator[Tool]:
    """Our tool on granian, with the same number of processes and threads."""
    environment = {**_environment(var), "PYTHONPATH": f"{install.granian(var)}:{ROOT}"}
    with running(
        "granian",
        [
            *(
                sys.executable,
                "-m",
                "granian",
                "--interface",
                "wsgi",
                "--workers",
                "1",
                "--blocking-threads",
                "1",
            ),
            *(
                "--host",
                "127.0.0.1",
                "--port",
                "{port}",
                "--no-ws",
                "--log-level",
                "warning",
                "lti_tool.wsgi:app",
            ),
        ],
        environment,
        var,
    ) as server:
        yield Tool(server, "/lti/login", "/lti/launch", lesson.title["ja"])


@contextmanager
def pylti1p3(var: Path, platform: Platform) -> Iterator[Tool]:
    """The Flask tool of PyLTI1p3's documentation."""
    python = install.pylti1p3(var)
    config = var / "pylti1p3.json"
    private = var / "pylti1p3.key"
    private.write_text(new_key()[1])
    client = {
        "default": True,
        "client_id": CLIENT,
        "auth_login_url": platform.auth_url,
        "auth_token_url": platform.token_url,
        "key_set_url": platform.jwks_url,
        "private_key_file": private.name,
        "deployment_ids": [DEPLOYMENT],
    }
    config.write_text(json.dumps({platform.url: [client]}))
    with running(
        "pylti1p3",
        [python, *GUNICORN, "--bind", BIND, "pylti1p3_flask:app"],
        {"BENCH_TOOL_CONFIG": str(config), "PYTHONPATH": str(install.PEERS)},
        var,
    ) as server:
        yield Tool(server, "/login", "/launch", "Welcome")


def as_published(tool: Tool) -> Tool:
    """The PyLTI1p3 tool, doing all that the published Flask example does at a launch."""
    return replace(tool, login="/example/login", launch="/example/launch")


@contextmanager
def ltijs(var: Path, platform: Platform) -> Iterator[Tool]:
    """The tool of ltijs' documentation, its database beside it."""
    folder = install.ltijs(var)
    with running("ltijs-database", ["node", folder / "database.mjs"], {"PORT": "{port}"}, var) as database:
        environment = {
            "NODE_ENV": "production",
            "PORT": "{port}",
            "BENCH_PLATFORM": platform.url,
            "BENCH_CLIENT": CLIENT,
            "BENCH_DATABASE_PORT": database.url.rpartition(":")[2],
        }
        with running("ltijs", ["node", folder / "tool.js"], environment, var) as server:
            yield Tool(server, "/login", "/", "Welcome")


@contextmanager
def bare_flask(var: Path, body: str) -> Iterator[Server]:
    """A Flask page that shows `body`, in our own environment."""
    text = var / "body.html"
    text.write_text(body, encoding="utf-8")
    with running(
        "bare-flask",
        [sys.executable, *GUNICORN, "--bind", BIND, "bare_flask:app"],
        {"BENCH_BODY": str(text), "PYTHONPATH": str(install.PEERS)},
        var,
    ) as server:
        yield server


def _environment(var: Path) -> dict[str, str]:
    return {
        "LTI_TOOL_BASE_URL": "http://127.0.0.1:{port}",
        "LTI_TOOL_DATA": str(var / "ours"),
        "LTI_TOOL_CONTENT": str(CONTENT),
        "LTI_TOOL_SECRET_KEY": "bench",
        "LTI_TOOL_EMBEDDED_WORKER": "0",
        "LTI_TOOL_OUTBOUND_ALLOW": "127.0.0.1",
    }
