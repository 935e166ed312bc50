"""What journal entries become in the station's tables. Pure; `station_db` writes the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from station.core.epcis import event_kind
from station.core.journal import JournalEntry, chain_hash
from station.core.registry import UnitState
from station.core.verdict import UnitChange
from station.storage.journal_codec import encode

STATE_AFTER: Final = {
    UnitChange.RECEIVE: int(UnitState.RECEIVED),
    UnitChange.QUARANTINE: int(UnitState.QUARANTINED),
}

Row = tuple[bytes | int | str | None, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain stands."""

    seq: int
    hash: bytes
    time_utc: str
    checkpoint_seq: int


def rows_of(
    entries: Sequence[JournalEntry], head: Head
) -> tuple[list[Row], list[Row], list[Row], Head]:
    """The rows of journal, claim and outbox that entries give, and the head after them."""
    journal: list[Row] = []
    claims: list[Row] = []
    outbox: list[Row] = []
    seq, link = head.seq, head.hash
    for entry in entries:
        seq += 1
        body = encode(entry)
        link = chain_hash(link, body)
        verdict, identity = entry.verdict, entry.identity
        verdict_class, reason = int(verdict.verdict_class), verdict.reason.value
        serial = None if identity is None else identity.serial
        journal.append(
            (
                seq,
                entry.scan_id,
                entry.time_utc,
                verdict_class,
                reason,
                entry.gtin,
                serial,
                body,
                link,
            )
        )
        if verdict.change is not UnitChange.NONE:
            if identity is None:
                msg = f"scan {entry.scan_id} changes a unit it does not name"
                raise ValueError(msg)
            claims.append(
                (
                    identity.gtin,
                    identity.serial,
                    STATE_AFTER[verdict.change],
                    entry.station,
                    entry.scan_id,
                    verdict_class,
                    reason,
                    seq,
                )
            )
        kind = event_kind(entry)
        if kind is not None:
            outbox.append((seq, kind.value, 0, 0))
    return journal, claims, outbox, Head(seq, link, entries[-1].time_utc, head.checkpoint_seq)
