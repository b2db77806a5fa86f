"""Commands for the accounts of those who run the tool."""

import click

from lti_tool.commands.common import now, prepared
from lti_tool.config import load
from lti_tool.services import operators, passwords
from lti_tool.storage.db import open_session, transaction


@click.group()
def operator() -> None:
    """Accounts for the admin area, /admin."""


@operator.command()
@click.argument("name")
@click.option(
    "--generate", is_flag=True, help="Make the password and print it once, instead of asking for it."
)
def add(name: str, generate: bool) -> None:
    """Make an account."""
    password = _password(generate)
    with transaction(prepared(load())) as session:
        operators.add(session, name, password, now())
    click.echo(password if generate else f"added {name}")


@operator.command("list")
def list_operators() -> None:
    """List the accounts."""
    with open_session(prepared(load()), writes=False) as session:
        for row in operators.everybody(session):
            click.echo(
                f"{row.name}\t{'disabled' if row.disabled_at else 'active'}\t{row.created_at:%Y-%m-%d}"
            )


@operator.command()
@click.argument("name")
@click.option(
    "--generate", is_flag=True, help="Make the password and print it once, instead of asking for it."
)
def password(name: str, generate: bool) -> None:
    """Give an account another password. Its sessions end."""
    chosen = _password(generate)
    with transaction(prepared(load())) as session:
        operators.set_password(session, name, chosen, now())
    click.echo(chosen if generate else f"changed {name}")


@operator.command()
@click.argument("name")
def disable(name: str) -> None:
    """Let an operator in no longer. Their sessions end."""
    with transaction(prepared(load())) as session:
        operators.disable(session, name, now())
    click.echo(f"disabled {name}")


@operator.command()
@click.argument("name")
def enable(name: str) -> None:
    """Let an operator in again."""
    with transaction(prepared(load())) as session:
        operators.enable(session, name, now())
    click.echo(f"enabled {name}")


def _password(generate: bool) -> str:
    """Asked for, never taken as an argument: arguments are seen by everybody on the machine and kept by shells."""
    if generate:
        return passwords.generate()
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
