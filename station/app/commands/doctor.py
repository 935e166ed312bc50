"""``station doctor``: named health checks, each failure with its mend."""

import shlex
import sys
import textwrap
from pathlib import Path
from typing import Final

import click
from click.core import ParameterSource

from station.app.brand_folder import note
from station.app.checkup import ALL_CHECKS, Finding, Status, examine
from station.app.options import Choice, json_option, settings_option, site_option
from station.app.result_lines import put_line
from station.app.terminal import is_terminal, size_of
from station.core.errors import ExitCode
from station.core.text import printable_lines

_MARKS: Final = {
    Status.OK: "ok     ",
    Status.WARNING: "warning",
    Status.FAILED: "FAILED ",
    Status.SKIPPED: "skipped",
}


_MARGIN: Final = 26
"""Columns before a finding's words."""

_LEAST_ROOM: Final = 30


@click.command()
@click.option("--only", multiple=True, type=Choice(ALL_CHECKS), help="Run this check only.")
@settings_option
@json_option
@site_option
@click.pass_context
def command(
    context: click.Context,
    only: tuple[str, ...],
    flags: tuple[str, ...],
    as_json: bool,
    site: Path,
) -> int:
    """Check this installation and site; returns 1 when a check failed.

    A camera is looked through for a few seconds where no engine has it.
    """
    failed, has_mends = False, False
    columns = size_of(sys.stdout).columns if is_terminal(sys.stdout) else None
    for finding in examine(site, only, flags):
        failed = failed or finding.status is Status.FAILED
        has_mends = has_mends or "station " in finding.mend
        put_line(as_json, _record(finding), _words(finding, columns))
    if has_mends and context.get_parameter_source("site") is ParameterSource.COMMANDLINE:
        named = printable_lines(shlex.quote(str(site)))
        note(f"The commands named here want the site too: --site {named}")
    return ExitCode.NOT_ALL_ACCEPTED if failed else ExitCode.DONE


def _record(finding: Finding) -> dict[str, str]:
    return {
        "check": finding.check,
        "status": finding.status.value,
        "text": finding.text,
        "mend": finding.mend,
    }


def _words(finding: Finding, columns: int | None) -> str:
    """A finding as lines; a terminal's are broken between words, but a mend stays to be copied."""
    said = printable_lines(finding.text)
    if columns is not None:
        room = max(_LEAST_ROOM, columns - _MARGIN)
        kept_whole = textwrap.TextWrapper(room, break_long_words=False, break_on_hyphens=False)
        said = f"\n{'':{_MARGIN}}".join(kept_whole.wrap(said))
    line = f"{_MARKS[finding.status]} {finding.check:<17} {said}"
    mend = printable_lines(finding.mend)
    return f"{line}\n{'':{_MARGIN}}-> {mend}" if mend else line
