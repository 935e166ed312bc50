"""``station demo``: the main job on a made-up site."""

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from station.app.demo.dock import NoAnswerError
from station.app.demo.plan import MAX_UNITS, MIN_UNITS, Item
from station.app.demo.session import Outcome, run_demo
from station.app.options import json_option
from station.app.result_lines import put_object
from station.app.site_paths import SitePaths
from station.app.verdict_json import verdict_record
from station.core.errors import ConfigurationError, ExitCode
from station.core.journal import JournalEntry
from station.core.text import printable
from station.core.wording import Language
from station.ports.display import VerdictShown
from station.storage.journal_reader import JournalReader


@click.command()
@click.option("--headless", is_flag=True, help="Print verdicts instead of showing the screen.")
@click.option(
    "--units",
    default=200,
    show_default=True,
    type=click.IntRange(MIN_UNITS, MAX_UNITS),
    help="Physical units.",
)
@click.option("--seed", default=1, show_default=True, help="Another seed, another day.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Make the site here and keep it; otherwise it goes when the demo ends.",
)
@json_option
def command(headless: bool, units: int, seed: int, folder: Path | None, as_json: bool) -> int:
    """Show the main job on a made-up site, without any hardware.

    Two brands mint signed codes for three products; half of the units lie before a camera, half are
    scanned over a serial line. Forgeries, copies, stolen and recalled units are among them. The
    right answers are written down first and compared in the end; a wrong verdict makes the exit
    code 1.
    """
    screen = not headless and not as_json and sys.stdout.isatty() and sys.stdin.isatty()
    with _ended_in_order(), tempfile.TemporaryDirectory(prefix="station-demo-") as temporary:
        chosen = _empty(folder) if folder is not None else Path(temporary)
        report = _Report(as_json=as_json, quiet=screen)
        try:
            outcome = run_demo(
                chosen,
                units,
                seed,
                screen=screen,
                on_verdict=report.verdict,
                progress=lambda words: click.echo(f"demo: {words}", err=True),
            )
        except NoAnswerError as error:
            click.echo(f"station demo: {error}", err=True)
            click.echo((chosen / "engine.log").read_text("utf-8", "replace")[-2000:], err=True)
            return ExitCode.NOT_ALL_ACCEPTED
        finally:
            report.close()
    return _summary(outcome, as_json=as_json, kept=folder)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Inside, a terminal that is closed and a word to end are as Ctrl+C.

    Otherwise the engine would go on without its demo, and the made-up site stay behind.
    """

    def interrupt(number: int, _frame: FrameType | None) -> None:
        # A second signal ends the process at once.
        signal.signal(number, signal.SIG_DFL)
        raise KeyboardInterrupt

    numbers = [
        number
        for number in (signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Report:
    """Prints verdicts as they come."""

    def __init__(self, *, as_json: bool, quiet: bool) -> None:
        self._as_json = as_json
        self._quiet = quiet
        self._journal: JournalReader | None = None

    def verdict(self, item: Item, shown: VerdictShown, paths: SitePaths) -> None:
        """Print one verdict: as the journal holds it, or in words beside the truth."""
        if self._quiet:
            return
        if not self._as_json:
            verdict = f"{shown.verdict_class.name:<11} {shown.reason.value:<24}"
            unit = f"{shown.gtin or '-':<14} {printable(shown.serial) or '-':<13}"
            click.echo(
                f"{item.number:>4} {item.channel.value:<8} {verdict} {unit} {item.kind.value}"
            )
            return
        if self._journal is None:
            self._journal = JournalReader(paths.station_db)
        entry = self._journal.find(shown.scan_id)
        if isinstance(entry, JournalEntry):
            put_object(verdict_record(entry, shown.commit_ms, Language.ENGLISH))

    def close(self) -> None:
        """Release the journal."""
        if self._journal is not None:
            self._journal.close()


def _empty(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise ConfigurationError(
            f"cannot make {folder}: {error.strerror or error}", "name another folder with --dir"
        ) from None
    if not is_empty:
        raise ConfigurationError(f"{folder} is not empty", "name a new folder with --dir")
    return folder


def _summary(outcome: Outcome, *, as_json: bool, kept: Path | None) -> int:
    """Say how it went, on standard error beside JSON and on standard output otherwise."""
    tally = outcome.tally
    wrong = tally.wrong()
    lines = [f"  {'truth':<46} {'right':>9}  verdict"]
    for name, right, total, final in tally.by_kind():
        lines.append(f"  {name:<46} {right:>4} of {total:<3} {final}")
    lines += [
        *wrong,
        f"journal: {outcome.journal_entries} entries, chain unbroken",
        f"{tally.right_units} of {tally.units} units right in {outcome.seconds:.0f} s",
    ]
    if kept is not None:
        lines.append(f"kept in {kept}: look on with --site {kept / 'site'}")
    click.echo("\n".join(lines), err=as_json)
    return ExitCode.NOT_ALL_ACCEPTED if wrong else ExitCode.DONE
