"""``station capture``: what stations' events say of a brand's units."""

from pathlib import Path
from typing import Any

import click

from station.app.brand_folder import brand_dir_option, brand_folder, note
from station.app.input_files import read_bounded
from station.app.options import json_option
from station.app.result_lines import put_line
from station.core.epcis_reading import MAX_FILE_BYTES, read_events
from station.core.errors import ExitCode
from station.core.observations import Whereabouts
from station.core.text import printable
from station.issuing.capture import Captured, Doubt, Doubtful, capture

MAX_SHOWN = 20
"""Doubtful units named for people; all of them are in the JSON."""

_DOUBTS = {
    Doubt.NOT_ISSUED: "its serial was never issued",
    Doubt.DOES_NOT_FOLLOW: "that does not follow: there may be two with one code",
    Doubt.MARKED_SINCE: "that was taken back, but it was marked since, which stands",
}


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
)
@brand_dir_option
@json_option
def command(files: tuple[Path, ...], brand_dir: Path, as_json: bool) -> int:
    """Take in stations' events: where a brand's units were received, or given back.

    Each FILE is an EPCIS 2.0 document in JSON, as stations send it up or a repository answers a
    query ('-': stdin), and is taken in whole or not at all. An event counts once, however often it
    comes, and one that was taken back not at all. What does not follow from how a unit stands, such
    as a receipt at a second station, changes nothing and is named; the command then returns 1.
    Stations learn of the rest with the next 'station publish' and 'station sync'.
    """
    doubtful = False
    with brand_folder(brand_dir).open() as store:
        for file in files:
            content = read_bounded(file, MAX_FILE_BYTES)
            captured = capture(store, read_events(content, str(file)))
            doubtful = doubtful or bool(captured.doubtful)
            put_line(as_json, _fields(file, captured), _words(file, captured))
            if not as_json:
                _note_doubtful(captured)
    return ExitCode.NOT_ALL_ACCEPTED if doubtful else ExitCode.DONE


def _fields(file: Path, captured: Captured) -> dict[str, Any]:
    return {
        "file": str(file),
        "events": captured.events,
        "passed_over": captured.passed_over,
        "known": captured.known,
        "changed": captured.changed,
        "unchanged": captured.unchanged,
        "doubtful": [_doubtful_fields(one) for one in captured.doubtful],
    }


def _doubtful_fields(one: Doubtful) -> dict[str, Any]:
    return {
        "gtin": one.identity.gtin,
        "serial": one.identity.serial,
        "doubt": one.doubt.value,
        "told": one.told.state.name.lower(),
        "told_at": one.told.place,
        "stands": None if one.stands is None else one.stands.state.name.lower(),
        "stands_at": None if one.stands is None else one.stands.place,
    }


def _words(file: Path, captured: Captured) -> str:
    parts = [f"{captured.changed} units stand otherwise now"]
    parts += [f"{captured.unchanged} as before"] if captured.unchanged else []
    parts += [f"{captured.known} known already"] if captured.known else []
    parts += [f"{captured.passed_over} passed over"] if captured.passed_over else []
    parts += [f"{len(captured.doubtful)} doubtful"] if captured.doubtful else []
    return f"{printable(str(file), 200)}: {captured.events} events: {', '.join(parts)}"


def _note_doubtful(captured: Captured) -> None:
    for one in captured.doubtful[:MAX_SHOWN]:
        unit = f"{one.identity.gtin} {one.identity.serial}"
        stands = "" if one.stands is None else f", is {_stand(one.stands)}"
        note(f"{unit}: {_stand(one.told)}{stands}: {_DOUBTS[one.doubt]}")
    if len(captured.doubtful) > MAX_SHOWN:
        note(f"and {len(captured.doubtful) - MAX_SHOWN} more; --json names them all")
    if captured.doubtful:
        note("Look at both items, then mark the units with 'station codes mark'.")


def _stand(whereabouts: Whereabouts) -> str:
    state = whereabouts.state.name.lower().replace("_", " ")
    return state if whereabouts.place is None else f"{state} at {whereabouts.place}"
