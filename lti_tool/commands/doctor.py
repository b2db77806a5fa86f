"""The command that looks at the whole installation and at every LMS it is connected with."""

import click

from lti_tool.commands.common import now
from lti_tool.config import load
from lti_tool.lti.http import Http
from lti_tool.services import checkup
from lti_tool.services.checkup import Installation
from lti_tool.storage.db import connect


@click.command()
@click.option("--offline", is_flag=True, help="Ask no LMS anything.")
def doctor(offline: bool) -> None:
    """Look at the installation and at every connected LMS. Changes nothing; ends with 1 when something is broken."""
    settings = load()
    installation = Installation(
        settings.base_url, settings.content, settings.storage_url, connect(settings.database_url)
    )
    http = None if offline else Http(allow=settings.outbound_allow)
    broken = False
    for line in checkup.look(installation, http, now):
        broken = broken or line.state == "broken"
        click.echo(f"{line.state}\t{line.what}\t{line.said}")
    if broken:
        raise click.exceptions.Exit(1)
