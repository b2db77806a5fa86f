"""The `lti-tool` command. Each command parses, calls one service, and says what happened."""

import os
import re
import signal
import sys
import threading
from pathlib import Path

import click

from lti_tool import demonstration, metrics, preview
from lti_tool.commands.audit import audit
from lti_tool.commands.common import now, prepared
from lti_tool.commands.content import content
from lti_tool.commands.doctor import doctor
from lti_tool.commands.operators import operator
from lti_tool.commands.passback import passback
from lti_tool.commands.platforms import platform, tool_keys
from lti_tool.config import SETTINGS, environment_file, load
from lti_tool.curriculum.load import sound
from lti_tool.errors import ToolError
from lti_tool.liveness import answer_on, tell_systemd
from lti_tool.logs import log_json
from lti_tool.lti.http import Http
from lti_tool.storage import copying, schema
from lti_tool.storage.db import connect
from lti_tool.worker import Works, run


class Faults(click.Group):
    """Tells a known fault in one line, without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except ToolError as error:
            click.echo(f"lti-tool: {str(error) or error.code}", err=True)
            ctx.exit(1)


@click.group(cls=Faults)
def main() -> None:
    """A staged certification programme inside a school's LMS, by LTI 1.3 Advantage."""


for _group in (audit, content, doctor, operator, passback, platform, tool_keys):
    main.add_command(_group)


@content.command("preview")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--port", default=8002, show_default=True, type=click.IntRange(1024, 65535))
def preview_content(folder: Path | None, port: int) -> None:
    """Show the course of FOLDER in a browser of this machine, keys included, and anew whenever a file changes."""
    click.echo(f"Open http://{preview.HOST}:{port}/ in a browser. Ctrl-C stops it.")
    preview.serve(folder or load().content, port)


@main.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port to listen on.")
def serve(bind: str) -> None:
    """Serve the tool, and (unless LTI_TOOL_EMBEDDED_WORKER=0) send grades."""
    settings = load()
    sound(settings.content)  # the server refuses to start on a broken package, before any worker process does
    prepared(settings).dispose()
    counts = settings.data / "metrics" / re.sub(r"[^0-9A-Za-z.]+", "-", bind)
    environment = {metrics.FOLDER: str(metrics.fresh_folder(counts)), **os.environ}
    arguments = ["gunicorn", "lti_tool.wsgi:app", "--bind", bind, "--workers", str(settings.web_workers)]
    arguments += ["--threads", "4", "--timeout", "120", "--log-level", "warning", "--no-control-socket"]
    # Every login that was begun and not finished leaves a cookie for ten minutes; a page full of frames has many.
    arguments += ["--limit-request-field_size", "65536"]
    os.execve(sys.executable, [sys.executable, "-m", *arguments], environment)  # noqa: S606 - our own arguments, no shell


@main.command()
def worker() -> None:
    """Send grades and do other background work until told to stop."""
    settings = load()
    course = sound(settings.content)
    http = Http(allow=settings.outbound_allow)
    works = Works(prepared(settings), http, course, now, scores_at_once=settings.scores_at_once)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log_json()
    if settings.worker_bind:
        answer_on(settings.worker_bind, works.pulse)
    run(works, stop)
    tell_systemd("STOPPING=1")


@main.command()
def demo() -> None:
    """Serve the tool and a demo LMS that is connected to it."""
    defaults = {
        name: value
        for name, value in demonstration.environment().items()
        if f"LTI_TOOL_{name.upper()}" not in os.environ
    }
    settings = load(None, **defaults)
    course = sound(settings.content)
    demonstration.run(settings, prepared(settings), course)


@main.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the newest version."""
    engine = prepared(load())
    click.echo(f"database at version {schema.version(engine)}")


@db.command("copy")
@click.argument("source")
def copy_database(source: str) -> None:
    """Copy the database at SOURCE, such as sqlite:////var/lib/lti-tool/lti-tool.sqlite3, into that of the settings.

    The latter must be empty. Stop the web server and every worker first. Handed-in files are not touched.
    """
    old, new = connect(source), connect(load().database_url)
    try:
        for table, count in copying.copy(old, new).items():
            click.echo(f"{table}\t{count}")
    finally:
        old.dispose()
        new.dispose()


@main.command()
@click.option("--env", is_flag=True, help="As an environment file to begin with; see deploy/README.md.")
def settings(env: bool) -> None:
    """Print every setting, its default and what it does."""
    if env:
        click.echo("\n".join(environment_file()), nl=False)
        return
    for setting in SETTINGS:
        click.echo(f"LTI_TOOL_{setting.name}\t{setting.default}\t{setting.help}")


if __name__ == "__main__":
    main()
