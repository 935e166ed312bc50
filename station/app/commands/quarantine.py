"""``station quarantine``: items under review, and what becomes of them."""

import os
from pathlib import Path
from typing import Final

import click

from station.app.act_request import (
    carry_out,
    confirm,
)
from station.app.acts_json import (
    act_record,
    item_record,
    item_words,
    standing_record,
    task_record,
    task_words,
    tell,
)
from station.app.config import load
from station.app.evidence import find_exhibit
from station.app.options import (
    Choice,
    by_option,
    json_option,
    site_option,
    witness_option,
    yes_option,
)
from station.app.pins import WITNESS_PIN_VARIABLE, Named, offered_pin
from station.app.result_lines import put_line, put_object
from station.app.site_desk import StationDesk
from station.app.site_paths import SitePaths
from station.app.verdict_json import verdict_record
from station.core.act_request import NOT_FOUND
from station.core.acts import ActEntry, ActKind, Standing
from station.core.errors import ConfigurationError, ExitCode
from station.core.journal import JournalEntry
from station.core.review import ReviewItem
from station.core.text import printable
from station.ports.display import MAX_LABEL_BYTES, AskAct
from station.storage.claim_reader import ClaimReader
from station.storage.review_reader import ReviewReader

MAX_PAGE: Final = 1000
_GS: Final = b"\x1d"
_ANSWERS: Final = {"same": ActKind.SAME_UNIT, "second": ActKind.SECOND_UNIT}

_scan = click.argument("scan", metavar="SCAN")
_why = click.option("--reason", "why", required=True, help="Why, in words.")
_page = (
    click.option("--after", default="", metavar="SCAN", help="Go on after this one."),
    click.option(
        "--count",
        type=click.IntRange(1, MAX_PAGE),
        default=100,
        show_default=True,
        help="How many at most.",
    ),
)


@click.group()
def command() -> None:
    """Items under review, and what becomes of them."""


@command.command("list")
@_page[0]
@_page[1]
@json_option
@site_option
def list_items(after: str, count: int, as_json: bool, site: Path) -> int:
    """List what was held or quarantined and is under review, oldest first."""
    with ReviewReader(SitePaths(site).station_db) as reviews:
        for item in reviews.open_items(after, count):
            put_line(as_json, item_record(item), item_words(item))
    return ExitCode.DONE


@command.command()
@_scan
@json_option
@site_option
def show(scan: str, as_json: bool, site: Path) -> int:
    """Show one item: its verdict, its picture, how its unit stands, and what ended its review.

    A picture is compared with the digest that the journal names.
    """
    paths = SitePaths(site)
    path = paths.station_db
    with ReviewReader(path) as reviews:
        item = reviews.item(scan)
        if item is None:
            raise ConfigurationError(
                f"nothing under review has the id {printable(scan, 40)!r}",
                _where_else(reviews, scan),
            )
        read, ended = reviews.line(item.read), reviews.line(item.ended_by)
    standing = _standing(path, item)
    picture = find_exhibit(paths, item.read)
    if as_json:
        language = load(paths.config).language
        record = item_record(item) | {
            "read": verdict_record(read, 0.0, language) if isinstance(read, JournalEntry) else None,
            "standing": standing_record(standing),
            "picture": None if picture is None else picture.record(),
            "ended": act_record(ended) if isinstance(ended, ActEntry) else None,
        }
        put_object(record)
        return ExitCode.DONE
    click.echo(item_words(item))
    if standing is not None:
        click.echo(f"  its unit stands {standing.state.name} at {standing.station}")
    if picture is not None:
        click.echo(f"  {picture.words()}")
    if not item.of_unit:
        click.echo("  its code did not prove which unit it is")
    if isinstance(ended, ActEntry):
        reason = f": {ended.reason_text}" if ended.reason_text else ""
        click.echo(f"  ended {ended.time_utc} by {ended.operator}, {ended.kind.value}{reason}")
    return ExitCode.DONE


def _where_else(reviews: ReviewReader, scan: str) -> str:
    """Where a scan is dealt with that put no item on the list, as a further read puts none."""
    line = reviews.line(scan)
    items = () if line is None or line.identity is None else reviews.open_items_of(line.identity)
    if not items:
        return "see 'station quarantine list'"
    return f"its unit's items are {', '.join(items[:3])}; see 'station quarantine list'"


def _standing(path: Path, item: ReviewItem) -> Standing | None:
    if item.identity is None:
        return None
    with ClaimReader(path) as claims:
        return claims.find(item.identity)


@command.command()
@_page[0]
@_page[1]
@json_option
@site_option
def tasks(after: str, count: int, as_json: bool, site: Path) -> int:
    """List earlier units of duplicates that have to be fetched, and from where."""
    with ReviewReader(SitePaths(site).station_db) as reviews:
        for task in reviews.open_tasks(after, count):
            put_line(as_json, task_record(task), task_words(task))
    return ExitCode.DONE


@command.command()
@_scan
@by_option
@_why
@json_option
@site_option
def release(scan: str, by: Named, why: str, as_json: bool, site: Path) -> int:
    """Say that a held or quarantined item is good after all: its unit counts as received.

    A supervisor's. An item whose code does not prove which unit it is, a unit the registry speaks
    against, and one of several items with the same code are refused.
    """
    return _do(site, _ask(ActKind.RELEASE, scan, by, why=why), as_json)


