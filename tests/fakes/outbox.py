"""Implements `station.ports.events.Outbox` in memory."""

from collections.abc import Sequence

from station.core.journal import Entry
from station.ports.events import DeadLetter, Waiting


class FakeOutbox:
    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = dict(enumerate(entries, 1))
        self.cursor = 0
        self.letters: dict[int, DeadLetter] = {}

    def waiting(self, count: int) -> Sequence[Waiting]:
        rest = [Waiting(seq, one) for seq, one in self.entries.items() if seq > self.cursor]
        return rest[:count]

    def waiting_count(self) -> int:
        return len(self.waiting(len(self.entries)))

    def sent(self, seq: int) -> None:
        assert seq > self.cursor
        self.cursor = seq

    def bury(self, letter: DeadLetter) -> None:
        self.letters[letter.seq] = letter

    def dead(self) -> Sequence[DeadLetter]:
        return [self.letters[seq] for seq in sorted(self.letters)]

    def entry(self, seq: int) -> Entry | None:
        return self.entries.get(seq)

    def find(self, scan_id: str) -> Entry | None:
        return next((one for one in self.entries.values() if one.scan_id == scan_id), None)

    def revive(self, seq: int) -> None:
        self.letters.pop(seq, None)
