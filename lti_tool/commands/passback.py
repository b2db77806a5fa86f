"""Commands for grades on their way: `lti-tool passback`."""

from datetime import datetime

import click

from lti_tool.commands.common import now, prepared
from lti_tool.config import load
from lti_tool.curriculum.load import sound
from lti_tool.lti.http import Http
from lti_tool.services import passback_admin, reading_check
from lti_tool.services.passback_admin import Queue
from lti_tool.services.reading_check import Checked
from lti_tool.storage.db import open_session, transaction


@click.group()
def passback() -> None:
    """Grades on their way to the LMS."""


@passback.command("list")
def list_grades() -> None:
    """Tell of each LMS what waits and how it answers, and list the grades that wait for a person."""
    with open_session(prepared(load()), writes=False) as session:
        queues, needy = passback_admin.queues(session, now()), passback_admin.needy(session)
    for queue in queues:
        click.echo(_queue(queue))
    for line in needy:
        theirs = "" if line.shown is None else f"{line.shown:g}%"
        value = f"ours {line.percent}%\ttheirs {theirs or 'none'}\t" if line.state == "drifted" else ""
        click.echo(
            f"report {line.report_id}\tplatform {line.platform_id}\tcourse {line.context_id}\t{line.node}\t"
            f"{line.reason or line.state}\t{value}{line.tries} tries\t{line.answer}".rstrip()
        )


def _queue(queue: Queue) -> str:
    since = f" since {_at(queue.oldest_at)}" if queue.oldest_at else ""
    return (
        f"platform {queue.platform_id}\t{queue.issuer}\t{queue.waiting} waiting{since}\t{queue.held} held\t"
        f"{queue.drifted} changed there\t{queue.failures} failures\tleft alone until {_at(queue.quiet_until)}\t"
        f"last received {_at(queue.delivered_at)}"
    )


def _at(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "-"


@passback.command("retry")
@click.argument("report_ids", nargs=-1, type=int, metavar="[ID]...")
@click.option("--held", is_flag=True, help="All that are on hold.")
def retry(report_ids: tuple[int, ...], held: bool) -> None:
    """Send grades again: the reports of these numbers, or all that are held."""
    if held == bool(report_ids):
        raise click.UsageError("give report numbers, or --held")
    with transaction(prepared(load())) as session:
        count = passback_admin.retry(session, None if held else report_ids, now())
    click.echo(f"queued {count}")


@passback.command("check")
@click.option("--platform", "platform_id", type=click.IntRange(1), help="Only this LMS, by its number.")
@click.option("--course", "context_id", type=click.IntRange(1), help="Only this course, by its number.")
def check(platform_id: int | None, context_id: int | None) -> None:
    """Read what the LMS shows of our grades, and compare. Ends with 1 when something needs a person."""
    settings = load()
    http, course = Http(allow=settings.outbound_allow), sound(settings.content)
    fine = True
    for checked in reading_check.check(prepared(settings), http, course, now, platform_id, context_id):
        fine = fine and checked.fine
        for line in _checked(checked):
            click.echo(line)
    if not fine:
        raise click.exceptions.Exit(1)


def _checked(checked: Checked) -> list[str]:
    groups = checked.groups
    place = f"course {checked.context_id}\tplatform {checked.platform_id}"
    words = (
        f"{checked.read} columns read\t{groups['confirmed']} shown as sent\t{groups['delivered']} not seen yet\t"
        f"{groups['waiting']} waiting\t{groups['held']} held\t{groups['drifted']} changed there\t"
        f"{groups['kept']} kept as there"
    )
    unread = [f"{place}\t{node}\tnot read: {reason}" for node, reason in checked.unread.items()]
    return [f"{place}\t{words}", *unread]
