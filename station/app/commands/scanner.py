"""``station scanner``: what scanners get wrong, and closing a ticket once it is mended."""

import json
from pathlib import Path

import click

from station.app.clock import SystemClock
from station.app.config import load
from station.app.options import json_option, site_option
from station.app.site_paths import SitePaths
from station.core.diagnosis.faults import FAULT_RULES
from station.core.errors import ConfigurationError
from station.core.text import printable
from station.core.tickets import Ticket
from station.storage.site_lock import SiteLock
from station.storage.tickets import TicketReader, close_ticket


@click.group()
def command() -> None:
    """Maintenance tickets of scanners."""


@command.command()
@json_option
@site_option
def tickets(as_json: bool, site: Path) -> None:
    """List what scanners get wrong, how often, and the mend.

    A read that only a scanner's fault kept from verifying is judged as the code it repairs to; the
    fault is counted here for its source until the ticket is closed.
    """
    paths = SitePaths(site)
    load(paths.config)
    found = TicketReader(paths.station_db).open_tickets()
    for ticket in found:
        click.echo(json.dumps(_record(ticket)) if as_json else _words(ticket))
    if not found and not as_json:
        click.echo("no open tickets: every scanner reads as it should", err=True)


@command.command("close-ticket")
@click.argument("number", type=int)
@site_option
def close(number: int, site: Path) -> None:
    """Close ticket NUMBER once the scanner is mended.

    If the fault shows again, a new ticket opens. The engine must not be running.
    """
    paths = SitePaths(site)
    load(paths.config)
    with SiteLock(paths.lock, "station scanner close-ticket"):
        closed = close_ticket(paths.station_db, number, SystemClock().now_utc())
    if not closed:
        raise ConfigurationError(
            f"there is no open ticket {number}", "list them with 'station scanner tickets'"
        )
    click.echo(f"ticket {number} is closed", err=True)


def _record(ticket: Ticket) -> dict[str, object]:
    rule = FAULT_RULES[ticket.fault]
    return {
        "number": ticket.number,
        "kind": ticket.kind.value,
        "source": ticket.source,
        "fault": ticket.fault.value,
        "modifier": rule.reason.value,
        "count": ticket.count,
        "first_seq": ticket.first_seq,
        "last_seq": ticket.last_seq,
        "first_utc": ticket.first_utc,
        "last_utc": ticket.last_utc,
        "text": rule.text,
        "mend": rule.mend,
    }


def _words(ticket: Ticket) -> str:
    rule = FAULT_RULES[ticket.fault]
    return (
        f"{ticket.number}: {printable(ticket.source)}: {rule.text}\n"
        f"   {ticket.count} times from {ticket.first_utc} to {ticket.last_utc}\n"
        f"   {rule.mend}"
    )
