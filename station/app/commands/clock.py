"""``station clock``: whether the wall clock can be believed."""

import json
from pathlib import Path

import click

from station.app.clock_report import clock_watch_of, confirm_clock
from station.app.config import load
from station.app.options import json_option, site_option
from station.app.site_paths import SitePaths
from station.core.clock_check import words_of
from station.core.errors import ExitCode


@click.command()
@click.option(
    "--confirm",
    is_flag=True,
    help="The clock is right now: go by it, whatever was seen before.",
)
@json_option
@site_option
def command(confirm: bool, as_json: bool, site: Path) -> int:
    """Say whether the clock can be believed; returns 1 when it cannot.

    It is held against what the publisher signed, against the journal, and against the time that
    passed since it was right. While it cannot be believed, verdicts are provisional: nobody knows
    how old the registry is. Set the clock, and that ends by itself. Where the clock is right and
    was wrong before, say so with --confirm; that it is earlier than a publisher's signature cannot
    be confirmed.
    """
    paths = SitePaths(site)
    load(paths.config)
    if confirm:
        confirm_clock(paths)
    finding = clock_watch_of(paths).finding()
    text = "can be believed" if finding is None else words_of(finding)
    if as_json:
        record = {
            "right": finding is None,
            "fault": None if finding is None else finding.fault.value,
            "by_ms": None if finding is None else finding.by_ms,
            "text": text,
        }
        click.echo(json.dumps(record))
    else:
        click.echo(f"clock: {text}")
    return ExitCode.DONE if finding is None else ExitCode.NOT_ALL_ACCEPTED
