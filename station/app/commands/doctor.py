"""``station doctor``: named health checks, each failure with its mend."""

from pathlib import Path
from typing import Final

import click

from station.app.checkup import ALL_CHECKS, Finding, Status, examine
from station.app.options import Choice, json_option, site_option
from station.app.result_lines import put_line
from station.core.errors import ExitCode

_MARKS: Final = {
    Status.OK: "ok     ",
    Status.WARNING: "warning",
    Status.FAILED: "FAILED ",
    Status.SKIPPED: "skipped",
}


@click.command()
@click.option("--only", multiple=True, type=Choice(ALL_CHECKS), help="Run this check only.")
@json_option
@site_option
def command(only: tuple[str, ...], as_json: bool, site: Path) -> int:
    """Check this installation and site; returns 1 when a check failed."""
    failed = False
    for finding in examine(site, only):
        failed = failed or finding.status is Status.FAILED
        put_line(as_json, _record(finding), _words(finding))
    return ExitCode.NOT_ALL_ACCEPTED if failed else ExitCode.DONE


def _record(finding: Finding) -> dict[str, str]:
    return {
        "check": finding.check,
        "status": finding.status.value,
        "text": finding.text,
        "mend": finding.mend,
    }


def _words(finding: Finding) -> str:
    line = f"{_MARKS[finding.status]} {finding.check:<17} {finding.text}"
    return f"{line}\n{'':26}-> {finding.mend}" if finding.mend else line
