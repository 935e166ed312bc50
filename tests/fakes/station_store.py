"""A station database in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from station.core.acts import Standing
from station.core.changes import Changes, Move, changes_of
from station.core.codes import UnitIdentity
from station.core.diagnosis.faults import ScannerFault
from station.core.errors import StorageError
from station.core.journal import Entry, JournalEntry
from station.core.review import FetchTask, ReviewItem
from station.core.tickets import Ticket, TicketKind, faults_shown
from tests.fakes.replacing import replace


@dataclass
class FakeStationStore:
    """Implements `Claims`, `JournalWriter` and `Tickets`; set `fault` to make every call raise."""

    entries: list[Entry] = field(default_factory=list)
    claims: dict[UnitIdentity, Standing] = field(default_factory=dict)
    items: dict[str, ReviewItem] = field(default_factory=dict)
    tasks: dict[str, FetchTask] = field(default_factory=dict)
    commits: list[int] = field(default_factory=list)
    """How many entries each commit held."""
    fault: StorageError | None = None

    def find(self, identity: UnitIdentity) -> Standing | None:
        self._check()
        return self.claims.get(identity)

    def item(self, scan_id: str) -> ReviewItem | None:
        self._check()
        return self.items.get(scan_id)

    def task(self, scan_id: str) -> FetchTask | None:
        self._check()
        return self.tasks.get(scan_id)

    def open_items(self, after: str, count: int) -> tuple[ReviewItem, ...]:
        self._check()
        items = (item for _, item in sorted(self.items.items()) if not item.ended_by)
        return tuple(item for item in items if item.scan_id > after)[:count]

    def open_tasks(self, after: str, count: int) -> tuple[FetchTask, ...]:
        self._check()
        tasks = (task for _, task in sorted(self.tasks.items()) if not task.closed_by)
        return tuple(task for task in tasks if task.scan_id > after)[:count]

    def open_items_of(self, identity: UnitIdentity) -> tuple[str, ...]:
        items = self.open_items("", 999)
        return tuple(i.scan_id for i in items if i.of_unit and i.identity == identity)

    def open_tasks_of(self, identity: UnitIdentity) -> tuple[str, ...]:
        return tuple(t.scan_id for t in self.open_tasks("", 999) if t.identity == identity)

    def line(self, scan_id: str) -> Entry | None:
        self._check()
        return next((entry for entry in self.entries if entry.scan_id == scan_id), None)

    def commit(self, entries: Sequence[Entry]) -> None:
        self._check()
        if not entries:
            raise ValueError("nothing to commit")
        known = {entry.scan_id for entry in self.entries}
        kept = (dict(self.claims), dict(self.items), dict(self.tasks))
        try:
            for entry in entries:
                if entry.scan_id in known:
                    raise StorageError(f"{entry.scan_id} is journalled already", "use another id")
                known.add(entry.scan_id)
                self._change(changes_of(entry))
        except BaseException:
            self.claims, self.items, self.tasks = kept
            raise
        self.entries.extend(entries)
        self.commits.append(len(entries))

    def _check(self) -> None:
        if self.fault is not None:
            raise self.fault

    def _change(self, changes: Changes) -> None:
        for move in changes.moves:
            self._move(move)
        if changes.item is not None:
            after = changes.item.after
            if self.items.get(after.scan_id) != changes.item.before:
                raise StorageError(f"item {after.scan_id} was changed meanwhile", "look again")
            self.items[after.scan_id] = after
        if changes.task is not None:
            done = changes.task.after
            if self.tasks.get(done.scan_id) != changes.task.before:
                raise StorageError(f"task {done.scan_id} was changed meanwhile", "look again")
            self.tasks[done.scan_id] = done

    def _move(self, move: Move) -> None:
        found = self.claims.get(move.identity)
        if (found.scan_id if found is not None else "") != move.expects:
            unit = f"unit {move.identity.gtin} {move.identity.serial}"
            what = "changed meanwhile" if move.expects else "claimed already"
            raise StorageError(f"{unit} was {what}", "scan it again")
        if move.leaves is None:
            self.claims.pop(move.identity, None)
        else:
            self.claims[move.identity] = move.leaves

    def open_tickets(self) -> tuple[Ticket, ...]:
        if self.fault is not None:
            raise self.fault
        tickets: dict[tuple[str, ScannerFault], Ticket] = {}
        verdicts = (
            (seq, entry)
            for seq, entry in enumerate(self.entries, 1)
            if isinstance(entry, JournalEntry)
        )
        for seq, entry in verdicts:
            for fault in faults_shown(entry):
                key, kind, now_utc = (entry.source, fault), TicketKind.SCANNER_FAULT, entry.time_utc
                new = Ticket(len(tickets) + 1, kind, *key, 0, seq, seq, now_utc, now_utc)
                standing = tickets.get(key, new)
                tickets[key] = replace(
                    standing, count=standing.count + 1, last_seq=seq, last_utc=now_utc
                )
        return tuple(tickets.values())
