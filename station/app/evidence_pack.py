"""An item's evidence pack: one zip file that says what was read, decided and done, and proves it.

What is in it: the item and its unit's lines in words, their EPCIS events, the pictures, and the
stretches of the journal from each of those lines to the next checkpoint that the station signed, so
that whoever has the station's public key can check that nothing was changed or left out. The same
site gives the same bytes: nothing in it tells when it was made.
"""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from station.app.acts_json import act_record, item_record, standing_record
from station.app.config import Settings
from station.app.evidence import Exhibit, find_exhibit
from station.app.journal_export import epcis_document, json_line
from station.app.shipment_contents import contents_at_close
from station.app.site_paths import SitePaths
from station.app.verdict_json import verdict_record
from station.core.acts import ActEntry
from station.core.codes import UnitIdentity
from station.core.crypto import PublicKey
from station.core.epcis_events import place_of
from station.core.errors import ConfigurationError, StorageError
from station.core.journal import GENESIS_HASH, Entry
from station.core.review import ReviewItem
from station.core.text import printable
from station.ports.evidence import PictureState
from station.storage.claim_reader import ClaimReader
from station.storage.durable import write_atomically
from station.storage.journal_reader import (
    MAX_SEQ,
    JournalReader,
    StoredCheckpoint,
    StoredEntry,
)
from station.storage.pictures import PictureFolder
from station.storage.review_reader import ReviewReader

MAX_LINES: Final = 20
"""Lines of the unit in a pack, the newest; each may bring a thousand others as its proof."""
SUMS: Final = "SHA256SUMS"
README: Final = "README.txt"

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_README_TEXT: Final = """\
Evidence of one item, as the station journalled it
--------------------------------------------------

item.json      what was read and decided, who did what, how the unit stands
events.json    the same as EPCIS 2.0 events
pictures/      what the camera saw; each name ends in the SHA-256 that the journal names
journal.jsonl  the journal's lines that prove it: number, chain hash, body as it was hashed
proof.json     the station's public key, its signed checkpoints, and what each stretch joins
SHA256SUMS     of every file; check with: sha256sum -c SHA256SUMS

A stretch of journal.jsonl is proven so: begin with its "hash_before"; the hash of each line is
SHA-256 over the hash before and the bytes after '"body":' up to the line's last brace. The hash of
the last line must be that of the checkpoint it ends at, and the station's Ed25519 key (ask the
site, not this file) must verify the checkpoint's signature over its "message". A stretch without a
checkpoint is not signed yet: make the pack again later.

Lines between those of the item belong to other units of the site. Show them to nobody who need not
see them.
"""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Lines that are joined by their hashes.

    Attributes:
        first: Number of the first.
        last: Number of the last.
        checkpoint: What was signed at the last, or None.
    """

    first: int
    last: int
    checkpoint: StoredCheckpoint | None


def write_pack(
    paths: SitePaths, settings: Settings, key: PublicKey, scan_id: str, out: Path
) -> Path:
    """Write a pack, whole or not at all.

    Args:
        paths: The site.
        settings: Its configuration.
        key: The station's own, public.
        scan_id: The item's.
        out: The file.

    Raises:
        ConfigurationError: There is no such item.
        StorageError: Something cannot be read, or the pack cannot be written.
    """
    files = dict(_files(paths, settings, key, scan_id))
    files[SUMS] = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()
    ).encode()
    try:
        write_atomically(out, _zipped(files))
    except OSError as error:
        raise StorageError(
            f"cannot write {out}: {error.strerror}",
            "check that its folder exists, may be written and has room",
        ) from error
    return out


def _zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o640 << 16
            archive.writestr(entry, body)
    return content.getvalue()


def _files(
    paths: SitePaths, settings: Settings, key: PublicKey, scan_id: str
) -> Iterator[tuple[str, bytes]]:
    with ReviewReader(paths.station_db) as reviews, JournalReader(paths.station_db) as journal:
        item = reviews.item(scan_id)
        if item is None:
            raise ConfigurationError(
                f"nothing under review has the id {printable(scan_id, 40)!r}",
                "see 'station quarantine list'",
            )
        yield README, _README_TEXT.encode()
        with journal.one_moment():
            lines = _lines_of(journal, item)
            exhibits = [
                exhibit
                for stored in lines
                if (exhibit := find_exhibit(paths, str(stored.columns[0]))) is not None
            ]
            lines = _with_pictures(journal, lines, exhibits)
            entries = [journal.entry_of(stored) for stored in lines]
            yield "item.json", _json(_item(paths, settings, item, entries, exhibits))
            yield "events.json", b"".join(_events(paths, settings, journal, entries))
            stretches = list(_stretches(journal, [stored.seq for stored in lines]))
            yield "journal.jsonl", b"".join(_proving_lines(journal, stretches))
            yield "proof.json", _json(_proof(journal, key, lines, stretches))
        yield from _pictures(paths, exhibits)


def _lines_of(journal: JournalReader, item: ReviewItem) -> list[StoredEntry]:
    """The lines an item is about, in their order: its own, and its unit's."""
    named = [journal.find_stored(one) for one in {item.scan_id, item.read, item.ended_by} if one]
    found = {stored.seq: stored for stored in named if stored is not None}
    if item.identity is not None:
        found |= {stored.seq: stored for stored in newest_of(journal, item.identity, MAX_LINES)}
    return [found[seq] for seq in sorted(found)]


