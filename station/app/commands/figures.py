"""``station figures``: whether the dock works, by station, source, operator and brand."""

from pathlib import Path
from typing import Final

import click

from station.app.brand_folder import note
from station.app.commands.journal import MomentType
from station.app.config import load
from station.app.figure_count import brands_of_site, count_figures
from station.app.options import json_option, site_option
from station.app.print_trend_report import trend_record, trend_words
from station.app.result_lines import put_line
from station.app.site_paths import SitePaths
from station.core.errors import ExitCode
from station.core.figures import MAX_FALSE_ALARMS, By, FigureKeeper, Figures
from station.core.print_trend import Period, PrintTrend
from station.core.text import printable
from station.storage.journal_reader import JournalReader

NAME_CHARS: Final = 36
SHOWN: Final = 10
"""Names of a kind in words; all are in the JSON."""


@click.command()
@click.option("--since", "since_utc", type=MomentType(), help="Leave out what came before.")
@click.option("--print-quality", is_flag=True, help="Show how each product's labels are printed.")
@click.option(
    "--period",
    type=click.Choice([period.value for period in Period]),
    default=Period.WEEK.value,
    show_default=True,
    help="With --print-quality: what labels are counted by.",
)
@json_option
@site_option
def command(
    since_utc: str | None, print_quality: bool, period: str, as_json: bool, site: Path
) -> int:
    """Count false alarms, rescans and how long items wait, from the journal.

    A false alarm is a hold or quarantine that was released, or taken back. At most 0.05 % of
    all items may be put away for nothing. Items that were scanned twice by mistake are counted
    apart.

    With --print-quality: per product and period how many labels got which letter, an estimate
    from the pictures they were read in, and which product's print fades.
    """
    paths = SitePaths(site)
    load(paths.config)
    if print_quality:
        trend = PrintTrend()
        with brands_of_site(paths, note) as brand_of, JournalReader(paths.station_db) as journal:
            for entry in journal.entries(since_utc=since_utc or ""):
                trend.note(entry)
            record = trend_record(trend, Period(period), brand_of, since_utc)
            put_line(as_json, record, trend_words(trend, Period(period), brand_of))
        return ExitCode.DONE
    keeper = count_figures(paths, since_utc or "", note)
    put_line(as_json, _record(keeper, since_utc), _words(keeper))
    return ExitCode.DONE


def _record(keeper: FigureKeeper, since_utc: str | None) -> dict[str, object]:
    return {
        "since_utc": since_utc,
        "line": MAX_FALSE_ALARMS,
        "unresolved": keeper.unresolved,
        "oldest_open_utc": keeper.oldest_open_utc,
        "total": _figures(keeper.total),
        **{
            f"by_{by.value}": [
                {"name": name, **_figures(figures)} for name, figures in keeper.by(by).items()
            ]
            for by in By
        },
    }


def _figures(figures: Figures) -> dict[str, object]:
    mean_s = figures.mean_resolution_s
    return {
        "reads": figures.reads,
        "rescans": figures.rescans,
        "rescan_rate": round(figures.rescan_rate, 6),
        "decided": figures.decided,
        "alarms": figures.alarms,
        "false_alarms": figures.false_alarms,
        "false_alarm_rate": round(figures.false_alarm_rate, 6),
        "above_the_line": figures.above_the_line,
        "same_unit": figures.same_unit,
        "resolved": figures.resolved,
        "mean_resolution_s": None if mean_s is None else round(mean_s, 1),
        "longest_resolution_s": round(figures.longest_s, 1) if figures.resolved else None,
    }


def _words(keeper: FigureKeeper) -> str:
    lines = [_HEAD, _line("all", keeper.total)]
    for by in By:
        found = list(keeper.by(by).items())
        lines += ["", f"by {by.value}"]
        lines += [_line(name, figures) for name, figures in found[:SHOWN]]
        if len(found) > SHOWN:
            lines.append(f"  and {len(found) - SHOWN} more, see --json")
    waiting = keeper.oldest_open_utc
    since = "" if waiting is None else f", the oldest since {printable(waiting)}"
    lines += ["", f"{keeper.unresolved} items wait for a decision{since}"]
    return "\n".join(lines)


_HEAD: Final = (
    f"{'':{NAME_CHARS}}{'reads':>9}{'rescan':>9}{'alarms':>8}{'false':>7}{'rate':>9}"
    f"{'same unit':>11}{'mean wait':>11}"
)


def _line(name: str, figures: Figures) -> str:
    mean_s = figures.mean_resolution_s
    wait = "-" if mean_s is None else f"{mean_s / 60:.0f} min"
    mark = " above 0.05 %" if figures.above_the_line else ""
    return (
        f"{printable(name, NAME_CHARS - 1):{NAME_CHARS}}{figures.reads:>9}"
        f"{figures.rescan_rate:>9.2%}{figures.alarms:>8}{figures.false_alarms:>7}"
        f"{figures.false_alarm_rate:>9.3%}{figures.same_unit:>11}{wait:>11}{mark}"
    )
