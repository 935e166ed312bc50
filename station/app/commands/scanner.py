"""``station scanner``: certifying scanners, what they get wrong, and closing a mended ticket."""

import sys
from contextlib import closing
from pathlib import Path

import click

from station.app.act_request import carry_out
from station.app.acts_json import outcome
from station.app.brand_folder import note
from station.app.clock import SystemClock
from station.app.config import load
from station.app.intake_session import load_station_key
from station.app.options import by_owner_option, json_option, site_option
from station.app.pins import Named, offered_pin
from station.app.result_lines import put_line, put_object
from station.app.scanner_check import ScannerCheck, record, record_of, request_of, words_of
from station.app.site_paths import SitePaths
from station.app.standard_streams import say
from station.core.commissioning import CheckSymbol
from station.core.diagnosis.faults import FAULT_RULES
from station.core.errors import ConfigurationError, ExitCode
from station.core.text import printable
from station.core.tickets import Ticket
from station.storage.roster_reader import RosterReader
from station.storage.scanner_certificates import write_certificate
from station.storage.site_lock import SiteLock
from station.storage.tickets import TicketReader, close_ticket

NOT_HEARD_MEND = "choose its maker under feedback in station.toml, and turn its beeper on"


@click.group()
def command() -> None:
    """Certify scanners; their maintenance tickets."""


@command.command()
@click.option(
    "--sheet",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the sheet of test symbols to this PDF or PNG file, to be printed.",
)
@click.option("--source", metavar="SOURCE", help="The scanner to check, as in station.toml.")
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(0.1, 600),
    default=60.0,
    show_default=True,
    help="Seconds to wait for each symbol.",
)
@by_owner_option
@click.option(
    "--heard/--not-heard",
    default=None,
    help="Whether the scanner's answer to each scan was heard or seen; asked for on a terminal.",
)
@json_option
@site_option
def check(
    sheet: Path | None,
    source: str | None,
    wait_s: float,
    by: Named,
    heard: bool | None,
    as_json: bool,
    site: Path,
) -> int:
    """Certify a scanner: prefix, separators, case, layout, length, feedback.

    Print the sheet once, then name the scanner and scan the symbols in order. The certificate is
    journalled, with who did it, and kept in the site folder; 'station doctor' shows its age. An
    engine may be running unless it reads this scanner.
    """
    if sheet is None and source is None:
        raise click.UsageError("name a --sheet to write, a --source to check, or both")
    if sheet is not None:
        from station.labels.check_sheet import write_sheet

        write_sheet(sheet)
        say(f"printed at full size, {sheet} holds the symbols to scan\n")
    if source is None:
        return ExitCode.DONE
    paths = SitePaths(site)
    settings = load(paths.config)
    key = load_station_key(paths)
    _refuse_nobody(paths, by.name)
    pin = offered_pin(by) if by.name else ""
    checked = ScannerCheck(settings, source, say)
    findings = []
    with checked.reading():
        for symbol in CheckSymbol:
            findings.append(checked.examine(symbol, wait_s))
            put_line(as_json, record_of(findings[-1]), words_of(findings[-1]))
    if all(not finding.received for finding in findings):
        raise ConfigurationError(
            "nothing arrived from the scanner", "check its cable and its settings, then try again"
        )
    if heard is None and checked.is_answered and sys.stdin.isatty():
        heard = click.confirm("Did the scanner beep or flash after each scan?", err=True)
    if heard is False:
        said = f"FAILED feedback    not heard\n       -> {NOT_HEARD_MEND}"
        put_line(as_json, record("feedback", "not heard", "", NOT_HEARD_MEND), said)
    certificate = checked.certificate(findings, heard)
    # The journal first: no certificate counts that nobody answers for.
    answered = carry_out(site, request_of(certificate, by.name, pin), "station scanner check")
    if not answered.done:
        return outcome(answered)
    path = write_certificate(paths.scanners, certificate, key)
    said = f"{'certified' if certificate.passed else 'NOT certified'}: {path}"
    if as_json:
        say(f"{said}\n")
    else:
        click.echo(said)
    return ExitCode.DONE if certificate.passed else ExitCode.NOT_ALL_ACCEPTED


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
        put_line(as_json, _record(ticket), _words(ticket))
    if not found and not as_json:
        click.echo("no open tickets: every scanner reads as it should", err=True)


@command.command("close-ticket")
@click.argument("number", type=int)
@json_option
@site_option
def close(number: int, as_json: bool, site: Path) -> None:
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
    if as_json:
        put_object({"number": number, "open": False})
    else:
        note(f"ticket {number} is closed")


def _refuse_nobody(paths: SitePaths, by: str) -> None:
    """Say before the scanning, not after it, that somebody has to answer for the certificate."""
    with closing(RosterReader(paths.station_db)) as roster:
        people = {one.operator.name for one in roster.all() if one.operator.active}
    if by and by not in people:
        raise ConfigurationError(
            f"nobody of the name {printable(by, 20)!r} is enrolled here",
            "see 'station operator list'; an admin enrols with 'station operator add'",
        )
    if people and not by:
        raise ConfigurationError(
            "somebody has to answer for the certificate", "name yourself with --by NAME"
        )


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
