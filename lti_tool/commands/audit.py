"""Commands for the audit log."""

from datetime import UTC, datetime

import click

from lti_tool.commands.common import prepared
from lti_tool.config import load
from lti_tool.services import audit as log
from lti_tool.storage.db import open_session

ACTIONS = [action.value for action in log.Action]


@click.group()
def audit() -> None:
    """Who did what, when."""


@audit.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on (UTC).")
@click.option("--who", default="", help="Only what this one did, as written in the log.")
@click.option("--action", type=click.Choice(ACTIONS), help="Only this action.")
def export(since: datetime | None, who: str, action: str | None) -> None:
    """Print the audit log as CSV, oldest first."""
    wanted = log.Filter(who, action or "", since.replace(tzinfo=UTC) if since else None)
    with open_session(prepared(load()), writes=False) as session:
        for line in log.export(session, wanted):
            click.echo(line, nl=False)