def newest_of(journal: JournalReader, identity: UnitIdentity, count: int) -> list[StoredEntry]:
    """A unit's lines, the newest first."""
    lines = journal.of_unit_before(identity, MAX_SEQ)
    return [stored for stored, _ in zip(lines, range(count), strict=False)]


def _with_pictures(
    journal: JournalReader, lines: list[StoredEntry], exhibits: list[Exhibit]
) -> list[StoredEntry]:
    """Also the lines that name the pictures."""
    found = {stored.seq: stored for stored in lines}
    for exhibit in exhibits:
        stored = journal.find_stored(exhibit.line)
        if stored is not None:
            found[stored.seq] = stored
    return [found[seq] for seq in sorted(found)]


def _item(
    paths: SitePaths,
    settings: Settings,
    item: ReviewItem,
    entries: list[Entry],
    exhibits: list[Exhibit],
) -> dict[str, Any]:
    standing = None
    if item.identity is not None:
        with closing(ClaimReader(paths.station_db)) as claims:
            standing = claims.find(item.identity)
    return item_record(item) | {
        "site": settings.site,
        "station": settings.station,
        "standing": standing_record(standing),
        "pictures": [exhibit.record() for exhibit in exhibits],
        "lines": [
            act_record(entry)
            if isinstance(entry, ActEntry)
            else verdict_record(entry, 0.0, settings.language)
            for entry in entries
        ],
    }


def _events(
    paths: SitePaths, settings: Settings, journal: JournalReader, entries: list[Entry]
) -> Iterator[bytes]:
    return epcis_document(
        entries,
        journal.find,
        now_utc=entries[-1].time_utc,
        place=lambda entry: place_of(settings.site, entry.station),
        unpacked=lambda act: contents_at_close(paths.station_db, act),
    )


def _stretches(journal: JournalReader, wanted: list[int]) -> Iterator[_Stretch]:
    """From each wanted line to the next checkpoint, those that meet joined."""
    checkpoints = journal.checkpoints()
    head = journal.head()[0]
    standing: _Stretch | None = None
    for seq in wanted:
        if standing is not None and seq <= standing.last:
            continue
        if standing is not None:
            yield standing
        signed = next((one for one in checkpoints if one.checkpoint.seq >= seq), None)
        standing = _Stretch(seq, head if signed is None else signed.checkpoint.seq, signed)
    if standing is not None:
        yield standing


def _proving_lines(journal: JournalReader, stretches: Iterable[_Stretch]) -> Iterator[bytes]:
    for stretch in stretches:
        for stored in journal.between(stretch.first, stretch.last):
            yield json_line(journal, stored)


def _proof(
    journal: JournalReader, key: PublicKey, lines: list[StoredEntry], stretches: list[_Stretch]
) -> dict[str, Any]:
    return {
        "station": journal.station,
        "public_key": key.raw.hex(),
        "lines": {str(stored.columns[0]): stored.seq for stored in lines},
        "stretches": [_stretch(journal, stretch) for stretch in stretches],
    }


def _stretch(journal: JournalReader, stretch: _Stretch) -> dict[str, Any]:
    before = journal.hash_at(stretch.first - 1) if stretch.first > 1 else GENESIS_HASH
    signed = stretch.checkpoint
    return {
        "first": stretch.first,
        "last": stretch.last,
        "hash_before": None if before is None else before.hex(),
        "checkpoint": None
        if signed is None
        else {
            "seq": signed.checkpoint.seq,
            "hash": signed.checkpoint.head.hex(),
            "time_utc": signed.checkpoint.time_utc,
            "message": base64.b64encode(signed.checkpoint.message()).decode(),
            "signature": base64.b64encode(signed.signature).decode(),
        },
    }


def _pictures(paths: SitePaths, exhibits: list[Exhibit]) -> Iterator[tuple[str, bytes]]:
    folder = PictureFolder(paths.pictures)
    for exhibit in exhibits:
        if exhibit.state is PictureState.SOUND:
            name = Path(exhibit.file).name
            yield f"pictures/{name}", folder.content(name.partition(".")[0], exhibit.digest)


def _json(record: dict[str, Any]) -> bytes:
    return json.dumps(record, indent=1).encode() + b"\n"
