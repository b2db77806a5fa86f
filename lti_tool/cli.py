"""The `lti-tool` command. Each command parses, calls one service, and says what happened."""

import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import click

from lti_tool import demonstration
from lti_tool.config import SETTINGS, Settings, load
from lti_tool.curriculum import check
from lti_tool.curriculum.load import load as load_course
from lti_tool.domain.course import Course
from lti_tool.errors import ContentError, ToolError
from lti_tool.logs import log_json
from lti_tool.lti.http import Http
from lti_tool.lti.platform import Registration
from lti_tool.services import keys, passback, registration
from lti_tool.storage import platform_queries, schema
from lti_tool.storage.db import Engine, connect, open_session, transaction
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


def _now() -> datetime:
    return datetime.now(UTC)


def _prepared(settings: Settings) -> Engine:
    """An engine whose database is at the newest version and holds a signing key."""
    engine = connect(settings.database_url)
    schema.upgrade(engine)
    with transaction(engine) as session:
        keys.ensure(session, _now())
    return engine


def _course(settings: Settings) -> Course:
    course, problems = load_course(settings.content)
    if course is None or problems:
        raise ContentError(list(problems))
    return course


@main.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port to listen on.")
def serve(bind: str) -> None:
    """Serve the tool, and (unless LTI_TOOL_EMBEDDED_WORKER=0) send grades."""
    settings = load()
    _course(settings)  # the server refuses to start on a broken package, before any worker process does
    _prepared(settings).dispose()
    arguments = ["gunicorn", "lti_tool.wsgi:app", "--bind", bind, "--workers", str(settings.web_workers)]
    arguments += ["--threads", "4", "--timeout", "120", "--log-level", "warning", "--no-control-socket"]
    # Every login that was begun and not finished leaves a cookie for ten minutes; a page full of frames has many.
    arguments += ["--limit-request-field_size", "65536"]
    os.execv(sys.executable, [sys.executable, "-m", *arguments])  # noqa: S606 - our own arguments, no shell


@main.command()
def worker() -> None:
    """Send grades and do other background work until told to stop."""
    settings = load()
    course = _course(settings)
    works = Works(_prepared(settings), Http(allow=settings.outbound_allow), course, _now)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log_json()
    run(works, stop)


@main.command()
def demo() -> None:
    """Serve the tool and a demo LMS that is connected to it."""
    defaults = {
        name: value
        for name, value in demonstration.environment().items()
        if f"LTI_TOOL_{name.upper()}" not in os.environ
    }
    settings = load(None, **defaults)
    course = _course(settings)
    demonstration.run(settings, _prepared(settings), course)


@main.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the newest version."""
    engine = _prepared(load())
    click.echo(f"database at version {schema.version(engine)}")


@main.group()
def platform() -> None:
    """The LMSs that are connected."""


@platform.command()
def invite() -> None:
    """Print one single-use registration address, good for seven days."""
    settings = load()
    with transaction(_prepared(settings)) as session:
        secret = registration.invite(session, _now())
    click.echo(registration.invite_url(settings.base_url, secret))


@platform.command()
@click.option("--issuer", required=True, help="The LMS's issuer, exactly as it sends it.")
@click.option("--client-id", required=True)
@click.option("--auth-url", required=True, help="Its authentication request address.")
@click.option("--token-url", required=True, help="Its access token address.")
@click.option("--jwks-url", required=True, help="Its public key set address.")
@click.option("--deployment-id", help="The deployment to approve; without it, the first launch's.")
@click.option("--name", default="", help="A name for lists.")
def add(
    issuer: str,
    client_id: str,
    auth_url: str,
    token_url: str,
    jwks_url: str,
    deployment_id: str | None,
    name: str,
) -> None:
    """Enter an LMS by hand, where it has no dynamic registration."""
    wanted = Registration(issuer, client_id, auth_url, token_url, jwks_url)
    with transaction(_prepared(load())) as session:
        registration.enter(session, wanted, name, deployment_id, _now())
    click.echo(f"added {issuer}")


@platform.command("list")
def list_platforms() -> None:
    """List the LMSs that are connected."""
    with open_session(_prepared(load()), writes=False) as session:
        for row in platform_queries.platforms(session):
            state = "disabled" if row.disabled_at else "active"
            click.echo(f"{row.id}\t{state}\t{row.issuer}\t{row.client_id}\t{row.name}")


@platform.command()
@click.argument("platform_id", type=int)
def disable(platform_id: int) -> None:
    """Let an LMS in no longer. Its people's work and grades stay."""
    with transaction(_prepared(load())) as session:
        registration.disable(session, platform_id, _now())
    click.echo(f"disabled {platform_id}")


@main.group("keys")
def tool_keys() -> None:
    """The tool's signing keys."""


@tool_keys.command("list")
def list_keys() -> None:
    """List the published keys, the one that signs first."""
    with open_session(_prepared(load()), writes=False) as session:
        for key in platform_queries.tool_keys(session):
            click.echo(f"{key.kid}\t{key.created_at:%Y-%m-%d}")


@tool_keys.command("rotate")
def rotate_keys() -> None:
    """Sign with a new key from now on. The old ones stay published, for what they signed."""
    with transaction(_prepared(load())) as session:
        kid = keys.add(session, _now())
    click.echo(f"signing with {kid}")


@main.group("passback")
def scores() -> None:
    """Grades on their way to the LMS."""


@scores.command("list")
def list_scores() -> None:
    """Count the grades by LMS and state, and list those that wait for a person, with the LMS's words."""
    with open_session(_prepared(load()), writes=False) as session:
        found = passback.overview(session)
    for number, issuer, state, count in found.counts:
        click.echo(f"{number}\t{issuer}\t{state}\t{count}")
    for line in found.held:
        click.echo(
            f"report {line.report_id}\tplatform {line.platform_id}\t{line.node}\t{line.reason}\t"
            f"{line.tries} tries\t{line.answer}".rstrip()
        )


@scores.command("retry")
@click.argument("report_ids", nargs=-1, type=int, metavar="[ID]...")
@click.option("--held", is_flag=True, help="All that wait for a person.")
def retry_scores(report_ids: tuple[int, ...], held: bool) -> None:
    """Send grades again: the reports of these numbers, or all that are held."""
    if held == bool(report_ids):
        raise click.UsageError("give report numbers, or --held")
    with transaction(_prepared(load())) as session:
        count = passback.retry(session, None if held else report_ids, _now())
    click.echo(f"queued {count}")


@main.group()
def content() -> None:
    """The content package."""


@content.command("check")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
def check_content(folder: Path | None) -> None:
    """Report every problem of the package with file, line and advice, and what is in it."""
    course, problems = load_course(folder or load().content)
    for line in check.lines(course, problems):
        click.echo(line)
    if problems:
        raise click.exceptions.Exit(1)


@main.command()
def settings() -> None:
    """Print every setting, its default and what it does."""
    for setting in SETTINGS:
        click.echo(f"LTI_TOOL_{setting.name}\t{setting.default}\t{setting.help}")


if __name__ == "__main__":
    main()
