"""A station database in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from station.core.codes import UnitIdentity
from station.core.diagnosis.faults import ScannerFault
from station.core.errors import StorageError
from station.core.facts import Claim
from station.core.journal import JournalEntry
from station.core.registry import UnitState
from station.core.tickets import Ticket, TicketKind, faults_shown
from station.core.verdict import UnitChange


@dataclass
class FakeStationStore:
    """Implements `Claims`, `JournalWriter` and `Tickets`; set `fault` to make every call raise."""

    entries: list[JournalEntry] = field(default_factory=list)
    claims: dict[UnitIdentity, Claim] = field(default_factory=dict)
    commits: list[int] = field(default_factory=list)
    """How many entries each commit held."""
    fault: StorageError | None = None

    def find(self, identity: UnitIdentity) -> Claim | None:
        if self.fault is not None:
            raise self.fault
        return self.claims.get(identity)

    def commit(self, entries: Sequence[JournalEntry]) -> None:
        if self.fault is not None:
            raise self.fault
        if not entries:
            raise ValueError("nothing to commit")
        known = {entry.scan_id for entry in self.entries}
        claims = dict(self.claims)
        for entry in entries:
            if entry.scan_id in known:
                raise StorageError(f"scan {entry.scan_id} is journalled already", "use another id")
            known.add(entry.scan_id)
            self._claim(claims, entry)
        self.entries.extend(entries)
        self.claims = claims
        self.commits.append(len(entries))

    def _claim(self, claims: dict[UnitIdentity, Claim], entry: JournalEntry) -> None:
        change, identity = entry.verdict.change, entry.identity
        if change is UnitChange.NONE:
            return
        if identity is None:
            raise ValueError("a change of a unit that has no identity")
        standing = claims.get(identity)
        if change is UnitChange.RECEIVE and standing is not None:
            raise StorageError(
                f"unit {identity.gtin} {identity.serial} was claimed already", "scan it again"
            )
        state = UnitState.RECEIVED if change is UnitChange.RECEIVE else UnitState.QUARANTINED
        claim = Claim(
            identity,
            state,
            entry.station,
            entry.scan_id,
            entry.verdict.verdict_class,
            entry.verdict.reason,
        )
        claims[identity] = claim if standing is None else replace(claim, station=standing.station)

    def open_tickets(self) -> tuple[Ticket, ...]:
        if self.fault is not None:
            raise self.fault
        tickets: dict[tuple[str, ScannerFault], Ticket] = {}
        for seq, entry in enumerate(self.entries, 1):
            for fault in faults_shown(entry):
                key, kind, now_utc = (entry.source, fault), TicketKind.SCANNER_FAULT, entry.time_utc
                new = Ticket(len(tickets) + 1, kind, *key, 0, seq, seq, now_utc, now_utc)
                standing = tickets.get(key, new)
                tickets[key] = replace(
                    standing, count=standing.count + 1, last_seq=seq, last_utc=now_utc
                )
        return tuple(tickets.values())
