"""The journal in other people's forms, as a stream of bytes.

Each form is made entry by entry, so that a journal of any length needs little memory. All text in
it was read from labels: JSON escapes what is not ASCII, and CSV cells never begin like a formula.
"""

import base64
import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Final

from station.core.acts import ActEntry, Standing
from station.core.epcis import Find, Place, Unpacked, events_of
from station.core.epcis_events import document_head
from station.core.journal import Entry, JournalEntry
from station.storage.journal_reader import JournalReader, StoredEntry

CSV_COLUMNS: Final = (
    "seq",
    "time_utc",
    "scan_id",
    "station",
    "source",
    "verdict",
    "reason",
    "also",
    "modifiers",
    "provisional",
    "unit_change",
    "kind",
    "gtin",
    "serial",
    "symbology_identifier",
    "raw_b64",
    "picture",
    "registry_generation",
    "policy_version",
    "software_version",
    "act",
    "operator",
    "about",
    "state_before",
    "state_after",
    "replaced_by",
    "reason_text",
    "reference",
    "witness",
    "proof",
)
"""From ``act`` on the columns are of acts, from ``source`` to ``policy_version`` of verdicts."""

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet run a cell. Source: OWASP, CSV Injection."""


def as_csv(journal: JournalReader, since_utc: str) -> Iterator[bytes]:
    """Comma-separated values, RFC 4180, UTF-8, one row an entry, with a header.

    A cell that begins like a formula gets an apostrophe in front; the bytes as read are in
    ``raw_b64``, which never does.
    """
    yield _csv_row(CSV_COLUMNS)
    for stored in journal.stored_since(since_utc):
        yield _csv_row(_cells(stored.seq, journal.entry_of(stored)))


def as_json_lines(journal: JournalReader, since_utc: str) -> Iterator[bytes]:
    """One object a line: number, chain hash, and the body exactly as it was hashed.

    The chain can be checked from it: SHA-256 over the hash before and the body's bytes.
    """
    for stored in journal.stored_since(since_utc):
        yield json_line(journal, stored)


def json_line(journal: JournalReader, stored: StoredEntry) -> bytes:
    """One line of `as_json_lines`.

    Raises:
        StorageError: The body cannot be read; it would break the line.
    """
    journal.entry_of(stored)
    head = f'{{"seq":{stored.seq},"hash":"{stored.hash.hex()}","body":'
    return head.encode() + stored.body + b"}\n"


def as_epcis(
    journal: JournalReader,
    since_utc: str,
    *,
    now_utc: str,
    place: Place,
    unpacked: Unpacked,
) -> Iterator[bytes]:
    """An EPCIS 2.0 document in JSON-LD with the events of every entry that has any.

    Args:
        journal: The journal.
        since_utc: Leaves out what was decided before.
        now_utc: The document's creation date.
        place: Where an entry was made.
        unpacked: What came on the pallets of a shipment that was closed.
    """
    entries = journal.entries(since_utc=since_utc)
    return epcis_document(entries, journal.find, now_utc=now_utc, place=place, unpacked=unpacked)


def epcis_document(
    entries: Iterable[Entry], find: Find, *, now_utc: str, place: Place, unpacked: Unpacked
) -> Iterator[bytes]:
    """An EPCIS 2.0 document in JSON-LD with the events of some entries.

    Args:
        entries: In their order.
        find: Finds what an act is about.
        now_utc: The document's creation date.
        place: Where an entry was made.
        unpacked: What came on the pallets of a shipment that was closed.
    """
    head = json.dumps(document_head(now_utc))
    yield head[:-1].encode() + b', "epcisBody": {"eventList": ['
    between = b"\n"
    for entry in entries:
        for event in events_of(entry, place, find, unpacked):
            yield between + json.dumps(event.to_json()).encode()
            between = b",\n"
    yield b"\n]}}\n"


def _cells(seq: int, entry: Entry) -> tuple[str | int, ...]:
    return _of_act(seq, entry) if isinstance(entry, ActEntry) else _of_verdict(seq, entry)


def _of_act(seq: int, act: ActEntry) -> tuple[str | int, ...]:
    new = act.replaced_by
    return (
        *(seq, act.time_utc, act.scan_id, act.station),
        *("",) * 8,
        act.gtin or "",
        act.identity.serial if act.identity is not None else "",
        *("",) * 5,
        act.software_version,
        act.kind.value,
        act.operator,
        act.about,
        _state(act.before),
        _state(act.after),
        "" if new is None else f"{new.gtin} {new.serial}",
        act.reason_text,
        act.reference,
        act.witness,
        "" if act.proof is None else act.proof.value,
    )


def _state(standing: Standing | None) -> str:
    return "" if standing is None else standing.state.name


def _of_verdict(seq: int, entry: JournalEntry) -> tuple[str | int, ...]:
    verdict = entry.verdict
    return (
        seq,
        entry.time_utc,
        entry.scan_id,
        entry.station,
        entry.source,
        verdict.verdict_class.name,
        verdict.reason.value,
        " ".join(reason.value for reason in verdict.also),
        " ".join(reason.value for reason in verdict.modifiers),
        "yes" if verdict.provisional else "no",
        verdict.change.value,
        entry.kind.value,
        entry.gtin or "",
        entry.identity.serial if entry.identity is not None else "",
        entry.symbology_identifier,
        base64.b64encode(entry.payload).decode("ascii"),
        entry.picture,
        entry.registry_generation,
        entry.policy_version,
        entry.software_version,
        "",
        entry.operator,
        *("",) * 8,
    )


def _csv_row(cells: tuple[str | int, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(
        [_harmless(cell) if isinstance(cell, str) else cell for cell in cells]
    )
    return text.getvalue().encode()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
