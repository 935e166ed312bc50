"""``station replay``: decide again what the journal says was decided."""

from pathlib import Path

import click

from station.app.brand_folder import note
from station.app.commands.journal import MomentType
from station.app.config import load
from station.app.options import json_option, site_option
from station.app.progress import counted, progress
from station.app.replay import Differing, Replay, Replayed
from station.app.result_lines import put_line
from station.app.site_paths import SitePaths
from station.core.errors import ConfigurationError, ExitCode, StorageError
from station.core.text import printable
from station.ports.registry import Registry
from station.storage.journal_reader import JournalReader
from station.storage.registry_generations import RegistryFolder


@click.command()
@click.option("--since", "since_utc", type=MomentType(), help="Leave out what came before.")
@click.option("--scan", "scan_id", metavar="ID", help="Only this one.")
@json_option
@site_option
def command(since_utc: str | None, scan_id: str | None, as_json: bool, site: Path) -> int:
    """Decide again from the journal, and say what comes out differently.

    Each verdict is given again from the facts and the policy it was made from, and the facts are
    held to the bytes as read: what they parse to, and the signature where the registry still holds
    its key.
    """
    paths = SitePaths(site)
    load(paths.config)
    registry = _registry(paths)
    try:
        with JournalReader(paths.station_db) as journal:
            replay = Replay(journal, journal.policies(), registry)
            if scan_id is None:
                rows = journal.stored_since(since_utc or "")
                total = None if since_utc else journal.head()[0]
                with progress("deciding again", total) as told:
                    result = replay.run(counted(rows, told))
            else:
                stored = journal.find_stored(scan_id)
                if stored is None:
                    raise ConfigurationError(
                        f"the journal has no entry of scan {printable(scan_id)!r}",
                        "see 'station journal export --format csv' for those it has",
                    )
                result = replay.run([stored])
    finally:
        if registry is not None:
            registry.close()
    put_line(as_json, _record(result), _words(result))
    return ExitCode.DONE if result.same else ExitCode.NOT_ALL_ACCEPTED


def _registry(paths: SitePaths) -> Registry | None:
    try:
        return RegistryFolder(paths.registry).open_current(warm=False)
    except StorageError as error:
        note(f"station replay: signatures are not checked again: {error.message}")
        return None


def _record(result: Replayed) -> dict[str, object]:
    return {
        "same": result.same,
        "entries": result.entries,
        "differing": result.differing,
        "signatures": result.signatures,
        "keys_gone": result.keys_gone,
        "policies_gone": result.policies_gone,
        "differences": [
            {
                "seq": one.seq,
                "scan_id": one.scan_id,
                "part": one.difference.part.value,
                "field": one.difference.field,
                "kept": one.difference.kept,
                "again": one.difference.again,
            }
            for one in result.first
        ],
    }


def _words(result: Replayed) -> str:
    lines = [_line(one) for one in result.first]
    lines += [
        f"{count} entries were decided by policy {printable(version)}, which is not kept here: "
        "they cannot be decided again"
        for version, count in result.policies_gone.items()
    ]
    if result.keys_gone:
        lines.append(f"{result.keys_gone} signatures were not checked: their keys are not here")
    outcome = "the same again" if result.same else f"{result.differing} DIFFER"
    lines.append(
        f"{outcome}: {result.entries} entries decided again, {result.signatures} signatures "
        "checked again"
    )
    return "\n".join(lines)


def _line(one: Differing) -> str:
    difference = one.difference
    kept, again = printable(difference.kept), printable(difference.again)
    return f"entry {one.seq} ({one.scan_id}): {difference.field} was {kept}, now {again}"
