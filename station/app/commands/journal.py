"""``station journal``: prove and export what the station decided."""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

import click

from station.app.clock import SystemClock
from station.app.config import load
from station.app.intake_session import load_station_key
from station.app.journal_export import as_csv, as_epcis, as_json_lines
from station.app.options import Choice, json_option, site_option
from station.app.progress import counted, progress
from station.app.result_lines import object_text, plain_text, put_object
from station.app.shipment_contents import contents_at_close
from station.app.site_paths import SitePaths
from station.core.codes import Algorithm
from station.core.crypto import PublicKey
from station.core.epcis_events import place_of
from station.core.errors import ExitCode, StorageError
from station.storage.durable import discard, put_in_place, temporary_beside
from station.storage.journal_proof import Proof, prove
from station.storage.journal_reader import JournalReader

_HEAD: Final = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", re.IGNORECASE)
_FORMATS: Final = ("epcis", "csv", "jsonl")


class HeadType(click.ParamType[tuple[int, bytes]]):
    """``SEQ:HASH``, as `station journal verify` prints it."""

    name = "SEQ:HASH"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, bytes]:
        """Read the number and the hash."""
        match = _HEAD.fullmatch(value)
        if match is None:
            self.fail("give it as it was printed: a number, ':' and 64 hex digits", param, ctx)
        return int(match[1]), bytes.fromhex(match[2])


class PublicKeyType(click.ParamType[PublicKey]):
    """The station's public key in hex."""

    name = "HEX"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> PublicKey:
        """Load the key."""
        try:
            return PublicKey.load(Algorithm.ED25519, bytes.fromhex(value))
        except ValueError as error:
            self.fail(f"not an Ed25519 public key in hex: {error}", param, ctx)


class MomentType(click.ParamType[str]):
    """A date or a date with time, UTC where no offset is given; converted to the journal's form."""

    name = "TIME"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read the moment."""
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
            moment = moment.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("give a date such as 2026-01-31, or 2026-01-31T12:00Z", param, ctx)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


@click.group()
def command() -> None:
    """Prove and export what the station decided."""


@command.command()
@click.option("--head", "known_head", type=HeadType(), help="A head kept elsewhere.")
@click.option(
    "--public-key",
    type=PublicKeyType(),
    help="The station's public key; the site's own by default.",
)
@json_option
@site_option
def verify(
    known_head: tuple[int, bytes] | None,
    public_key: PublicKey | None,
    as_json: bool,
    site: Path,
) -> int:
    """Check that the journal is what was written.

    The hash chain, the signed checkpoints, the columns, the claims, and the tables of operators and
    shipments are all held to it; of the last two every difference is named. Keep the head it prints
    somewhere else: given back with --head it shows that nothing up to there was cut off or
    rewritten since.
    """
    paths = SitePaths(site)
    with JournalReader(paths.station_db) as journal:
        key = public_key or load_station_key(paths).public_key
        with progress("proving the journal", journal.head()[0]) as told:
            proof = prove(
                journal,
                known_head=known_head,
                check_signature=key.verify,
                watch=lambda rows: counted(rows, told),
            )
        counts = journal.counts()
    if as_json:
        by_class = {verdict_class.name: count for verdict_class, count in counts.items()}
        put_object(_record(proof, key, by_class))
    else:
        click.echo(_words(proof, key))
    return ExitCode.DONE if proof.finding is None else ExitCode.NOT_ALL_ACCEPTED


def _record(proof: Proof, key: PublicKey, counts: dict[str, int]) -> dict[str, object]:
    finding = proof.finding
    return {
        "sound": finding is None,
        "entries": proof.entries,
        "head": _head(proof),
        "checkpoints": proof.checkpoints,
        "public_key": key.raw.hex(),
        "counts": counts,
        "flaw": None if finding is None else finding.flaw.value,
        "seq": None if finding is None else finding.seq,
        "text": None if finding is None else finding.text,
        "differences": [asdict(one) for one in proof.differences],
    }


def _words(proof: Proof, key: PublicKey) -> str:
    if proof.differences:
        told = (f"{one.text}\n  {one.mend}" for one in proof.differences)
        return "\n".join((f"NOT SOUND: {len(proof.differences)} rows are not as journalled", *told))
    if proof.finding is not None:
        return (
            f"NOT SOUND from entry {proof.finding.seq}: {proof.finding.text}\n"
            "  Keep the file as it is for examination and go on with a restored backup."
        )
    return (
        f"sound: {proof.entries} entries, {proof.checkpoints} checkpoints signed by "
        f"{key.raw.hex()[:16]}…\nhead {_head(proof)}"
    )


def _head(proof: Proof) -> str:
    return f"{proof.head_seq}:{proof.head_hash.hex()}"


@command.command()
@click.option(
    "--format", "form", type=Choice(_FORMATS), help="The form, see above; --json is jsonl."
)
@click.option("--since", "since_utc", type=MomentType(), help="Leave out what came before.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default=Path("-"),
    show_default="standard output",
    help="The file to write, whole or not at all.",
)
@json_option
@site_option
def export(form: str | None, since_utc: str | None, out: Path, as_json: bool, site: Path) -> int:
    """Write the journal as EPCIS 2.0 events, as a table or line by line.

    epcis: a JSON-LD document of events, for whoever follows the goods. csv: one row an
    entry, for spreadsheets. jsonl: one object a line with the bodies exactly as they were hashed.
    """
    if as_json and form not in {None, "jsonl"}:
        raise click.UsageError(f"--format {form} is another form than --json or --plain: give one")
    if form is None and not as_json:
        raise click.UsageError(f"name a form with --format: {', '.join(_FORMATS)}")
    paths = SitePaths(site)
    settings = load(paths.config)
    since_utc = since_utc or ""
    with JournalReader(paths.station_db) as journal:
        if form == "csv":
            pieces = as_csv(journal, since_utc)
        elif as_json or form == "jsonl":
            pieces = as_json_lines(journal, since_utc)
            if object_text() is plain_text:
                pieces = (f"{plain_text(json.loads(piece))}\n".encode() for piece in pieces)
        else:
            pieces = as_epcis(
                journal,
                since_utc,
                now_utc=SystemClock().now_utc(),
                place=lambda entry: place_of(settings.site, entry.station),
                unpacked=lambda act: contents_at_close(paths.station_db, act),
            )
        with progress("exporting the journal") as told:
            written = counted(pieces, told)
            if str(out) == "-":
                _write(written, sys.stdout.buffer)
            else:
                _write_file(written, out)
    return ExitCode.DONE


def _write(pieces: Iterator[bytes], file: BinaryIO) -> None:
    file.writelines(pieces)
    file.flush()


def _write_file(pieces: Iterator[bytes], out: Path) -> None:
    """The whole export or the old file: never half an export under its name."""
    temporary = temporary_beside(out)
    try:
        with temporary.open("wb") as file:
            _write(pieces, file)
        put_in_place(temporary, out)
    except OSError as error:
        raise StorageError(
            f"cannot write {out}: {error.strerror}",
            "check that its folder exists, may be written and has room",
        ) from error
    finally:
        discard(temporary)
