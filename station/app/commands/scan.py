"""``station scan``: headless intake; verdicts are journalled and claimed."""

import signal
from pathlib import Path
from types import FrameType

import click

from station.app.annotations import Annotations
from station.app.config import load
from station.app.intake_session import make_engine, open_site
from station.app.options import complete_source, json_option, settings_option, site_option
from station.app.scan_report import ScanReport
from station.app.site_paths import SitePaths
from station.app.sources import KINDS
from station.core.errors import ConfigurationError, ExitCode
from station.core.text import printable


@click.command(epilog="Sources: " + "; ".join(KINDS.values()) + ".")
@click.option(
    "--source",
    "sources",
    multiple=True,
    required=True,
    metavar="SOURCE",
    shell_complete=complete_source,
    help="Where reads come from.",
)
@click.option(
    "--annotate",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Draw on a copy of every picture of an images: source what became of its labels.",
)
@settings_option
@json_option
@site_option
def command(
    sources: tuple[str, ...],
    annotate: Path | None,
    flags: tuple[str, ...],
    as_json: bool,
    site: Path,
) -> int:
    """Take in units without a screen: every verdict is journalled, accepted units are claimed."""
    others = [source for source in sources if not source.startswith("images:")]
    if annotate is not None and others:
        raise ConfigurationError(
            f"{printable(others[0])} has no picture files to annotate",
            "leave --annotate out, or scan images: sources alone",
        )
    notes = None if annotate is None else Annotations(annotate, _complain)
    language = load(SitePaths(site).config, flags).language
    report = ScanReport(as_json=as_json, language=language, annotations=notes)
    with open_site(site, "station scan", report.health, flags) as opened:
        engine = make_engine(
            opened, sources, report, is_dock=False, seen=None if notes is None else notes.seen
        )
        report.on_stop = engine.stop
        interrupted = False

        def interrupt(number: int, _frame: FrameType | None) -> None:
            nonlocal interrupted
            interrupted = True
            # A second signal ends the process at once: what was told is durable.
            signal.signal(number, signal.SIG_DFL)
            engine.stop()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, interrupt)
        engine.start()
        end = engine.wait()
    if notes is not None:
        notes.write()
    if end.crash is not None:
        raise end.crash
    if report.output_fault is not None:
        raise report.output_fault
    if interrupted:
        return ExitCode.INTERRUPTED
    code = report.exit_code(end)
    if code is ExitCode.NOTHING_DECODABLE:
        click.echo("station scan: nothing was read; check what the source holds", err=True)
    return code


def _complain(text: str) -> None:
    click.echo(f"station scan: {text}", err=True)
