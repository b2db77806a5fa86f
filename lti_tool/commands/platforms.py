"""Commands for the LMSs that are connected, and for the keys that sign what we send them."""

import click

from lti_tool.commands.common import now, prepared
from lti_tool.config import load
from lti_tool.errors import RegistrationFailed
from lti_tool.lti.http import Http
from lti_tool.services import by_hand, deployments, keys, platforms, registration
from lti_tool.services.by_hand import Entry
from lti_tool.storage import platform_queries
from lti_tool.storage.db import open_session, transaction


@click.group()
def platform() -> None:
    """The LMSs that are connected."""


@platform.command()
@click.option("--note", default="", help="Whom it is for, shown in the admin area.")
def invite(note: str) -> None:
    """Print one single-use registration address, good for seven days."""
    settings = load()
    with transaction(prepared(settings)) as session:
        secret = registration.invite(session, now(), note=note)
    click.echo(registration.invite_url(settings.base_url, secret))


@platform.command()
@click.option("--issuer", required=True, help="The LMS's issuer, exactly as it sends it.")
@click.option("--client-id", required=True)
@click.option("--auth-url", required=True, help="Its authentication request address.")
@click.option("--token-url", required=True, help="Its access token address.")
@click.option("--jwks-url", required=True, help="Its public key set address.")
@click.option("--deployment-id", help="The deployment to approve; without it, the first launch's.")
@click.option("--token-audience", default="", help="Audience of token requests, where it is not --token-url.")
@click.option("--name", default="", help="A name for lists.")
def add(deployment_id: str | None, **typed: str) -> None:
    """Enter an LMS by hand, where it has no dynamic registration. Its keys are fetched once to see that it works."""
    settings = load()
    http = Http(allow=settings.outbound_allow)
    entry = Entry(deployment_id=deployment_id or "", **typed)
    wanted = by_hand.check(http, entry)
    with transaction(prepared(settings)) as session:
        registration.enter(session, wanted, entry.name, deployment_id, now())
    click.echo(f"added {entry.issuer}")
    try:
        by_hand.fetch_keys(http, wanted.jwks_url)
    except RegistrationFailed as error:
        click.echo(f"nobody can launch until its public keys can be fetched: {error}", err=True)


@platform.command("list")
def list_platforms() -> None:
    """List the LMSs that are connected."""
    with open_session(prepared(load()), writes=False) as session:
        for row in platform_queries.platforms(session):
            state = "disabled" if row.disabled_at else "active"
            click.echo(f"{row.id}\t{state}\t{row.issuer}\t{row.client_id}\t{row.name}")


@platform.command()
@click.argument("platform_id", type=int)
def disable(platform_id: int) -> None:
    """Let an LMS in no longer. Its people's work and grades stay."""
    with transaction(prepared(load())) as session:
        registration.disable(session, platform_id, now())
    click.echo(f"disabled {platform_id}")


@platform.command()
@click.argument("platform_id", type=int)
def enable(platform_id: int) -> None:
    """Let an LMS in again."""
    with transaction(prepared(load())) as session:
        registration.enable(session, platform_id, now())
    click.echo(f"enabled {platform_id}")


@platform.command("deployments")
@click.argument("platform_id", type=int)
def list_deployments(platform_id: int) -> None:
    """List the deployments of an LMS: our number, state, the LMS's number."""
    with open_session(prepared(load()), writes=False) as session:
        for line in platforms.detail(session, platform_id).line.deployments:
            click.echo(f"{line.number}\t{line.state}\t{line.deployment_id}")


@platform.command()
@click.argument("number", type=int)
def approve(number: int) -> None:
    """Let a deployment in: the one of this number in `platform deployments`."""
    with transaction(prepared(load())) as session:
        deployments.approve(session, number, now())
    click.echo(f"approved {number}")


@platform.command()
@click.argument("number", type=int)
def refuse(number: int) -> None:
    """Let a deployment in no longer, or never. Its people's work and grades stay."""
    with transaction(prepared(load())) as session:
        deployments.refuse(session, number, now())
    click.echo(f"refused {number}")


@click.group("keys")
def tool_keys() -> None:
    """The tool's signing keys."""


@tool_keys.command("list")
def list_keys() -> None:
    """List the published keys: key, state (waits, signs, old), the day from which it signs."""
    with open_session(prepared(load()), writes=False) as session:
        for key in keys.listed(session, now()):
            click.echo(f"{key.kid}\t{key.state}\t{key.signs_from:%Y-%m-%d %H:%M} UTC")


@tool_keys.command("rotate")
@click.option(
    "--leaked", is_flag=True, help="Withdraw all old keys now, because somebody else may have them."
)
def rotate_keys(leaked: bool) -> None:
    """Make a new key: published now, signing from tomorrow on. The old one stays published for a day after."""
    with transaction(prepared(load())) as session:
        key = keys.replace(session, now()) if leaked else keys.rotate(session, now())
        click.echo(f"{key.kid} signs from {key.signs_from:%Y-%m-%d %H:%M} UTC")
