"""``station db``: care of the databases of a site and of a brand folder."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

import click

from station.app.brand_folder import brand_dir_option, note
from station.app.clock import SystemClock
from station.app.config import load
from station.app.evidence import limits_of
from station.app.intake_session import load_station_key
from station.app.noted_lines import journal_noted, site_notary
from station.app.options import json_option, site_option
from station.app.result_lines import put_object
from station.app.site_paths import SitePaths
from station.core.errors import ConfigurationError, ExitCode, StorageError
from station.storage.backup import backups, check_soundness, own_backups, put_back, remove_old
from station.storage.brand_store import DATABASE
from station.storage.inventory import (
    Condition,
    Database,
    brand_databases,
    none_found,
    site_databases,
)
from station.storage.journal_proof import prove
from station.storage.journal_reader import JournalReader
from station.storage.picture_backup import FOLDER as PICTURES
from station.storage.picture_backup import (
    PicturesCopied,
    copy_pictures,
    remove_pictures_before,
)
from station.storage.record_start import begin_records
from station.storage.site_lock import SiteLock
from station.storage.station_schema import STATION

MAX_KEPT: Final = 10_000


@click.group()
def command() -> None:
    """Care of the databases of a site and of a brand folder."""


@command.command()
@json_option
@site_option
@brand_dir_option
def status(as_json: bool, site: Path, brand_dir: Path) -> int:
    """Say of each database whether this release can use it."""
    conditions = [(database, database.condition()) for database in _found(site, brand_dir)]
    for database, condition in conditions:
        if as_json:
            put_object(_record(database, condition))
        else:
            click.echo(f"{database.tree.name:<9} {condition.value:<17} {database.path}")
    usable = all(condition is Condition.CURRENT for _, condition in conditions)
    if not usable:
        click.echo("run 'station db upgrade' for those that are older", err=True)
    return ExitCode.DONE if usable else ExitCode.DATABASE


@command.command()
@json_option
@site_option
@brand_dir_option
def upgrade(as_json: bool, site: Path, brand_dir: Path) -> int:
    """Bring every database to this release's schema.

    Each is brought up whole or stays as it was. What cannot be made again is backed up first: an
    older release cannot use what this one has upgraded. The engine must not be running.
    """
    now_utc = SystemClock().now_utc()
    paths, recorded = SitePaths(site), False
    with ExitStack() as stack:
        if paths.station_db.exists():
            stack.enter_context(SiteLock(paths.lock, "station db upgrade"))
        for database in _found(site, brand_dir):
            was = database.revision()
            kept = None
            if database.condition() is Condition.OLDER and not database.can_be_made_again:
                kept = database.back_up(now_utc)
            database.upgrade()
            if database.tree is STATION and begin_records(
                database.path, site_notary(paths), now_utc
            ):
                recorded = True
            if as_json:
                record = _record(database, Condition.CURRENT)
                put_object(record | {"was": was, "backup": _name(kept)})
            else:
                done = "was up to date" if was == database.tree.head else f"upgraded from {was}"
                click.echo(f"{database.tree.name:<9} {done:<30} {database.path}")
                if kept is not None:
                    click.echo(f"{'':<9} {'as it was before':<30} {kept}")
    if recorded:
        journal_noted(paths, "station db upgrade")
        note("operators and shipments are journalled as they were found: look through both lists")
    return ExitCode.DONE


@command.command()
@json_option
@site_option
@brand_dir_option
def check(as_json: bool, site: Path, brand_dir: Path) -> int:
    """Read every database through: pages, indexes, references, and of the registry every row.

    Beside a working engine too. Whether the journal is what was written is another question: see
    `station journal verify`.
    """
    sound = True
    for database in _found(site, brand_dir):
        fault = None
        try:
            database.check()
        except StorageError as error:
            sound, fault = False, error
        if as_json:
            record = {
                "kind": database.tree.name,
                "path": str(database.path),
                "sound": fault is None,
                "text": None if fault is None else fault.message,
            }
            put_object(record)
        else:
            word = "sound" if fault is None else "DAMAGED"
            click.echo(f"{database.tree.name:<9} {word:<17} {database.path}")
        if fault is not None:
            click.echo(f"{fault.message}\n  {fault.remedy}", err=True)
    return ExitCode.DONE if sound else ExitCode.DATABASE


@command.command()
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    show_default="backups, beside each database",
    help="Where backups go; another disk is better.",
)
@click.option(
    "--keep",
    type=click.IntRange(1, MAX_KEPT),
    default=14,
    show_default=True,
    help="How many of a kind stay; older ones are removed.",
)
@json_option
@site_option
@brand_dir_option
def backup(folder: Path | None, keep: int, as_json: bool, site: Path, brand_dir: Path) -> int:
    """Back up what cannot be made again: journal and claims, the evidence pictures, a brand folder.

    Beside a working engine too. A backup is proven before it gets its name: whole, sound, its
    journal's chain unbroken. Pictures are copied once each into the folder pictures beside it;
    one that is not what its name says is left out and named, and the command returns 1. Keys and
    station.toml are not in it; the registry comes back by `station sync`.
    """
    now_utc = SystemClock().now_utc()
    paths = SitePaths(site)
    damaged: tuple[str, ...] = ()
    for database in _found(site, brand_dir):
        if database.can_be_made_again:
            continue
        head: str | None = None

        def prove_journal(copy: Path) -> None:
            nonlocal head
            head = _proven_head(copy, paths)

        is_station = database.tree is STATION
        is_read = is_station and database.condition() is Condition.CURRENT
        made = database.back_up(now_utc, folder, prove_journal if is_read else None)
        size = made.stat().st_size
        removed = remove_old(made.parent, database.tree, keep, made)
        pictures = _back_up_pictures(paths, made) if is_station else None
        if as_json:
            record = {
                "kind": database.tree.name,
                "path": str(made),
                "bytes": size,
                "head": head,
                "removed": [str(path) for path in removed],
                "pictures": None if pictures is None else pictures.there,
                "damaged": [] if pictures is None else list(pictures.damaged),
            }
            put_object(record)
        else:
            click.echo(f"{database.tree.name:<9} backed up as {made}")
            if head is not None:
                click.echo(f"{'':<9} its journal is sound; head {head}")
            if pictures is not None and pictures.there:
                copied = f"{pictures.there} pictures beside it, {pictures.copied} of them new"
                click.echo(f"{'':<9} {copied}")
        if pictures is not None:
            damaged += pictures.damaged
    return _told_of_damage(paths.pictures, damaged, "it may lie unchanged beside an older backup")


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--lose-newer",
    is_flag=True,
    help="Go back although the present journal holds more; it is set aside.",
)
@json_option
@site_option
def restore(file: Path, lose_newer: bool, as_json: bool, site: Path) -> int:
    """Put a backup of the station's database back in its place.

    The backup is proven first, and the database that was there is set aside, not removed. Units
    taken in since the backup are not known any more: scan what still stands on the dock again.
    Pictures beside the backup that the site lacks come back with it; one that is not what its name
    says is left out and named, and the command returns 1. The engine must not be running.
    """
    paths = SitePaths(site)
    load(paths.config)
    with SiteLock(paths.lock, "station db restore"):
        if check_soundness(file, STATION) == STATION.head:
            _proven_head(file, paths)
            if not lose_newer:
                _refuse_to_lose(file, paths.station_db)
        # First: where there is no room for them, nothing is changed.
        pictures = copy_pictures(file.parent / PICTURES, paths.pictures)
        aside = put_back(file, STATION, paths.station_db, SystemClock().now_utc())
    condition = next(_site_databases(paths)).condition()
    if as_json:
        record = {
            "path": str(paths.station_db),
            "set_aside": _name(aside),
            "condition": condition.value,
            "pictures": pictures.copied,
        }
        put_object(record)
    else:
        click.echo(f"restored {paths.station_db}")
        if aside is not None:
            click.echo(f"what was there is now {aside}")
        if pictures.copied:
            click.echo(f"{pictures.copied} pictures came back with it")
    if condition is not Condition.CURRENT:
        click.echo("run 'station db upgrade': the backup has an older schema", err=True)
    return _told_of_damage(file.parent / PICTURES, pictures.damaged, "it was not brought back")


def _back_up_pictures(paths: SitePaths, made: Path) -> PicturesCopied:
    """Copy the pictures beside the backups, and let go of what no backup that is left knows.

    None go where the folder is another station's too, or where the configuration, which says for
    how long pictures are kept, cannot be read.
    """
    folder = made.parent
    copies = folder / PICTURES
    copied = copy_pictures(paths.pictures, copies)
    found = backups(folder, STATION)
    if found == own_backups(folder, STATION, made):
        with suppress(ConfigurationError, FileNotFoundError):
            keep_s = limits_of(load(paths.config).pictures).keep_s
            made_s = [path.stat().st_mtime for path in found]
            remove_pictures_before(copies, paths.pictures, min([time.time() - keep_s, *made_s]))
    return copied


def _told_of_damage(folder: Path, names: Sequence[str], hope: str) -> ExitCode:
    """Say which pictures are not what they were; what the command returns."""
    for name in names:
        note(f"the picture {folder / name} is not what it was\n  look at the disk; {hope}")
    return ExitCode.NOT_ALL_ACCEPTED if names else ExitCode.DONE


def _proven_head(path: Path, paths: SitePaths) -> str | None:
    """Number and hash of a copy's last entry, its journal proven against the station's key."""
    with JournalReader(path) as journal:
        proof = prove(journal, check_signature=load_station_key(paths).public_key.verify)
    if proof.finding is not None:
        raise StorageError(
            f"the journal in {path} is not sound from entry {proof.finding.seq}: "
            f"{proof.finding.text}",
            "run 'station journal verify'; keep the file, and go back to an older backup",
        )
    return f"{proof.head_seq}:{proof.head_hash.hex()}" if proof.entries else None


def _refuse_to_lose(backup: Path, present: Path) -> None:
    """A present journal that can still be read and holds more than the backup stays.

    Raises:
        StorageError: It does.
    """
    try:
        with JournalReader(present) as journal:
            held, _ = journal.head()
    except StorageError:
        return
    with JournalReader(backup) as journal:
        kept, _ = journal.head()
    if held > kept:
        raise StorageError(
            f"{present} holds {held - kept} entries more than the backup",
            "keep it; only if it is of no use, give --lose-newer, which sets it aside",
        )


def _name(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _found(site: Path, brand_dir: Path) -> list[Database]:
    paths = SitePaths(site)
    if paths.config.exists() and not paths.station_db.exists():
        raise StorageError(
            f"the site's own database {paths.station_db} is gone",
            "put a backup in its place: station db restore FILE",
        )
    found = [
        *_site_databases(paths),
        *brand_databases(brand_dir / DATABASE),
    ]
    if not found:
        raise none_found(site, brand_dir)
    return found


def _site_databases(paths: SitePaths) -> Iterator[Database]:
    return site_databases(paths.station_db, paths.registry, paths.upload_db)


def _record(database: Database, condition: Condition) -> dict[str, object]:
    return {
        "kind": database.tree.name,
        "path": str(database.path),
        "revision": database.revision(),
        "needed": database.tree.head,
        "condition": condition.value,
    }