@command.command("confirm")
@_scan
@by_option
@_why
@click.option("--case", required=True, help="The brand's own case number.")
@yes_option
@json_option
@site_option
def confirm_counterfeit(
    scan: str, by: Named, why: str, case: str, yes: bool, as_json: bool, site: Path
) -> int:
    """Record that the brand calls an item counterfeit. A supervisor's."""
    confirm("counterfeit", f"record {printable(scan, 40)} as counterfeit", yes=yes)
    ask = _ask(ActKind.CONFIRM_COUNTERFEIT, scan, by, why=why, reference=case)
    return _do(site, ask, as_json)


@command.command("return")
@_scan
@by_option
@_why
@json_option
@site_option
def return_to_seller(scan: str, by: Named, why: str, as_json: bool, site: Path) -> int:
    """Give an item back to its seller. A supervisor's."""
    return _do(site, _ask(ActKind.RETURN_TO_SELLER, scan, by, why=why), as_json)


@command.command()
@_scan
@click.option("--code", required=True, help="What the new label holds, GS written <GS>.")
@by_option
@_why
@yes_option
@json_option
@site_option
def relabel(scan: str, code: str, by: Named, why: str, yes: bool, as_json: bool, site: Path) -> int:
    """Give a unit another code. A supervisor's, and final.

    The old code is replaced for good; the new one must be of the same product, genuine, and of a
    unit that was never received. It counts as received.
    """
    label = os.fsencode(code).replace(b"<GS>", _GS)
    if len(label) > MAX_LABEL_BYTES:
        raise ConfigurationError("the code is too long for a unit code", "check what --code holds")
    confirm("relabel", f"replace the code of {printable(scan, 40)} for good", yes=yes)
    return _do(site, _ask(ActKind.RELABEL, scan, by, why=why, new_label=label), as_json)


@command.command()
@_scan
@by_option
@witness_option
@_why
@yes_option
@json_option
@site_option
def destroy(
    scan: str, by: Named, witness: Named, why: str, yes: bool, as_json: bool, site: Path
) -> int:
    """Record that an item was destroyed before a witness. A supervisor's, and final."""
    confirm("destroy", f"record {printable(scan, 40)} as destroyed for good", yes=yes)
    return _do(site, _ask(ActKind.DESTROY, scan, by, why=why, witness=witness), as_json)


@command.command()
@_scan
@click.argument("what", type=Choice(tuple(_ANSWERS)), metavar="same|second")
@by_option
@json_option
@site_option
def answer(scan: str, what: str, by: Named, as_json: bool, site: Path) -> int:
    """Say of a repeat whether it was the same unit again, or a second one with its code.

    Of a second unit both are suspect: this one is quarantined, and a task says where the earlier
    one lies.
    """
    return _do(site, _ask(_ANSWERS[what], scan, by), as_json)


@command.command()
@_scan
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The zip file to write, whole or not at all; by default evidence/SCAN.zip of the site.",
)
@json_option
@site_option
def pack(scan: str, out: Path | None, as_json: bool, site: Path) -> int:
    """Write an item's evidence pack: lines, pictures, EPCIS events and the journal's proof.

    Its SHA256SUMS holds the digest of every file, its README.txt says how the rest is checked.
    """
    desk = StationDesk(site)
    written = desk.pack(scan) if out is None else desk.pack_to(scan, out)
    put_line(as_json, {"scan_id": scan, "file": written}, f"wrote {written}")
    return ExitCode.DONE


@command.command("put-away")
@_scan
@click.option("--tote", required=True, help="The tote it is put in.")
@by_option
@json_option
@site_option
def put_away(scan: str, tote: str, by: Named, as_json: bool, site: Path) -> int:
    """Put a held item into a quarantine tote."""
    return _do(site, _ask(ActKind.QUARANTINE, scan, by, reference=tote), as_json)


@command.command()
@click.argument("task", metavar="TASK")
@click.option("--not-found", is_flag=True, help="There is no earlier unit to bring.")
@by_option
@json_option
@site_option
def fetched(task: str, not_found: bool, by: Named, as_json: bool, site: Path) -> int:
    """Close a fetch task: the earlier unit was brought, and is under review from now on."""
    reference = NOT_FOUND if not_found else ""
    return _do(site, _ask(ActKind.FETCHED, task, by, reference=reference), as_json)


def _ask(
    kind: ActKind,
    about: str,
    by: Named,
    *,
    why: str = "",
    reference: str = "",
    witness: Named | None = None,
    new_label: bytes = b"",
) -> AskAct:
    return AskAct(
        "",
        kind,
        about,
        by.name,
        pin=offered_pin(by),
        reason_text=why,
        reference=reference,
        witness="" if witness is None else witness.name,
        witness_pin="" if witness is None else offered_pin(witness, WITNESS_PIN_VARIABLE),
        new_label=new_label,
    )


def _do(site: Path, ask: AskAct, as_json: bool) -> int:
    answered = carry_out(site, ask, f"station quarantine {ask.kind.value}")
    return tell(ask, answered, as_json=as_json)
