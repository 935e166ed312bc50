"""What a site's database holds, read back and held to its own promises."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from station.app.intake_session import load_station_key
from station.app.site_paths import SitePaths
from station.core.acts import ActEntry, ActKind
from station.core.codes import UnitIdentity
from station.core.epcis import event_kind
from station.core.journal import Entry, JournalEntry
from station.core.verdict import UnitChange
from station.ports.display import VerdictShown
from station.storage.journal_proof import prove
from station.storage.journal_reader import JournalReader


@dataclass(frozen=True, slots=True)
class SiteRecords:
    """A site's journal with what was committed beside it.

    Attributes:
        entries: Verdicts by scan id, in the journal's order.
        acts: Acts by scan id, likewise.
        claims: Scan id of the line each unit's standing rests on.
        outbox: Event kind by scan id.
    """

    entries: dict[str, JournalEntry]
    acts: dict[str, ActEntry]
    claims: dict[UnitIdentity, str]
    outbox: dict[str, str]

    def changes_of(self, identity: UnitIdentity, change: UnitChange) -> int:
        """How many entries changed a unit so."""
        return sum(
            entry.identity == identity and entry.verdict.change is change
            for entry in self.entries.values()
        )

    def acknowledges(self, scan_id: str) -> bool:
        """Whether an act says that a quarantine's item was put away."""
        acknowledged = (act for act in self.acts.values() if act.kind is ActKind.ACKNOWLEDGE)
        return any(act.about == scan_id for act in acknowledged)

    def holds(self, shown: VerdictShown) -> None:
        """What a screen was told is what the journal, the claims and the outbox hold.

        Raises:
            AssertionError: It is not.
        """
        entry = self.entries[shown.scan_id]
        verdict, identity = entry.verdict, entry.identity
        kept = (
            verdict.verdict_class,
            verdict.reason,
            verdict.also,
            verdict.modifiers,
            verdict.provisional,
            entry.time_utc,
            entry.gtin or "",
            identity.serial if identity is not None else "",
            entry.source.partition(":")[0].replace("serial", "scanner"),
        )
        told = (
            shown.verdict_class,
            shown.reason,
            shown.also,
            shown.modifiers,
            shown.provisional,
            shown.time_utc,
            shown.gtin,
            shown.serial,
            shown.source.partition(" ")[0],
        )
        assert kept == told, f"kept {kept}, told {told}"


def records(site: Path) -> SiteRecords:
    """Read a site's database and prove it.

    Raises:
        AssertionError: The journal's proof fails, a claim has no entry, or an entry lacks its
            outbox row or has one it should not have.
    """
    paths = SitePaths(site)
    with JournalReader(paths.station_db) as journal:
        key = load_station_key(paths).public_key
        proof = prove(journal, check_signature=key.verify)
        assert proof.finding is None, proof.finding
        entries = {entry.scan_id: entry for entry in journal.entries()}
    with closing(sqlite3.connect(f"file:{paths.station_db}?mode=ro", uri=True)) as connection:
        claims = {
            UnitIdentity(gtin, serial): scan_id
            for gtin, serial, scan_id in connection.execute(
                "SELECT gtin, serial, scan_id FROM claim WHERE state IS NOT NULL"
            )
        }
        outbox = dict(
            connection.execute("SELECT scan_id, event_kind FROM outbox JOIN journal USING (seq)")
        )
    assert len(entries) == proof.entries
    verdicts = {entry.scan_id: entry for entry in verdicts_of(entries.values())}
    acts = {entry.scan_id: entry for entry in entries.values() if isinstance(entry, ActEntry)}
    due = {entry.scan_id: event_kind(entry) for entry in entries.values()}
    assert outbox == {scan_id: kind.value for scan_id, kind in due.items() if kind is not None}
    return SiteRecords(verdicts, acts, claims, outbox)


def verdicts_of(entries: Iterable[Entry]) -> Iterator[JournalEntry]:
    """The verdicts among the lines of a journal."""
    return (entry for entry in entries if isinstance(entry, JournalEntry))
