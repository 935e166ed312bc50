"""``station outbox``: what of a site's events is still to be sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from station.app import config
from station.app.event_upload import WAIT_S, opened_outbox, prepared_upload, tell_of_upload
from station.app.options import json_option, site_option
from station.app.result_lines import put_line
from station.app.site_paths import SitePaths
from station.app.sync_access import AccessOptions, access_options
from station.core.errors import ExitCode
from station.core.text import printable
from station.storage.journal_reader import JournalReader
from station.storage.upload_store import outbox_state
from station.sync.upload import Uploader, UploadSummary

_wait_option = click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(0, 86_400),
    default=WAIT_S,
    show_default=True,
    help="Seconds to wait, in all, for a receiver that cannot take anything now.",
)


@click.group()
def command() -> None:
    """Send events up: what was received, what is held, and why.

    `station sync` sends them too, after it has refreshed the registry.
    """


@command.command()
@json_option
@site_option
def status(as_json: bool, site: Path) -> int:
    """Count what waits and what was refused."""
    paths = _paths(site)
    with JournalReader(paths.station_db) as journal:
        state = outbox_state(paths.upload_db, journal)
    put_line(
        as_json,
        {"waiting": state.waiting, "refused": state.refused},
        f"{state.waiting} events wait, {state.refused} were refused",
    )
    return ExitCode.DONE


@command.command()
@_wait_option
@access_options
@json_option
@site_option
def send(options: AccessOptions, wait_s: float, as_json: bool, site: Path) -> int:
    """Send what waits, oldest first."""
    with _prepared(site, options, wait_s) as uploader:
        return show_upload(uploader.run(), as_json)


@command.command("list")
@json_option
@site_option
def list_refused(as_json: bool, site: Path) -> int:
    """List events the receiver refused, and why."""
    with opened_outbox(_paths(site)) as outbox:
        for letter in outbox.dead():
            entry = outbox.entry(letter.seq)
            scan_id = "" if entry is None else entry.scan_id
            fields = {
                "seq": letter.seq,
                "scan_id": scan_id,
                "event_id": letter.event_id,
                "text": letter.text,
                "time_utc": letter.time_utc,
            }
            text = printable(letter.text, 200)
            put_line(as_json, fields, f"{letter.time_utc}  entry {letter.seq}  {scan_id}  {text}")
    return ExitCode.DONE


@command.command()
@_wait_option
@access_options
@json_option
@site_option
def retry(options: AccessOptions, wait_s: float, as_json: bool, site: Path) -> int:
    """Send again what was refused, once the receiver has been mended."""
    with _prepared(site, options, wait_s) as uploader:
        return show_upload(uploader.retry(), as_json)


def show_upload(summary: UploadSummary, as_json: bool) -> ExitCode:
    """Say how a run went; its exit code."""
    put_line(
        as_json,
        {
            "sent": summary.sent,
            "refused": summary.refused,
            "waiting": summary.waiting,
            "text": summary.text,
        },
        f"{summary.sent} events sent, {summary.refused} refused, {summary.waiting} wait",
    )
    tell_of_upload(summary)
    return ExitCode.NOT_ALL_ACCEPTED if summary.refused or summary.waiting else ExitCode.DONE


@contextmanager
def _prepared(site: Path, options: AccessOptions, wait_s: float) -> Iterator[Uploader]:
    paths = SitePaths(site)
    with prepared_upload(paths, config.load(paths.config), options, wait_s) as upload:
        yield upload.uploader


def _paths(site: Path) -> SitePaths:
    paths = SitePaths(site)
    config.load(paths.config)
    return paths
